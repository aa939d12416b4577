import { z } from 'zod';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import { ApiError, invalidParam } from '../../platform/errors.ts';
import { ExtensionError } from '../extensions/protocol.ts';
import type { ExtensionService } from '../extensions/service.ts';
import type { ModelService } from '../models/service.ts';

/** What somebody says to an app. */
export interface Said {
  inputs: Readonly<Record<string, unknown>>;
  query: string;
}

/** What becomes of it: nothing, an answer instead of the app's, or other words for the app. */
export type InputVerdict =
  | { kind: 'pass' }
  | { kind: 'answer'; text: string }
  | { kind: 'replace'; inputs: Record<string, unknown>; query: string };

/** What becomes of an answer: nothing, or another text, with which it ends or goes on. */
export type OutputVerdict = { text: string; ends: boolean } | null;

/** The content moderation that an app has set up. */
export interface ModerationPolicy {
  /** Looks at what was said; passes everything where inputs are not moderated. Throws when it cannot be checked. */
  checkInput(said: Said, signal: AbortSignal): Promise<InputVerdict>;
  /** Looks at the text of an answer so far; null where answers are not moderated. */
  readonly checkOutput: ((text: string, signal: AbortSignal) => Promise<OutputVerdict>) | null;
  /** Characters of new text after which an answer is looked at again. */
  readonly everyCharacters: number;
}

/** Settings of moderation as apps store them (spec: app files §8.6). */
export interface ModerationSettings {
  enabled: boolean;
  type: string;
  config: Readonly<Record<string, unknown>>;
}

/** Whose moderation it is. */
export interface ModeratedApp {
  scope: WorkspaceScope;
  appId: string;
  settings: ModerationSettings;
}

const side = z
  .object({ enabled: z.boolean().catch(false), preset_response: z.string().catch('') })
  .catch({ enabled: false, preset_response: '' });
const configSchema = z.object({
  keywords: z.string().catch(''),
  api_based_extension_id: z.string().catch(''),
  inputs_config: side,
  outputs_config: side,
});
type Config = z.infer<typeof configSchema>;

/** Answers of an extension (spec: agents and tools §4.4). */
const inputAnswer = z.union([
  z.object({ flagged: z.literal(false) }),
  z.object({
    flagged: z.literal(true),
    action: z.literal('overridden'),
    inputs: z.record(z.string(), z.unknown()).optional(),
    query: z.string().optional(),
  }),
  z.object({
    flagged: z.literal(true),
    action: z.literal('direct_output').optional(),
    preset_response: z.string().optional(),
  }),
]);
const outputAnswer = z.union([
  z.object({ flagged: z.literal(false) }),
  z.object({ flagged: z.literal(true), action: z.literal('overridden'), text: z.string() }),
  z.object({
    flagged: z.literal(true),
    action: z.literal('direct_output').optional(),
    preset_response: z.string().optional(),
  }),
]);

/** Reads moderation settings into what carries them out: keywords, a moderation model, or an extension. */
export class ModerationPolicies {
  readonly #o: { models: ModelService; extensions: ExtensionService; bufferCharacters: number };

  constructor(options: { models: ModelService; extensions: ExtensionService; bufferCharacters: number }) {
    this.#o = options;
  }

  /** Null where moderation is off. `app_unavailable` for a kind that there is not. */
  of(app: ModeratedApp): ModerationPolicy | null {
    const { settings } = app;
    if (!settings.enabled) return null;
    const config = configSchema.parse(settings.config);
    switch (settings.type) {
      case 'keywords': {
        const contains = keywordTest(config.keywords);
        return presetPolicy(config, { isFlagged: async (text) => contains(text), everyCharacters: 1 });
      }
      case 'openai_moderation':
        return presetPolicy(config, {
          isFlagged: (text, signal) => this.#o.models.isFlagged(app.scope, { text, signal }),
          everyCharacters: this.#o.bufferCharacters,
        });
      case 'api':
        return this.#extensionPolicy(app, config);
      default:
        // Letting everything through would be worse than an app that says why it does not answer.
        throw new ApiError(
          'app_unavailable',
          `Content moderation of the type ${settings.type} is not available here.`,
        );
    }
  }

  #extensionPolicy(app: ModeratedApp, config: Config): ModerationPolicy {
    const { extensions, bufferCharacters } = this.#o;
    const id = config.api_based_extension_id;
    const ask = async <T>(
      schema: z.ZodType<T>,
      call: Parameters<ExtensionService['call']>[2],
    ): Promise<T> => {
      const answer = schema.safeParse(await extensions.call(app.scope, id, call));
      if (!answer.success) throw new ExtensionError(`the answer to ${call.point} cannot be understood`);
      return answer.data;
    };
    return {
      everyCharacters: bufferCharacters,
      checkInput: async ({ inputs, query }, signal) => {
        if (!config.inputs_config.enabled) return { kind: 'pass' };
        const params = { app_id: app.appId, inputs, query };
        const answer = await inWords(() =>
          ask(inputAnswer, { point: 'app.moderation.input', params, signal }),
        );
        if (!answer.flagged) return { kind: 'pass' };
        if (answer.action === 'overridden') {
          return {
            kind: 'replace',
            inputs: { ...inputs, ...answer.inputs },
            query: answer.query ?? query,
          };
        }
        return { kind: 'answer', text: answer.preset_response ?? '' };
      },
      checkOutput: config.outputs_config.enabled
        ? async (text, signal) => {
            const params = { app_id: app.appId, text };
            const answer = await ask(outputAnswer, { point: 'app.moderation.output', params, signal });
            if (!answer.flagged) return null;
            if (answer.action === 'overridden') {
              return answer.text === text ? null : { text: answer.text, ends: false };
            }
            return { text: answer.preset_response ?? '', ends: true };
          }
        : null,
    };
  }
}

/** Kinds that only tell whether a text is to be held back, and answer with the app's own preset. */
function presetPolicy(
  config: Config,
  test: { isFlagged: (text: string, signal: AbortSignal) => Promise<boolean>; everyCharacters: number },
): ModerationPolicy {
  const { inputs_config: inputs, outputs_config: outputs } = config;
  return {
    everyCharacters: test.everyCharacters,
    checkInput: async (said, signal) =>
      inputs.enabled && (await test.isFlagged(textOf(said), signal))
        ? { kind: 'answer', text: inputs.preset_response }
        : { kind: 'pass' },
    checkOutput: outputs.enabled
      ? async (text, signal) =>
          (await test.isFlagged(text, signal)) ? { text: outputs.preset_response, ends: true } : null
      : null,
  };
}

function keywordTest(keywords: string): (text: string) => boolean {
  const words = keywords
    .split('\n')
    .map((word) => word.trim().toLowerCase())
    .filter((word) => word !== '');
  return (text) => {
    const lower = text.toLowerCase();
    return words.some((word) => lower.includes(word));
  };
}

function textOf({ inputs, query }: Said): string {
  const values = Object.values(inputs).map((value) =>
    typeof value === 'string' ? value : JSON.stringify(value),
  );
  return [query, ...values].join('\n');
}

/** What was said and cannot be checked is not let through; the caller is told why. */
async function inWords<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof ExtensionError)) throw error;
    throw invalidParam(`[Moderation] API query failed, error: ${error.message}`);
  }
}
