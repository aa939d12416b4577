import type { AppEvent, MessageMetadata } from '@trellis/contracts';
import { emptyUsage } from '@trellis/contracts';
import {
  isAbort,
  type LlmResult,
  ModelCallAborted,
  ModelError,
  ParameterError,
  ThinkTagger,
} from '@trellis/models';
import { ApiError } from '../../platform/errors.ts';
import type { ModelService } from '../models/service.ts';
import type { ExternalData } from './external-data.ts';
import type { HistoryStore } from './history-store.ts';
import type { PromptBuilder } from './prompt-builder.ts';
import type { Turn, TurnOutcome } from './turn.ts';

/** What a prompt app's runner works with. */
export interface ChatRunnerOptions {
  models: ModelService;
  history: HistoryStore;
  externalData: ExternalData;
  prompts: PromptBuilder;
}

/** An answer in the making; the runner fills it, the record is made from it however the turn ends. */
export interface Draft {
  answer: string;
  prompt: unknown[];
  metadata: MessageMetadata;
}

/** A draft before anything has happened. */
export function emptyDraft(): Draft {
  return {
    answer: '',
    prompt: [],
    metadata: { annotation_reply: null, retriever_resources: [], usage: { ...emptyUsage } },
  };
}

/** Runs chatbots and text generators: one model call with the app's prompt and the conversation so far. */
export class ChatRunner {
  readonly #options: ChatRunnerOptions;

  constructor(options: ChatRunnerOptions) {
    this.#options = options;
  }

  /**
   * Carries a turn out. Yields the answer as it comes and keeps `draft` complete at every moment, so that a stop or a
   * failure loses nothing. Returns normally when the signal ends it; throws `ApiError` when the model call fails.
   */
  async *run(asked: Turn, draft: Draft, signal: AbortSignal): AsyncGenerator<AppEvent, void, undefined> {
    const { models, history, externalData, prompts } = this.#options;
    const model = asked.config.model;
    if (!model) throw new ApiError('app_unavailable');
    const turn = await externalData.fill(asked, signal);
    const resolved = await models.resolve(turn.scope, {
      provider: model.provider,
      model: model.name,
      type: 'llm',
    });
    const past = turn.isNewConversation ? [] : await history.of(turn);
    const prompt = await prompts.build({ turn, schema: resolved.schema, history: past, signal });
    draft.prompt = prompt.log;

    const tagger = new ThinkTagger();
    try {
      for await (const event of models.stream(resolved, {
        messages: prompt.messages,
        parameters: prompt.parameters,
        stop: prompt.stop,
        user: turn.asker.endUserId ?? turn.asker.accountId ?? undefined,
        purpose: 'answer',
        appId: turn.app.id,
        runId: turn.runId,
        signal,
      })) {
        if (event.t === 'done') this.#account(draft, event.result);
        const text = event.t === 'done' ? tagger.end() : tagger.push(event as { t: string; v?: string });
        if (text === '') continue;
        draft.answer += text;
        yield { event: 'message', answer: text, from_variable_selector: null };
      }
    } catch (error) {
      const closing = tagger.end();
      draft.answer += closing;
      const partial =
        error instanceof ModelError || error instanceof ModelCallAborted ? error.partial : undefined;
      if (partial) this.#account(draft, partial);
      if (isAbort(error) || signal.aborted) return;
      throw error;
    }
  }

  #account(draft: Draft, result: LlmResult): void {
    draft.metadata.usage = result.usage;
  }
}

/** A refused key is told in the contract's words, unless the provider has something to say about the account. */
function messageFor(error: ModelError): string {
  const quotes = error.upstream !== undefined && error.message.includes(error.upstream);
  return error.code === 'authorization' && !quotes ? 'Incorrect API key provided' : error.message;
}

/** The error that a failed turn tells its client. */
export function toTurnError(error: unknown): NonNullable<TurnOutcome['error']> {
  if (error instanceof ApiError) return { code: error.code, message: error.message, status: error.status };
  if (error instanceof ModelError) return { code: error.apiCode, message: messageFor(error), status: 400 };
  if (error instanceof ParameterError) return { code: 'invalid_param', message: error.message, status: 400 };
  return {
    code: 'internal_server_error',
    message: 'Internal Server Error, please contact support.',
    status: 500,
  };
}
