import type { NodeType } from './registry.ts';

const newModel = () => ({ provider: '', name: '', mode: 'chat', completion_params: { temperature: 0.7 } });

const makers: Record<NodeType, () => Record<string, unknown>> = {
  start: () => ({ variables: [] }),
  end: () => ({ outputs: [] }),
  answer: () => ({ variables: [], answer: '' }),
  llm: () => ({
    model: newModel(),
    prompt_template: [{ role: 'system', text: '' }],
    context: { enabled: false, variable_selector: [] },
    vision: { enabled: false },
  }),
  'knowledge-retrieval': () => ({
    query_variable_selector: [],
    query_attachment_selector: [],
    dataset_ids: [],
    retrieval_mode: 'multiple',
    multiple_retrieval_config: { top_k: 4, reranking_enable: false },
  }),
  'question-classifier': () => ({
    query_variable_selector: [],
    model: newModel(),
    classes: [
      { id: '1', name: '' },
      { id: '2', name: '' },
    ],
    vision: { enabled: false },
  }),
  'if-else': () => ({ cases: [{ case_id: 'true', logical_operator: 'and', conditions: [] }] }),
  code: () => ({ code: '', code_language: 'python3', variables: [], outputs: {} }),
  'template-transform': () => ({ template: '', variables: [] }),
  'http-request': () => ({
    method: 'get',
    url: '',
    authorization: { type: 'no-auth', config: null },
    headers: '',
    params: '',
    body: { type: 'none', data: [] },
    ssl_verify: true,
    timeout: { max_connect_timeout: 0, max_read_timeout: 0, max_write_timeout: 0 },
    retry_config: { retry_enabled: true, max_retries: 3, retry_interval: 100 },
    variables: [],
  }),
  tool: () => ({ tool_parameters: {}, tool_configurations: {}, tool_node_version: '2' }),
  agent: () => ({ tool_node_version: '2' }),
  'variable-aggregator': () => ({ output_type: 'any', variables: [] }),
  assigner: () => ({ version: '2', items: [] }),
  iteration: () => ({
    start_node_id: '',
    iterator_selector: [],
    output_selector: [],
    is_parallel: false,
    parallel_nums: 10,
    error_handle_mode: 'terminated',
    flatten_output: true,
  }),
  'iteration-start': () => ({ isInIteration: true }),
  loop: () => ({ start_node_id: '', break_conditions: [], loop_count: 10, logical_operator: 'and' }),
  'loop-start': () => ({ isInLoop: true }),
  'loop-end': () => ({}),
  'parameter-extractor': () => ({
    query: [],
    model: newModel(),
    reasoning_mode: 'prompt',
    vision: { enabled: false },
  }),
  'document-extractor': () => ({ variable_selector: [], is_array_file: false }),
  'list-operator': () => ({
    variable: [],
    filter_by: { enabled: false, conditions: [] },
    extract_by: { enabled: false, serial: '1' },
    order_by: { enabled: false, key: '', value: 'asc' },
    limit: { enabled: false, size: 10 },
  }),
  'human-input': () => ({
    delivery_methods: [],
    user_actions: [],
    form_content: '',
    inputs: [],
    timeout: 3,
    timeout_unit: 'day',
  }),
  'trigger-webhook': () => ({
    webhook_url: '',
    method: 'POST',
    content_type: 'application/json',
    headers: [],
    params: [],
    body: [],
    async_mode: true,
    status_code: 200,
    response_body: '',
    variables: [
      {
        variable: '_webhook_raw',
        label: 'raw',
        value_type: 'object',
        value_selector: [],
        required: true,
      },
    ],
  }),
  'trigger-schedule': () => ({
    mode: 'visual',
    frequency: 'daily',
    visual_config: { time: '12:00 AM', on_minute: 0, weekdays: ['sun'], monthly_days: [1] },
    cron_expression: '',
    timezone: 'UTC',
  }),
  'trigger-plugin': () => ({ plugin_id: '', event_name: '', event_parameters: {}, config: {} }),
  datasource: () => ({ datasource_parameters: {}, datasource_configurations: {} }),
  'knowledge-index': () => ({
    index_chunk_variable_selector: [],
    keyword_number: 10,
    retrieval_model: { top_k: 3, score_threshold_enabled: false, score_threshold: 0.5 },
  }),
};

/** What the data of a new node on the canvas holds besides its type, title and description. A fresh copy each time. */
export function canvasDefaults(type: NodeType): Record<string, unknown> {
  return makers[type]();
}
