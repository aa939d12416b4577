import { z } from 'zod';

/**
 * The configuration of a chatbot, text generator or agent as the runner reads it. It is read leniently: imported files
 * carry keys of many ages, and what is stored has been validated when it was saved (spec: app files §8).
 */
const enabled = z.looseObject({ enabled: z.boolean().catch(false) }).catch({ enabled: false });

const modelSchema = z.object({
  provider: z.string(),
  name: z.string(),
  mode: z.enum(['chat', 'completion']).catch('chat'),
  completion_params: z.record(z.string(), z.unknown()).catch({}),
});

const formItemSchema = z.record(z.string(), z.record(z.string(), z.unknown()));

const fileUploadSchema = z
  .looseObject({
    enabled: z.boolean().optional(),
    allowed_file_types: z.array(z.string()).optional(),
    allowed_file_extensions: z.array(z.string()).optional(),
    allowed_file_upload_methods: z.array(z.string()).optional(),
    number_limits: z.number().optional(),
    image: z
      .looseObject({
        enabled: z.boolean().catch(false),
        number_limits: z.number().catch(3),
        detail: z.enum(['low', 'high']).catch('high'),
        transfer_methods: z.array(z.string()).catch(['remote_url', 'local_file']),
      })
      .optional(),
  })
  .nullish()
  .catch(null);

const moderationSchema = z
  .looseObject({
    enabled: z.boolean().catch(false),
    type: z.string().catch(''),
    config: z.looseObject({}).catch({}),
  })
  .catch({ enabled: false, type: '', config: {} });

const promptConfigSchema = z.object({
  model: modelSchema.nullish().catch(null),
  prompt_type: z.enum(['simple', 'advanced']).catch('simple'),
  pre_prompt: z.string().nullish().catch(''),
  chat_prompt_config: z.looseObject({}).nullish().catch({}),
  completion_prompt_config: z.looseObject({}).nullish().catch({}),
  user_input_form: z.array(formItemSchema).catch([]),
  external_data_tools: z
    .array(z.unknown())
    .nullish()
    .transform((tools) => tools ?? [])
    .catch([]),
  opening_statement: z.string().nullish().catch(''),
  suggested_questions: z.array(z.string()).nullish().catch([]),
  suggested_questions_after_answer: z
    .looseObject({ enabled: z.boolean().catch(false), prompt: z.string().optional() })
    .catch({ enabled: false }),
  speech_to_text: enabled,
  text_to_speech: z
    .looseObject({
      enabled: z.boolean().catch(false),
      voice: z.string().catch(''),
      language: z.string().catch(''),
      autoPlay: z.string().optional(),
    })
    .catch({ enabled: false, voice: '', language: '' }),
  retriever_resource: enabled,
  more_like_this: enabled,
  annotation_reply: z.looseObject({ enabled: z.boolean().catch(false) }).catch({ enabled: false }),
  sensitive_word_avoidance: moderationSchema,
  file_upload: fileUploadSchema,
});

/** See {@link readPromptConfig}. */
export type PromptConfig = z.infer<typeof promptConfigSchema>;

/** One field of the app's input form: its control type and its settings. */
export interface FormField {
  control: string;
  variable: string;
  label: string;
  required: boolean;
  settings: Record<string, unknown>;
}

/** Reads a stored configuration. Missing keys take their defaults; nothing is refused here. */
export function readPromptConfig(stored: Record<string, unknown>): PromptConfig {
  return promptConfigSchema.parse(stored);
}

/** The fields of an input form, in order. */
export function formFields(config: Pick<PromptConfig, 'user_input_form'>): FormField[] {
  const fields: FormField[] = [];
  for (const item of config.user_input_form) {
    const [entry] = Object.entries(item);
    if (!entry) continue;
    const [control, settings] = entry;
    const variable = settings['variable'];
    if (typeof variable !== 'string') continue;
    fields.push({
      control,
      variable,
      label: typeof settings['label'] === 'string' ? settings['label'] : variable,
      required: settings['required'] === true,
      settings,
    });
  }
  return fields;
}
