import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { TurnRequest } from '../features/chat/chat-store.ts';
import { consoleApi, consoleFetch } from './console.ts';
import type { UploadedFile } from './messages.ts';
import type { ModelConfig } from './model-config.ts';

/** The configuration being worked on, and how it stands to the published one. */
export interface Draft {
  readonly model_config: ModelConfig;
  /** Names the state that a save starts from; a save from an older one is refused. */
  readonly hash: string;
  readonly updated_at: number;
  readonly published_at: number | null;
  readonly published_by_name: string | null;
  readonly dirty: boolean;
}

/** A message with the prompt that was sent to the model. */
export interface LoggedMessage {
  readonly id: string;
  readonly query: string;
  readonly answer: string;
  readonly message: readonly { readonly role: string; readonly text: string }[];
  readonly message_tokens: number;
  readonly answer_tokens: number;
  readonly provider_response_latency: number;
  readonly total_price: string | number | null;
  readonly currency: string | null;
}

/** The draft of a prompt app. */
export const draftQuery = (appId: string) =>
  queryOptions({
    queryKey: ['app', appId, 'draft'],
    queryFn: ({ signal }) => consoleApi<Draft>(`/apps/${appId}/model-config/draft`, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });

/** A configuration that was published. */
export interface ConfigVersion {
  readonly id: string;
  readonly created_at: number;
  readonly created_by_name: string | null;
  /** It is the one that people use. */
  readonly current: boolean;
  readonly model_config: ModelConfig;
}

/** Published configurations, newest first. */
export const configVersionsQuery = (appId: string) =>
  infiniteQueryOptions({
    queryKey: ['app', appId, 'config-versions'],
    queryFn: ({ pageParam, signal }) =>
      consoleApi<{ page: number; has_more: boolean; data: readonly ConfigVersion[] }>(
        `/apps/${appId}/model-config/versions`,
        { query: { page: pageParam, limit: 20 }, signal },
      ),
    initialPageParam: 1,
    getNextPageParam: (last) => (last.has_more ? last.page + 1 : undefined),
  });

/** One message with its prompt. */
export const messageQuery = (appId: string, messageId: string) =>
  queryOptions({
    queryKey: ['app', appId, 'message', messageId],
    queryFn: ({ signal }) => consoleApi<LoggedMessage>(`/apps/${appId}/messages/${messageId}`, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** The calls of the studio. */
export const studioApi = {
  saveDraft: (appId: string, input: { model_config: ModelConfig; hash: string }) =>
    consoleApi<{ hash: string; updated_at: number }>(`/apps/${appId}/model-config/draft`, {
      method: 'POST',
      body: input,
    }),
  publish: (appId: string, config: ModelConfig) =>
    consoleApi<{ published_at?: number; hash?: string }>(`/apps/${appId}/model-config`, {
      method: 'POST',
      body: config,
    }),
  /** Starts a debug run; the answer is a stream. */
  run: (
    appId: string,
    kind: 'chat-messages' | 'completion-messages',
    request: TurnRequest,
    config: ModelConfig,
    signal: AbortSignal,
  ) =>
    consoleFetch(`/apps/${appId}/${kind}`, {
      method: 'POST',
      body: {
        query: request.query,
        inputs: request.inputs,
        files: request.files,
        response_mode: 'streaming',
        model_config: config,
        ...(request.conversationId ? { conversation_id: request.conversationId } : {}),
        ...(request.parentMessageId ? { parent_message_id: request.parentMessageId } : {}),
      },
      signal,
    }),
  stop: (appId: string, kind: 'chat-messages' | 'completion-messages', taskId: string) =>
    consoleApi<unknown>(`/apps/${appId}/${kind}/${taskId}/stop`, { method: 'POST', body: {} }),
  suggestions: (appId: string, messageId: string) =>
    consoleApi<{ data: string[] }>(`/apps/${appId}/chat-messages/${messageId}/suggested-questions`).then(
      (answer) => answer.data,
    ),
  upload: (file: File) => {
    const body = new FormData();
    body.append('file', file);
    return consoleApi<UploadedFile>('/files/upload', { method: 'POST', body });
  },
};
