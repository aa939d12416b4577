import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { Page } from './apps.ts';
import { consoleApi } from './console.ts';
import type { Rating, StoredMessage } from './messages.ts';
import type { ModelChoice } from './model-config.ts';

/** How often an answer was rated, by kind. */
export interface RatingCounts {
  readonly like: number;
  readonly dislike: number;
}

/** A conversation in the log. */
export interface LoggedConversation {
  readonly id: string;
  readonly name: string | null;
  readonly summary: string | null;
  readonly from_source: string;
  readonly from_end_user_session_id: string | null;
  readonly from_account_name: string | null;
  readonly read_at: number | null;
  readonly created_at: number;
  readonly updated_at: number;
  readonly annotated: boolean;
  readonly message_count: number;
  readonly user_feedback_stats: RatingCounts;
  readonly admin_feedback_stats: RatingCounts;
  /** Completion apps: the only turn. */
  readonly message?: {
    readonly query: string;
    readonly answer: string;
    readonly inputs: Readonly<Record<string, unknown>>;
  } | null;
}

/** A conversation with what it ran under. */
export interface LoggedConversationDetail extends LoggedConversation {
  readonly introduction?: string | null;
  readonly inputs?: Readonly<Record<string, unknown>> | null;
  readonly model_config?: { readonly model: ModelChoice | null; readonly pre_prompt?: string | null } | null;
}

/** A message in the log, with its cost and what people said about it. */
export interface LogMessage extends StoredMessage {
  readonly message_tokens: number;
  readonly answer_tokens: number;
  readonly provider_response_latency: number;
  /** Chatflows: the run that gave the answer. */
  readonly workflow_run_id?: string | null;
  readonly total_price: string | number | null;
  readonly currency: string | null;
  readonly feedbacks?: readonly {
    readonly rating: Rating;
    readonly content: string | null;
    readonly from_source: 'user' | 'admin';
  }[];
}

/** Which conversations are wanted. */
export interface LogFilter {
  readonly keyword?: string | undefined;
  readonly annotation_status?: string | undefined;
  readonly sort_by?: string | undefined;
  readonly start?: string | undefined;
  readonly end?: string | undefined;
  readonly page: number;
  readonly limit: number;
}

/** The two kinds of conversations that are logged apart. */
export type LogKind = 'chat-conversations' | 'completion-conversations';

/** A page of the log. */
export const logQuery = (appId: string, kind: LogKind, filter: LogFilter) =>
  queryOptions({
    queryKey: ['app', appId, 'logs', kind, filter],
    queryFn: ({ signal }) =>
      consoleApi<Page<LoggedConversation>>(`/apps/${appId}/${kind}`, { query: { ...filter }, signal }),
  });

/** One conversation; reading it marks it as read. */
export const conversationQuery = (appId: string, kind: LogKind, id: string) =>
  queryOptions({
    queryKey: ['app', appId, 'conversation', kind, id],
    queryFn: ({ signal }) => consoleApi<LoggedConversationDetail>(`/apps/${appId}/${kind}/${id}`, { signal }),
  });

/** The messages of a conversation, newest page first, each page ascending. */
export const logMessagesQuery = (appId: string, conversationId: string) =>
  infiniteQueryOptions({
    queryKey: ['app', appId, 'log-messages', conversationId],
    queryFn: ({ pageParam, signal }) =>
      consoleApi<{ limit: number; has_more: boolean; data: LogMessage[] }>(`/apps/${appId}/chat-messages`, {
        query: { conversation_id: conversationId, first_id: pageParam, limit: 20 },
        signal,
      }),
    initialPageParam: '',
    getNextPageParam: (last) => (last.has_more ? last.data[0]?.id : undefined),
  });

/** The operator's opinion of an answer. */
export function rateAsOperator(appId: string, messageId: string, rating: Rating): Promise<unknown> {
  return consoleApi(`/apps/${appId}/feedbacks`, { method: 'POST', body: { message_id: messageId, rating } });
}

/** One day of a statistic; which of the numbers is there depends on the statistic. */
export type StatisticDay = { readonly date: string } & Readonly<Record<string, string | number>>;

/** A statistic over a period, by day; days without data are absent. `name` is its address below the app. */
export const statisticQuery = (appId: string, name: string, range: { start?: string; end?: string }) =>
  queryOptions({
    queryKey: ['app', appId, 'statistics', name, range],
    queryFn: ({ signal }) =>
      consoleApi<{ data: StatisticDay[] }>(`/apps/${appId}/${name}`, { query: range, signal }),
  });
