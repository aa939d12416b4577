import { seconds, secondsOrNull } from '../../platform/time.ts';
import type { Feedback } from '../conversations/message-store.ts';
import { type MessageView, toMessageItem } from '../conversations/present.ts';
import type { LoggedConversation } from './store.ts';

/** Surfaces in the words of the logs. */
const sources: Record<string, string> = { 'service-api': 'api', 'web-app': 'web_app', debugger: 'console' };

/** A conversation in the log list. */
export function toLogItem(row: LoggedConversation) {
  return {
    id: row.id,
    status: row.status,
    name: row.name,
    summary: row.summary.length > 200 ? `${row.summary.slice(0, 199)}…` : row.summary,
    from_source: sources[row.surface] ?? row.surface,
    from_end_user_id: row.end_user_id,
    from_end_user_session_id: row.session_id,
    from_account_id: row.account_id,
    from_account_name: row.account_name,
    read_at: secondsOrNull(row.read_at),
    created_at: seconds(row.created_at),
    updated_at: seconds(row.updated_at),
    annotated: false,
    message_count: row.message_count,
    user_feedback_stats: { like: row.user_likes, dislike: row.user_dislikes },
    admin_feedback_stats: { like: row.admin_likes, dislike: row.admin_dislikes },
    status_count: { success: row.message_count - row.failed, failed: row.failed, partial_success: 0 },
    invoke_from: row.surface,
    message: { query: row.first_query, inputs: row.inputs, answer: row.first_answer },
  };
}

/** A message as the logs show it: with the prompt as it was sent, both ratings and what it cost. */
export function toLogMessage(
  view: MessageView,
  { feedbacks, runId }: { feedbacks: Feedback[]; runId: string | null },
) {
  const { message } = view;
  return {
    ...toMessageItem(view),
    message: message.prompt ?? [],
    from_source: message.endUserId === null ? 'console' : 'api',
    from_end_user_id: message.endUserId,
    from_account_id: message.accountId,
    metadata: message.metadata ?? {},
    model_provider: message.modelProvider,
    model_id: message.modelId,
    workflow_run_id: runId,
    feedbacks: feedbacks.map((row) => ({
      rating: row.rating,
      content: row.content,
      from_source: row.fromSource,
      from_end_user_id: row.endUserId,
      from_account_id: row.accountId,
    })),
  };
}
