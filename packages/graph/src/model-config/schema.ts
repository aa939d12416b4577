import { z } from 'zod';
import {
  fileUpload,
  sensitiveWordAvoidance,
  suggestedQuestionsAfterAnswer,
  textToSpeech,
} from '../features/schema.ts';
import { isObject, type JsonObject } from '../graph/json.ts';
import { toModelProviderId } from '../graph/providers.ts';
import {
  flag,
  flagOn,
  list,
  looseNumber,
  looseText,
  mapping,
  numberOrNull,
  orElse,
  textOrEmpty,
} from '../nodes/fields.ts';
import { metadataConditions } from '../nodes/knowledge-retrieval.ts';
import { formField } from './form.ts';

const toggle = orElse(z.looseObject({ enabled: flag }), () => ({ enabled: false }));

/** The model of a basic app; provider ids without a plugin are completed. At most four stop sequences. */
export const basicAppModel = z.looseObject({
  provider: z.string().min(1, 'is required').transform(toModelProviderId),
  name: z.string().min(1, 'is required'),
  mode: orElse(z.enum(['chat', 'completion']).catch('completion'), () => 'completion' as const),
  completion_params: z.looseObject({
    stop: list(z.string()).refine((entries) => entries.length <= 4, 'must have at most 4 entries'),
  }),
});

/** A tool whose answer fills a variable of the prompt. */
export const externalDataTool = z
  .looseObject({
    enabled: flag,
    variable: textOrEmpty,
    label: textOrEmpty,
    type: textOrEmpty,
    config: mapping(z.unknown()),
  })
  .superRefine((tool, context) => {
    if (!tool.enabled) return;
    for (const key of ['variable', 'type'] as const) {
      if (tool[key] === '') context.addIssue({ code: 'custom', path: [key], message: 'is required' });
    }
  });

/** A tool whose answer fills a variable of the prompt, see `externalDataTool`. */
export type ExternalDataTool = z.output<typeof externalDataTool>;

/** How an agent app reasons; `router` and `react_router` are old and only choose knowledge. */
export const agentStrategies = ['function_call', 'cot', 'react', 'router', 'react_router'] as const;

const oldToolKeys = ['dataset', 'google_search', 'web_reader', 'wikipedia', 'current_datetime'] as const;

const agentAppTool = z.record(z.string(), z.unknown()).superRefine((tool, context) => {
  const keys = Object.keys(tool);
  // An entry with fewer than four keys is of the old form: one key that names the tool.
  if (keys.length < 4) {
    if (!oldToolKeys.some((key) => isObject(tool[key]))) {
      context.addIssue({ code: 'custom', message: `must be a tool or one of ${oldToolKeys.join(', ')}` });
    }
    return;
  }
  for (const key of ['provider_type', 'provider_id', 'tool_name']) {
    if (typeof tool[key] !== 'string' || tool[key] === '') {
      context.addIssue({ code: 'custom', path: [key], message: 'is required' });
    }
  }
  if (!isObject(tool['tool_parameters'])) {
    context.addIssue({ code: 'custom', path: ['tool_parameters'], message: 'is required' });
  }
});

/** How an agent app uses tools. */
export const agentMode = orElse(
  z.looseObject({
    enabled: flag,
    strategy: z
      .enum(agentStrategies)
      .nullish()
      .transform((value) => value ?? null),
    max_iteration: orElse(looseNumber.pipe(z.int().min(1)), () => 10),
    prompt: z
      .looseObject({ first_prompt: textOrEmpty, next_iteration: textOrEmpty })
      .nullish()
      .transform((value) => value ?? null),
    tools: list(agentAppTool),
  }),
  () => ({ enabled: false, strategy: null, max_iteration: 10, prompt: null, tools: [] as JsonObject[] }),
);

/** One message of an expert prompt. */
export const promptMessage = z.looseObject({
  role: z.enum(['system', 'user', 'assistant']),
  text: textOrEmpty,
});

/** Expert prompt of a chat model: at most ten messages. */
export const chatPromptConfig = orElse(
  z.looseObject({
    prompt: list(promptMessage).refine((messages) => messages.length <= 10, 'must have at most 10 messages'),
  }),
  () => ({ prompt: [] as z.output<typeof promptMessage>[] }),
);

/** Expert prompt of a completion model; empty prefixes of roles become `Human` and `Assistant`. */
export const completionPromptConfig = orElse(
  z.looseObject({
    prompt: orElse(z.looseObject({ text: textOrEmpty }), () => ({ text: '' })),
    conversation_histories_role: orElse(
      z.looseObject({
        user_prefix: textOrEmpty.transform((prefix) => prefix || 'Human'),
        assistant_prefix: textOrEmpty.transform((prefix) => prefix || 'Assistant'),
      }),
      () => ({ user_prefix: 'Human', assistant_prefix: 'Assistant' }),
    ),
  }),
  () => ({
    prompt: { text: '' },
    conversation_histories_role: { user_prefix: 'Human', assistant_prefix: 'Assistant' },
  }),
);

const storedDatasets = orElse(
  z.looseObject({
    strategy: orElse(looseText, () => 'router'),
    datasets: list(z.looseObject({ dataset: z.looseObject({ enabled: flagOn, id: looseText }) })),
  }),
  () => ({ strategy: 'router', datasets: [] }),
);

const datasetConfigsFields = z.looseObject({
  retrieval_model: orElse(z.enum(['single', 'multiple']), () => 'single' as const),
  datasets: storedDatasets,
  top_k: orElse(looseNumber.pipe(z.int().min(1)), () => 4),
  score_threshold: numberOrNull,
  score_threshold_enabled: flag,
  reranking_mode: orElse(
    z.enum(['reranking_model', 'weighted_score']).catch('reranking_model'),
    () => 'reranking_model' as const,
  ),
  reranking_enable: z.boolean().nullish(),
  reranking_enabled: z.boolean().nullish(),
  reranking_model: z
    .looseObject({ reranking_provider_name: textOrEmpty, reranking_model_name: textOrEmpty })
    .nullish()
    .transform((value) => value ?? null),
  metadata_filtering_mode: orElse(z.enum(['disabled', 'automatic', 'manual']), () => 'disabled' as const),
  metadata_filtering_conditions: metadataConditions.nullish().transform((value) => value ?? null),
});

/**
 * Knowledge of a basic app. A missing mapping means retrieval from several knowledge bases, a mapping without
 * `retrieval_model` from one. `reranking_enable` also reads its other spelling; unset it is on.
 */
export const datasetConfigs = z
  .unknown()
  .optional()
  .transform((stored) => stored ?? { retrieval_model: 'multiple' })
  .pipe(datasetConfigsFields)
  .transform((configs) => ({
    ...configs,
    reranking_enable: configs.reranking_enable ?? configs.reranking_enabled ?? true,
  }));

/** The configuration of a basic app: a prompt, a model and what belongs to them. Unknown keys are kept. */
export const basicAppConfig = z.looseObject({
  model: basicAppModel,
  user_input_form: list(formField),
  external_data_tools: list(externalDataTool),
  pre_prompt: textOrEmpty,
  prompt_type: orElse(z.enum(['simple', 'advanced']), () => 'simple' as const),
  chat_prompt_config: chatPromptConfig,
  completion_prompt_config: completionPromptConfig,
  agent_mode: agentMode,
  dataset_configs: datasetConfigs,
  dataset_query_variable: textOrEmpty,
  file_upload: fileUpload,
  text_to_speech: textToSpeech,
  sensitive_word_avoidance: sensitiveWordAvoidance,
  opening_statement: orElse(z.string(), () => ''),
  suggested_questions: list(z.string()),
  suggested_questions_after_answer: suggestedQuestionsAfterAnswer,
  speech_to_text: toggle,
  retriever_resource: toggle,
  more_like_this: toggle,
});

/** The configuration of a basic app, see `basicAppConfig`. */
export type BasicAppConfig = z.output<typeof basicAppConfig>;
