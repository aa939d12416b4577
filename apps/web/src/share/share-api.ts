import { errorFromResponse } from '../api/error.ts';
import { type ApiRequest, readJson, send, toRequestInit, withQuery } from '../api/http.ts';
import type { Conversation, Rating, StoredMessage, UploadedFile } from '../api/messages.ts';
import type { FileUploadConfig, FormItem, Toggle } from '../api/model-config.ts';
import type { TurnRequest } from '../features/chat/chat-store.ts';
import type { FormAnswer } from '../features/process/human-form.tsx';
import type { FormContents } from '../features/process/process.ts';
import { storage } from '../lib/storage.ts';

/** How the page presents itself. */
export interface SiteInfo {
  readonly app_id: string;
  readonly mode?: string;
  /** Rows of a batch that run at the same time. */
  readonly batch_concurrency?: number;
  readonly site: {
    readonly title: string;
    readonly icon_type: 'emoji' | 'image' | 'link' | null;
    readonly icon: string | null;
    readonly icon_background: string | null;
    readonly icon_url: string | null;
    readonly description: string | null;
    readonly copyright: string | null;
    readonly privacy_policy: string | null;
    readonly custom_disclaimer: string | null;
    readonly default_language: string;
    readonly input_placeholder?: string | null;
    readonly use_icon_as_answer_icon: boolean;
    readonly show_workflow_steps?: boolean;
  };
}

/** What the app asks for and can do. */
export interface AppParameters {
  readonly opening_statement: string | null;
  readonly suggested_questions: readonly string[];
  readonly suggested_questions_after_answer: Toggle;
  readonly more_like_this: Toggle;
  readonly speech_to_text?: Toggle;
  readonly text_to_speech?: Toggle & { readonly autoPlay?: string };
  readonly user_input_form: readonly FormItem[];
  readonly file_upload: FileUploadConfig;
}

interface CursorPage<T> {
  readonly limit: number;
  readonly has_more: boolean;
  readonly data: readonly T[];
}

const base = '/api';

/** A text that the visitor kept. */
export interface SavedText {
  readonly id: string;
  readonly answer: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly created_at: number;
}

/** A form by the token of its address, with the page that it belongs to. */
export async function readForm(
  token: string,
): Promise<FormContents & { readonly site: SiteInfo['site'] | null }> {
  return readJson(await send(formPath(token), toRequestInit({}, {})));
}

/** Answers a form; whoever has its address may. */
export async function answerForm(token: string, answer: FormAnswer): Promise<void> {
  const request = { method: 'POST', body: answer } as const;
  await readJson(await send(formPath(token), toRequestInit(request, {})));
}

const formPath = (token: string) => `${base}/form/human_input/${encodeURIComponent(token)}`;

/** The API of public pages, for one app and one visitor. */
export type ShareApi = ReturnType<typeof createShareApi>;

/**
 * Makes the client of a public page. The visitor is known by a pass that the browser keeps; it is fetched when there
 * is none and once more when the server no longer takes it.
 */
export function createShareApi(code: string, userId: string | undefined) {
  const passKey = `passport-${code}`;
  let pass: Promise<string> | undefined;

  const fetchPass = async (): Promise<string> => {
    const response = await send(
      withQuery(`${base}/passport`, { user_id: userId }),
      toRequestInit({}, { 'X-App-Code': code }),
    );
    const { access_token: token } = await readJson<{ access_token: string }>(response);
    storage.write(passKey, token);
    return token;
  };
  // A pass kept from another visit may belong to another person than the address names.
  const currentPass = (): Promise<string> => {
    const kept = userId ? null : storage.read(passKey);
    pass ??= kept ? Promise.resolve(kept) : fetchPass();
    pass.catch(() => {
      pass = undefined;
    });
    return pass;
  };

  const call = async (path: string, request: ApiRequest = {}): Promise<Response> => {
    const attempt = async () =>
      send(
        withQuery(base + path, request.query),
        toRequestInit(request, { 'X-App-Code': code, 'X-App-Passport': await currentPass() }),
      );
    const response = await attempt();
    const stale =
      response.status === 401 ||
      (response.status === 400 &&
        (await errorFromResponse(response.clone())).message.includes('no longer valid'));
    if (!stale) return response;
    storage.write(passKey, null);
    pass = fetchPass();
    return attempt();
  };
  const json = async <T>(path: string, request?: ApiRequest) => readJson<T>(await call(path, request));

  return {
    site: () => json<SiteInfo>('/site'),
    parameters: () => json<AppParameters>('/parameters'),
    conversations: (pinned: boolean) =>
      json<CursorPage<Conversation>>('/conversations', { query: { pinned, limit: 100 } }),
    messages: (conversationId: string) =>
      json<CursorPage<StoredMessage>>('/messages', {
        query: { conversation_id: conversationId, limit: 100 },
      }),
    nameConversation: (id: string, name: string | undefined) =>
      json<Conversation>(`/conversations/${id}/name`, {
        method: 'POST',
        body: name === undefined ? { auto_generate: true } : { name, auto_generate: false },
      }),
    pinConversation: (id: string, pinned: boolean) =>
      json<unknown>(`/conversations/${id}/${pinned ? 'pin' : 'unpin'}`, { method: 'PATCH', body: {} }),
    removeConversation: (id: string) => json<void>(`/conversations/${id}`, { method: 'DELETE' }),
    chat: (request: TurnRequest, signal: AbortSignal) =>
      call('/chat-messages', {
        method: 'POST',
        signal,
        body: {
          query: request.query,
          inputs: request.inputs,
          files: request.files,
          response_mode: 'streaming',
          conversation_id: request.conversationId ?? '',
          parent_message_id: request.parentMessageId,
        },
      }),
    complete: (request: TurnRequest, signal: AbortSignal) =>
      call('/completion-messages', {
        method: 'POST',
        signal,
        body: { inputs: request.inputs, files: request.files, response_mode: 'streaming' },
      }),
    moreLikeThis: (messageId: string, signal: AbortSignal) =>
      call(`/messages/${messageId}/more-like-this`, { query: { response_mode: 'streaming' }, signal }),
    stop: (kind: 'chat' | 'completion' | 'workflow', taskId: string) =>
      json<unknown>(
        kind === 'workflow' ? `/workflows/tasks/${taskId}/stop` : `/${kind}-messages/${taskId}/stop`,
        {
          method: 'POST',
          body: {},
        },
      ),
    /** Runs a workflow; the same key gives the same run, so that a row of a batch never runs twice. */
    runWorkflow: (
      request: { readonly inputs: Readonly<Record<string, unknown>>; readonly key?: string | undefined },
      signal: AbortSignal,
    ) =>
      call('/workflows/run', {
        method: 'POST',
        body: { inputs: request.inputs, files: [] },
        signal,
        ...(request.key ? { headers: { 'Idempotency-Key': request.key } } : {}),
      }),
    /** Opens an answer again that is being written: its text so far, then what follows. */
    comeBack: (taskId: string, signal: AbortSignal) => call(`/chat-messages/${taskId}/events`, { signal }),
    /** Opens the events of a run again, from its beginning and past its pauses. */
    attach: (runId: string, signal: AbortSignal) =>
      call(`/workflow/${runId}/events`, {
        query: { include_state_snapshot: true, continue_on_pause: true },
        signal,
      }),
    saved: (lastId: string | undefined) =>
      json<CursorPage<SavedText>>('/saved-messages', { query: { last_id: lastId, limit: 20 } }),
    save: (messageId: string) =>
      json<unknown>('/saved-messages', { method: 'POST', body: { message_id: messageId } }),
    unsave: (messageId: string) => json<void>(`/saved-messages/${messageId}`, { method: 'DELETE' }),
    rate: (messageId: string, rating: Rating, content: string | undefined) =>
      json<unknown>(`/messages/${messageId}/feedbacks`, {
        method: 'POST',
        body: { rating, content: content ?? '' },
      }),
    suggestions: (messageId: string) =>
      json<{ data: string[] }>(`/messages/${messageId}/suggested-questions`).then((answer) => answer.data),
    transcribe: (recording: File) => {
      const body = new FormData();
      body.append('file', recording);
      return json<{ text: string }>('/audio-to-text', { method: 'POST', body }).then(({ text }) => text);
    },
    speak: async (messageId: string, signal: AbortSignal) => {
      const response = await call('/text-to-audio', {
        method: 'POST',
        body: { message_id: messageId },
        signal,
      });
      if (!response.ok) throw await errorFromResponse(response);
      return response.blob();
    },
    upload: (file: File) => {
      const body = new FormData();
      body.append('file', file);
      return json<UploadedFile>('/files/upload', { method: 'POST', body });
    },
  };
}
