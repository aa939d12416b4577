import { z } from 'zod';
import { i18nSchema, modelTypeSchema } from './common.ts';
import { credentialFieldSchema } from './credential-form.ts';
import { quirksSchema } from './quirks.ts';

/** Wire formats for which there is an adapter, by model type. */
export const adapterNames = {
  llm: ['openai_chat', 'openai_completion', 'openai_responses', 'anthropic_messages', 'gemini', 'ollama'],
  'text-embedding': ['openai_embeddings', 'gemini_embed', 'ollama_embed'],
  rerank: ['jina_rerank'],
  speech2text: ['openai_stt'],
  tts: ['openai_tts'],
  moderation: ['openai_moderations'],
} as const;

/** Wire format of an LLM adapter. */
export type LlmAdapterName = (typeof adapterNames)['llm'][number];

const endpoint = <Name extends string>(names: readonly [Name, ...Name[]]) =>
  z.object({
    adapter: z.enum(names),
    /** Appended to the base address; the adapter's usual path when absent. */
    path: z.string().optional(),
    quirks: quirksSchema.prefault({}),
  });

/** How a provider is reached. */
export const runtimeSchema = z.strictObject({
  base_url: z.string().optional(),
  /** Credential whose value replaces `base_url`. */
  base_url_field: z.string().optional(),
  /** `append_v1` accepts addresses with and without the version segment. */
  base_url_rule: z.enum(['as_is', 'append_v1']).default('as_is'),
  auth: z
    .object({
      type: z.enum(['bearer', 'header', 'none', 'azure']),
      field: z.string().optional(),
      header: z.string().optional(),
    })
    .default({ type: 'none' }),
  headers: z.record(z.string(), z.string()).default({}),
  /** Credential whose value is sent as this header when it is there. */
  header_fields: z.record(z.string(), z.string()).default({}),
  /** Deployment addresses of Azure OpenAI instead of plain paths. */
  url_style: z.enum(['plain', 'azure']).default('plain'),
  /** A rule that chooses another LLM adapter by a credential's value. */
  llm_by_credential: z
    .object({ field: z.string(), values: z.record(z.string(), z.enum(adapterNames.llm)) })
    .optional(),
  /** Adapter for models whose mode is `completion`. */
  llm_completion: endpoint(adapterNames.llm).optional(),
  llm: endpoint(adapterNames.llm).optional(),
  'text-embedding': endpoint(adapterNames['text-embedding']).optional(),
  rerank: endpoint(adapterNames.rerank).optional(),
  speech2text: endpoint(adapterNames.speech2text).optional(),
  tts: endpoint(adapterNames.tts).optional(),
  moderation: endpoint(adapterNames.moderation).optional(),
  /** What the live check of provider credentials calls. */
  validate: z.object({ type: modelTypeSchema, model: z.string() }).optional(),
  /** How the definition of a customizable model follows from its credentials. */
  custom_model: z.enum(['openai_compatible', 'base_model', 'ollama', 'plain']).default('plain'),
  /** Where the list of models can be asked for, for adding them by a click. */
  list_models: z.enum(['openai', 'ollama', 'gemini']).optional(),
  /** The provider runs inside the server; nobody needs credentials for it. */
  built_in: z.boolean().default(false),
});

/** How a provider is reached. */
export type ProviderRuntime = z.infer<typeof runtimeSchema>;

const formSchema = z.object({ credential_form_schemas: z.array(credentialFieldSchema) });

/** A provider as written in its `provider.yaml`. */
export const providerFileSchema = z.object({
  /** Canonical id: `organisation/plugin/provider`. */
  id: z.string(),
  provider: z.string(),
  label: i18nSchema,
  description: i18nSchema.nullish().transform((text) => text ?? null),
  icon_small: i18nSchema.nullish().transform((text) => text ?? null),
  icon_small_dark: i18nSchema.nullish().transform((text) => text ?? null),
  background: z
    .string()
    .nullish()
    .transform((text) => text ?? null),
  help: z
    .object({ title: i18nSchema, url: i18nSchema })
    .nullish()
    .transform((help) => help ?? null),
  supported_model_types: z.array(modelTypeSchema),
  configurate_methods: z.array(
    z
      .enum(['predefined-model', 'customizable-model', 'fetch-from-remote'])
      .transform((method) => (method === 'fetch-from-remote' ? 'predefined-model' : method)),
  ),
  provider_credential_schema: formSchema.nullish().transform((form) => form ?? null),
  model_credential_schema: formSchema
    .extend({ model: z.object({ label: i18nSchema, placeholder: i18nSchema.optional() }) })
    .nullish()
    .transform((form) => form ?? null),
  runtime: runtimeSchema,
});

/** A provider's definition. */
export type ProviderSchema = z.infer<typeof providerFileSchema>;
