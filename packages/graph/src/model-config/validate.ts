import type { BasicAppMode } from '../app-file/types.ts';
import { type ConfigIssue, toConfigIssues } from '../features/schema.ts';
import { isObject, type JsonObject } from '../graph/json.ts';
import { completeModelConfig } from './defaults.ts';
import { type BasicAppConfig, basicAppConfig } from './schema.ts';

const commonKeys = [
  'model',
  'user_input_form',
  'external_data_tools',
  'file_upload',
  'prompt_type',
  'pre_prompt',
  'chat_prompt_config',
  'completion_prompt_config',
  'agent_mode',
  'dataset_configs',
  'dataset_query_variable',
  'text_to_speech',
  'sensitive_word_avoidance',
];
const chatKeys = [
  'opening_statement',
  'suggested_questions',
  'suggested_questions_after_answer',
  'speech_to_text',
  'retriever_resource',
];

const keysByMode: Record<BasicAppMode, readonly string[]> = {
  chat: [...commonKeys, ...chatKeys],
  'agent-chat': [...commonKeys, ...chatKeys],
  completion: [...commonKeys, 'more_like_this'],
};

/** A configuration that may be saved or run, or what is wrong with it. */
export type CheckedModelConfig =
  | {
      ok: true;
      /** To run: everything has its default. */
      config: BasicAppConfig;
      /** To store: the keys that the mode has, as they were given. */
      stored: JsonObject;
    }
  | { ok: false; issues: ConfigIssue[] };

/**
 * Checks the configuration of a basic app before it is saved or run: kept are the keys that the mode has. Whether
 * the model and the knowledge bases exist is for the caller to ask.
 */
export function checkModelConfig(given: unknown, mode: BasicAppMode): CheckedModelConfig {
  if (!isObject(given)) return { ok: false, issues: [{ path: '', message: 'must be a mapping' }] };
  const keys = new Set(keysByMode[mode]);
  const known = Object.fromEntries(Object.entries(given).filter(([key]) => keys.has(key)));
  const parsed = basicAppConfig.safeParse(known);
  if (!parsed.success) return { ok: false, issues: toConfigIssues(parsed.error) };
  const config = parsed.data;
  const issues = crossIssues(config, mode);
  if (issues.length > 0) return { ok: false, issues };
  return { ok: true, config, stored: storedForm(known, config, mode) };
}

function crossIssues(config: BasicAppConfig, mode: BasicAppMode): ConfigIssue[] {
  const issues: ConfigIssue[] = [];
  const names = [
    ...config.user_input_form.map((field) => field.variable),
    ...config.external_data_tools.map((tool) => tool.variable),
  ];
  const twice = names.find((name, index) => name !== '' && names.indexOf(name) !== index);
  if (twice !== undefined) {
    issues.push({ path: 'user_input_form', message: `two variables have the name ${twice}` });
  }
  const hasDatasets = config.dataset_configs.datasets.datasets.some((entry) => entry.dataset.enabled);
  if (mode === 'completion' && hasDatasets && config.dataset_query_variable === '') {
    issues.push({ path: 'dataset_query_variable', message: 'is required for an app with knowledge' });
  }
  return issues;
}

function storedForm(known: JsonObject, config: BasicAppConfig, mode: BasicAppMode): JsonObject {
  const complete = completeModelConfig(known);
  const { model, text_to_speech } = config;
  const stored: JsonObject = {};
  for (const key of keysByMode[mode]) stored[key] = complete[key];
  const datasets = isObject(complete['dataset_configs']) ? complete['dataset_configs'] : {};
  const agent = isObject(complete['agent_mode']) ? complete['agent_mode'] : {};
  return {
    ...stored,
    model,
    text_to_speech: isObject(complete['text_to_speech'])
      ? { ...complete['text_to_speech'], voice: text_to_speech.voice, language: text_to_speech.language }
      : text_to_speech,
    dataset_configs: { ...datasets, retrieval_model: datasets['retrieval_model'] ?? 'single' },
    agent_mode: mode === 'agent-chat' ? { ...agent, strategy: agent['strategy'] ?? 'router' } : agent,
  };
}
