import type { AppMode } from './store.ts';

/** The configuration a new prompt app starts with; all keys of the export format are there (spec: app files §8.1). */
export function defaultModelConfig(
  mode: AppMode,
  model: { provider: string; name: string; mode: 'chat' | 'completion' } | null,
): Record<string, unknown> {
  return {
    opening_statement: '',
    suggested_questions: [],
    suggested_questions_after_answer: { enabled: false },
    speech_to_text: { enabled: false },
    text_to_speech: { enabled: false, voice: '', language: '' },
    retriever_resource: { enabled: mode !== 'completion' },
    annotation_reply: { enabled: false },
    more_like_this: { enabled: false },
    sensitive_word_avoidance: { enabled: false, type: '', config: {} },
    external_data_tools: [],
    model: { ...(model ?? { provider: '', name: '', mode: 'chat' }), completion_params: {} },
    user_input_form:
      mode === 'completion'
        ? [{ paragraph: { label: 'Query', variable: 'query', required: true, default: '' } }]
        : [],
    dataset_query_variable: '',
    pre_prompt: mode === 'completion' ? '{{query}}' : '',
    agent_mode: { enabled: false, strategy: null, tools: [], prompt: null },
    prompt_type: 'simple',
    chat_prompt_config: {},
    completion_prompt_config: {},
    dataset_configs: { retrieval_model: 'multiple', datasets: { datasets: [] } },
    file_upload: {
      image: {
        enabled: false,
        number_limits: 3,
        detail: 'high',
        transfer_methods: ['remote_url', 'local_file'],
      },
    },
  };
}
