import { z } from 'zod';

/** A text in several languages; `en_US` is always there. */
export const i18nSchema = z
  .object({ en_US: z.string(), zh_Hans: z.string().optional() })
  .catchall(z.string())
  .transform((text) => ({ ...text, zh_Hans: text.zh_Hans ?? text.en_US }));

/** A text in several languages, both complete languages present. */
export type I18nText = z.infer<typeof i18nSchema>;

/** Kinds of models. */
export const modelTypes = ['llm', 'text-embedding', 'rerank', 'speech2text', 'tts', 'moderation'] as const;

/** A kind of model. */
export type ModelType = (typeof modelTypes)[number];

const legacyModelTypes: ReadonlyMap<string, ModelType> = new Map([
  ['text-generation', 'llm'],
  ['embeddings', 'text-embedding'],
  ['reranking', 'rerank'],
]);

/** Reads a model type, the names of old records included; undefined for anything else. */
export function parseModelType(text: string): ModelType | undefined {
  return legacyModelTypes.get(text) ?? modelTypes.find((type) => type === text);
}

/** Zod schema of a model type; accepts the names of old records. */
export const modelTypeSchema = z.string().transform((text, context): ModelType => {
  const type = parseModelType(text);
  if (type !== undefined) return type;
  context.addIssue({ code: 'custom', message: `is not a model type (${modelTypes.join(', ')})` });
  return z.NEVER;
});
