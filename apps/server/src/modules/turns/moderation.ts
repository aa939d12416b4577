import type { AppEvent } from '@trellis/contracts';
import { z } from 'zod';
import { ApiError } from '../../platform/errors.ts';
import type { ModelService } from '../models/service.ts';
import type { Draft } from './chat-runner.ts';
import type { Turn } from './turn.ts';

const side = z
  .object({ enabled: z.boolean().catch(false), preset_response: z.string().catch('') })
  .catch({ enabled: false, preset_response: '' });
const configSchema = z.object({ keywords: z.string().catch(''), inputs_config: side, outputs_config: side });

/** Characters of new text after which a moderation model is asked again. */
const askEvery = 300;
/** Pause between the characters of a preset answer, so that it reads like any other. */
const presetPaceMs = 10;

/** Whether a text is to be held back. */
type Check = (text: string, signal: AbortSignal) => Promise<boolean>;

/** Content moderation of an app (spec: app files §8.6): keywords, or a moderation model. */
export class Moderator {
  readonly #models: ModelService;

  constructor(models: ModelService) {
    this.#models = models;
  }

  /**
   * The turn's events with moderation on both sides. A hit on the input answers with the preset and runs nothing; a
   * hit on the output replaces what was streamed and ends the run.
   */
  async *around(
    turn: Turn,
    draft: Draft,
    run: (signal: AbortSignal) => AsyncGenerator<AppEvent, void, undefined>,
    signal: AbortSignal,
  ): AsyncGenerator<AppEvent, void, undefined> {
    const settings = turn.config.sensitive_word_avoidance;
    if (!settings.enabled) {
      yield* run(signal);
      return;
    }
    const config = configSchema.parse(settings.config);
    const check = this.#checkOf(turn, settings.type, config.keywords);
    if (config.inputs_config.enabled && (await check(inputText(turn), signal))) {
      yield* presetAnswer(draft, config.inputs_config.preset_response, signal);
      return;
    }
    if (!config.outputs_config.enabled) {
      yield* run(signal);
      return;
    }
    yield* this.#watchOutput({
      draft,
      run,
      signal,
      check,
      preset: config.outputs_config.preset_response,
      everyCharacters: settings.type === 'keywords' ? 1 : askEvery,
    });
  }

  async *#watchOutput(input: {
    draft: Draft;
    run: (signal: AbortSignal) => AsyncGenerator<AppEvent, void, undefined>;
    signal: AbortSignal;
    check: Check;
    preset: string;
    everyCharacters: number;
  }): AsyncGenerator<AppEvent, void, undefined> {
    const { draft, signal, check } = input;
    const hit = new AbortController();
    let checked = 0;
    for await (const event of input.run(AbortSignal.any([signal, hit.signal]))) {
      // After a hit the run is only waited for: it ends at once and accounts for what it used.
      if (hit.signal.aborted) continue;
      const due = draft.answer.length - checked >= input.everyCharacters;
      if (event.event === 'message' && due) {
        checked = draft.answer.length;
        if (await check(draft.answer, signal)) {
          hit.abort();
          continue;
        }
      }
      yield event;
    }
    const last = !hit.signal.aborted && checked < draft.answer.length && !signal.aborted;
    if (hit.signal.aborted || (last && (await check(draft.answer, signal)))) {
      draft.answer = input.preset;
      yield { event: 'message_replace', answer: input.preset, reason: 'output_moderation' };
    }
  }

  #checkOf(turn: Turn, type: string, keywords: string): Check {
    if (type === 'keywords') {
      const words = keywords
        .split('\n')
        .map((word) => word.trim().toLowerCase())
        .filter((word) => word !== '');
      return async (text) => {
        const lower = text.toLowerCase();
        return words.some((word) => lower.includes(word));
      };
    }
    if (type === 'openai_moderation') {
      return (text, signal) => this.#models.isFlagged(turn.scope, { text, signal });
    }
    // Letting everything through would be worse than an app that says why it does not answer.
    throw new ApiError('app_unavailable', `Content moderation of the type ${type} is not available yet.`);
  }
}

function inputText(turn: Turn): string {
  const values = Object.values(turn.inputs).map((value) =>
    typeof value === 'string' ? value : JSON.stringify(value),
  );
  return [turn.query, ...values].join('\n');
}

/** The preset, a character at a time. */
async function* presetAnswer(
  draft: Draft,
  preset: string,
  signal: AbortSignal,
): AsyncGenerator<AppEvent, void, undefined> {
  for (const character of preset) {
    if (signal.aborted) return;
    draft.answer += character;
    yield { event: 'message', answer: character, from_variable_selector: null };
    await new Promise((resolve) => setTimeout(resolve, presetPaceMs));
  }
}
