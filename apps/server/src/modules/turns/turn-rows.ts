import { newId } from '../../platform/ids.ts';
import type { OpenedTurn } from './turn.ts';

/** The columns under which `conversationRows` and `messageRows` read what {@link turnRowOf} made. */
export const turnColumns = `
    run_id uuid, message_id uuid, conversation_id uuid, is_new boolean, workspace_id uuid, app_id uuid, kind text,
    mode text, model_config_id uuid, override_config jsonb, name text, introduction text, surface text,
    end_user_id uuid, account_id uuid, query text, inputs jsonb, parent_message_id uuid, model_provider text,
    model_id text, created_at timestamptz, files jsonb`;

/** Writes the conversations and files of the turns in `input`: parts of a WITH. */
export const conversationRows = `new_conversations as (
  insert into conversations (id, workspace_id, app_id, model_config_id, override_config, mode, name, inputs,
    introduction, surface, end_user_id, account_id, message_count, created_at, updated_at)
  select conversation_id, workspace_id, app_id, model_config_id, override_config, mode, name, inputs, introduction,
    surface, end_user_id, account_id, 1, created_at, created_at
  from input where is_new
), continued as (
  update conversations c set message_count = c.message_count + t.added, updated_at = t.latest, read_at = null
  from (select conversation_id, count(*)::int as added, max(created_at) as latest
        from input where not is_new group by conversation_id) t
  where c.id = t.conversation_id
), new_files as (
  insert into message_files (id, workspace_id, app_id, message_id, type, transfer_method, url, upload_file_id,
    belongs_to, created_at)
  select f.id, t.workspace_id, t.app_id, t.message_id, f.type, f.transfer_method, f.url, f.upload_file_id, 'user',
    t.created_at
  from input t cross join lateral jsonb_to_recordset(t.files) as f(
    id uuid, type text, transfer_method text, url text, upload_file_id uuid)
  where jsonb_array_length(t.files) > 0
)`;

/** Writes the messages of the turns in `input`: a statement. */
export const messageRows = `
insert into messages (id, workspace_id, app_id, conversation_id, run_id, parent_message_id, inputs, query, status,
  surface, end_user_id, account_id, model_provider, model_id, created_at, updated_at)
select message_id, workspace_id, app_id, conversation_id, run_id, parent_message_id, inputs, query, 'running',
  surface, end_user_id, account_id, model_provider, model_id, created_at, created_at
from input`;

/** A turn as the statements read it. */
export function turnRowOf(turn: OpenedTurn) {
  return {
    run_id: turn.runId,
    message_id: turn.messageId,
    conversation_id: turn.conversationId,
    is_new: turn.isNewConversation,
    workspace_id: turn.scope.workspaceId,
    app_id: turn.app.id,
    kind: kinds[turn.app.mode],
    mode: turn.app.mode,
    model_config_id: turn.configId,
    override_config: turn.overrideConfig,
    name: turn.conversationName,
    introduction: turn.introduction,
    surface: turn.surface,
    end_user_id: turn.asker.endUserId,
    account_id: turn.asker.accountId,
    query: turn.query,
    inputs: turn.inputs,
    parent_message_id: turn.parentMessageId,
    model_provider: turn.model?.provider ?? null,
    model_id: turn.model?.name ?? null,
    created_at: turn.createdAt.toISOString(),
    files: turn.files.map((file) => ({
      id: newId(),
      type: file.type,
      transfer_method: file.transferMethod,
      url: file.url,
      upload_file_id: file.uploadFileId,
    })),
  };
}

/** Kinds of runs that are ended from their text alone. A chatflow's turn is one when it is answered without its graph. */
const kinds = {
  chat: 'chat',
  'agent-chat': 'chat',
  completion: 'completion',
  'advanced-chat': 'chat',
  workflow: 'workflow',
} as const;
