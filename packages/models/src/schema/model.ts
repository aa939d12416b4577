import { z } from 'zod';
import { type I18nText, i18nSchema, type ModelType, modelTypeSchema } from './common.ts';
import { type ParameterRule, parameterRuleInputSchema } from './parameter-rule.ts';

/** What a model can do, as catalogue files declare it. */
export const modelFeatures = [
  'tool-call',
  'multi-tool-call',
  'stream-tool-call',
  'agent-thought',
  'vision',
  'document',
  'video',
  'audio',
  'structured-output',
  'polling',
] as const;

/** A declared ability of a model. */
export type ModelFeature = (typeof modelFeatures)[number];

const decimalSchema = z
  .union([z.string(), z.number()])
  .transform(String)
  .pipe(z.string().regex(/^\d+(?:\.\d+)?$/u));

/** Price per token: `input` and `output` are multiplied by `unit`. */
export const pricingSchema = z.object({
  input: decimalSchema,
  output: decimalSchema.nullish().transform((value) => value ?? null),
  /** Price of input tokens that the provider had cached; the full price applies when absent. */
  cached_input: decimalSchema.nullish().transform((value) => value ?? null),
  unit: decimalSchema,
  currency: z.string().default('USD'),
});

/** Prices of a model. */
export type Pricing = z.infer<typeof pricingSchema>;

/** Properties that depend on the model type. */
export const modelPropertiesSchema = z.looseObject({
  mode: z.enum(['chat', 'completion']).optional(),
  context_size: z.coerce.number().int().positive().optional(),
  /** Texts per request (embedding, moderation). */
  max_chunks: z.coerce.number().int().positive().optional(),
  max_characters_per_chunk: z.coerce.number().int().positive().optional(),
  /** Megabytes (speech to text). */
  file_upload_limit: z.coerce.number().positive().optional(),
  /** Comma-separated (speech to text). */
  supported_file_extensions: z.string().optional(),
  default_voice: z.string().optional(),
  voices: z
    .array(z.object({ mode: z.string(), name: z.string(), language: z.array(z.string()).default([]) }))
    .optional(),
  /** Characters per request (text to speech). */
  word_limit: z.coerce.number().int().positive().optional(),
  audio_type: z.string().optional(),
  max_workers: z.coerce.number().int().positive().optional(),
});

/** Properties of a model; which are there depends on its type. */
export type ModelProperties = z.infer<typeof modelPropertiesSchema>;

/** A model as written in a catalogue file. */
export const modelFileSchema = z.object({
  model: z.string().min(1),
  label: i18nSchema.optional(),
  model_type: modelTypeSchema.optional(),
  features: z.array(z.enum(modelFeatures)).nullish(),
  fetch_from: z.string().optional(),
  model_properties: modelPropertiesSchema.default({}),
  deprecated: z.boolean().default(false),
  parameter_rules: z.array(z.union([z.string(), parameterRuleInputSchema])).default([]),
  pricing: pricingSchema.nullish(),
});

/** A list of models of one type; rules named in `parameter_definitions` can be referred to by that name. */
export const modelListFileSchema = z.object({
  parameter_definitions: z.record(z.string(), parameterRuleInputSchema).default({}),
  models: z.array(modelFileSchema),
});

/** Where a model's definition comes from. */
export type FetchFrom = 'predefined-model' | 'customizable-model';

/** A complete model definition. */
export interface ModelSchema {
  model: string;
  label: I18nText;
  model_type: ModelType;
  /** Null when none are declared: such a model takes text only. */
  features: ModelFeature[] | null;
  fetch_from: FetchFrom;
  model_properties: ModelProperties;
  deprecated: boolean;
  parameter_rules: ParameterRule[];
  pricing: Pricing | null;
  /** The id is not in the catalogue; the definition is a guess that lets it run. */
  inferred?: true;
}
