import type { JsonObject } from '../graph/json.ts';

const off = () => ({ enabled: false });

const makers: Record<string, () => unknown> = {
  opening_statement: () => '',
  suggested_questions: () => [],
  suggested_questions_after_answer: off,
  speech_to_text: off,
  text_to_speech: () => ({ enabled: false, voice: '', language: '' }),
  retriever_resource: off,
  annotation_reply: off,
  more_like_this: off,
  sensitive_word_avoidance: () => ({ enabled: false, type: '', config: {} }),
  external_data_tools: () => [],
  model: () => ({}),
  user_input_form: () => [],
  dataset_query_variable: () => '',
  pre_prompt: () => '',
  agent_mode: () => ({ enabled: false, strategy: null, tools: [], prompt: null }),
  prompt_type: () => 'simple',
  chat_prompt_config: () => ({}),
  completion_prompt_config: () => ({}),
  dataset_configs: () => ({ retrieval_model: 'multiple' }),
  file_upload: () => ({
    image: {
      enabled: false,
      number_limits: 3,
      detail: 'high',
      transfer_methods: ['remote_url', 'local_file'],
    },
  }),
};

/** Keys of the configuration of a basic app, in the order of the specification. */
export const modelConfigKeys = Object.keys(makers);

/** The configuration with every key that an app file has: what is missing or null gets its default. Others are kept. */
export function completeModelConfig(config: JsonObject): JsonObject {
  const completed: JsonObject = { ...config };
  for (const [key, make] of Object.entries(makers)) completed[key] ??= make();
  return completed;
}
