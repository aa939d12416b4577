/** Invented graph apps, their runs and triggers in the API's shapes, for pages whose calls the test answers. */

const now = Math.floor(Date.now() / 1000);
const hour = 3600;
const ada = { id: 'account-1', name: 'Ada Meyer', email: 'ada@example.com' };

const node = (id: string, title: string, data: object, more: object = {}) => ({
  id,
  type: 'custom',
  data: { title, desc: '', ...data },
  position: { x: 0, y: 0 },
  ...more,
});
const edge = (source: string, target: string, sourceHandle = 'source') => ({
  id: `${source}-${target}`,
  source,
  sourceHandle,
  target,
  targetHandle: 'target',
});
const model = { provider: 'openai', name: 'gpt-4o-mini', mode: 'chat', completion_params: {} };

/** A graph with a branch, an iteration, a model and a request, as a support team might have it. */
export const graph = {
  nodes: [
    node('start', 'New ticket', {
      type: 'start',
      variables: [
        { variable: 'ticket', label: 'Ticket', type: 'paragraph', required: true, max_length: 4000 },
        {
          variable: 'plan',
          label: 'Plan of the customer',
          type: 'select',
          required: false,
          options: ['Basic', 'Plus'],
          default: 'Basic',
        },
      ],
    }),
    node('sort', 'What is it about?', {
      type: 'question-classifier',
      model,
      query_variable_selector: ['start', 'ticket'],
      classes: [
        { id: '1', name: 'Repair or warranty' },
        { id: '2', name: 'Invoices' },
      ],
    }),
    node('split', 'Split into questions', {
      type: 'code',
      code_language: 'python3',
      code: 'def main(ticket):\n    return {"questions": ticket.split("?")}\n',
      variables: [{ variable: 'ticket', value_selector: ['start', 'ticket'] }],
      outputs: { questions: { type: 'array[string]', children: null } },
    }),
    node('each', 'Answer each question', {
      type: 'iteration',
      start_node_id: 'each-start',
      iterator_selector: ['split', 'questions'],
      output_selector: ['draft', 'text'],
      is_parallel: true,
      parallel_nums: 4,
    }),
    node('each-start', '', { type: 'iteration-start' }, { parentId: 'each' }),
    node(
      'draft',
      'Draft an answer',
      {
        type: 'llm',
        model,
        prompt_template: [
          { role: 'system', text: 'You help customers of Harbour Instruments.\nQuestion: {{#each.item#}}' },
        ],
      },
      { parentId: 'each' },
    ),
    node('invoice', 'Look up the invoice', {
      type: 'http-request',
      method: 'get',
      url: 'https://billing.example.com/invoices?plan={{#start.plan#}}',
      error_strategy: 'fail-branch',
    }),
    node('approve', 'Ask the team', {
      type: 'human-input',
      form_content: 'Is this answer right?\n\n{{#$output.note#}}',
      inputs: [{ type: 'paragraph', output_variable_name: 'note' }],
      user_actions: [
        { id: 'yes', title: 'Send it', button_style: 'primary' },
        { id: 'no', title: 'Write anew', button_style: 'default' },
      ],
    }),
    node('end', 'Reply', {
      type: 'end',
      outputs: [{ variable: 'reply', value_selector: ['each', 'output'], value_type: 'array[string]' }],
    }),
  ],
  edges: [
    edge('start', 'sort'),
    edge('sort', 'split', '1'),
    edge('sort', 'invoice', '2'),
    edge('split', 'each'),
    edge('each-start', 'draft'),
    edge('each', 'approve'),
    edge('invoice', 'end'),
    edge('invoice', 'approve', 'fail-branch'),
    edge('approve', 'end', 'yes'),
  ],
};

/** Features of the draft, with an opener where the app is a chatflow. */
const features = {
  opening_statement: 'Hi! What can I look into for you?',
  suggested_questions: ['Where is my parcel?', 'How long is the warranty?'],
  suggested_questions_after_answer: { enabled: true },
  speech_to_text: { enabled: false },
  text_to_speech: { enabled: false, voice: '', language: '' },
  retriever_resource: { enabled: true },
  sensitive_word_avoidance: { enabled: false, type: '', config: {} },
  file_upload: {
    enabled: true,
    allowed_file_types: ['image', 'document'],
    allowed_file_extensions: [],
    allowed_file_upload_methods: ['local_file', 'remote_url'],
    number_limits: 3,
  },
};

/** The graph under work. */
export const workflowDraft = {
  id: 'workflow-draft',
  version: 'draft',
  marked_name: '',
  marked_comment: '',
  graph,
  features,
  hash: 'hash-1',
  environment_variables: [
    {
      id: 'env-1',
      name: 'billing_key',
      description: 'Key of the billing service',
      value_type: 'secret',
      value: '[__HIDDEN__]',
      selector: ['env', 'billing_key'],
    },
    {
      id: 'env-2',
      name: 'reply_language',
      description: '',
      value_type: 'string',
      value: 'English',
      selector: ['env', 'reply_language'],
    },
  ],
  conversation_variables: [
    {
      id: 'conversation-1',
      name: 'known_products',
      description: 'What the customer has told of so far',
      value_type: 'array[string]',
      value: [],
      selector: ['conversation', 'known_products'],
    },
  ],
  rag_pipeline_variables: [],
  tool_published: false,
  created_by: ada,
  created_at: now - 90 * hour,
  updated_by: ada,
  updated_at: now - hour,
};

const version = (id: string, name: string, comment: string, hoursAgo: number) => ({
  ...workflowDraft,
  id,
  version: '2026-11-28 09:30:00.000',
  marked_name: name,
  marked_comment: comment,
  created_at: now - hoursAgo * hour,
});

/** Published versions, newest first. */
export const versions = [
  version('version-3', 'Team approves', 'Nothing is sent before somebody has read it', 5),
  version('version-2', '', '', 53),
  version('version-1', 'First try', 'Warranty questions only', 310),
];

/** What stands against the draft. */
export const checklist = [
  {
    code: 'model_provider_missing',
    severity: 'error',
    nodeId: 'draft',
    nodeTitle: 'Draft an answer',
    nodeType: 'llm',
    field: 'model',
    message: 'The model provider openai is not set up',
  },
  {
    code: 'unconnected',
    severity: 'warning',
    nodeId: 'approve',
    nodeTitle: 'Ask the team',
    nodeType: 'human-input',
    field: 'no',
    message: 'The branch “Write anew” leads nowhere',
  },
];

const run = (id: string, status: string, hoursAgo: number, over: object = {}) => ({
  id,
  version: 'draft',
  status,
  elapsed_time: 4.82,
  total_tokens: 1_284,
  total_steps: 6,
  created_by_account: ada,
  created_at: now - hoursAgo * hour,
  finished_at: now - hoursAgo * hour + 5,
  exceptions_count: 0,
  retry_index: 0,
  conversation_id: null,
  message_id: null,
  ...over,
});

/** Test runs, newest first. */
export const runHistory = [
  run('run-failed', 'failed', 1),
  run('run-ok', 'succeeded', 2),
  run('run-paused', 'paused', 3, { finished_at: null }),
  run('run-partial', 'partial-succeeded', 30, { exceptions_count: 1 }),
  run('run-stopped', 'stopped', 55),
];

const inputs = {
  ticket: 'How long is the warranty? And where do I send the gauge for repair?',
  plan: 'Plus',
  'sys.user_id': 'customer-81',
};

/** A run with its graph. */
export function runDetail(id: string) {
  const summary = runHistory.find((known) => known.id === id) ?? runHistory[1];
  const failed = summary?.status === 'failed';
  return {
    ...summary,
    graph,
    inputs,
    inputs_truncated: false,
    outputs:
      failed || summary?.status === 'paused' ? null : { reply: ['24 months.', 'To our workshop in Kiel.'] },
    outputs_truncated: false,
    error: failed ? '[openai] Rate limit reached for gpt-4o-mini: try again in 20 s' : null,
    created_by_role: 'account',
    created_by_end_user: null,
  };
}

const execution = (id: string, nodeId: string, type: string, title: string, over: object = {}) => ({
  id,
  index: 1,
  predecessor_node_id: null,
  node_id: nodeId,
  node_type: type,
  title,
  inputs: { ticket: inputs.ticket },
  process_data: null,
  outputs: { class_name: 'Repair or warranty' },
  status: 'succeeded',
  error: null,
  elapsed_time: 0.41,
  execution_metadata: null,
  extras: {},
  iteration_id: null,
  loop_id: null,
  created_at: now - hour,
  finished_at: now - hour + 1,
  ...over,
});

/** What the nodes of a run did; the newest run failed in its second round. */
export function nodeExecutions(runId: string) {
  const failed = runId === 'run-failed';
  const tokens = (count: number, round: number) => ({
    total_tokens: count,
    iteration_id: 'each',
    iteration_index: round,
  });
  return [
    execution('x1', 'start', 'start', 'New ticket', { elapsed_time: 0.001, outputs: inputs }),
    execution('x2', 'sort', 'question-classifier', 'What is it about?', {
      execution_metadata: { total_tokens: 212 },
      process_data: { model_name: 'gpt-4o-mini', usage: { total_tokens: 212 } },
    }),
    execution('x3', 'split', 'code', 'Split into questions', {
      outputs: { questions: ['How long is the warranty', 'Where do I send the gauge'] },
    }),
    execution('x4', 'each', 'iteration', 'Answer each question', {
      elapsed_time: 3.6,
      status: failed ? 'failed' : 'succeeded',
      error: failed ? '[openai] Rate limit reached for gpt-4o-mini: try again in 20 s' : null,
      inputs: { iterator_selector: ['How long is the warranty', 'Where do I send the gauge'] },
      outputs: failed ? null : { output: ['24 months.', 'To our workshop in Kiel.'] },
      execution_metadata: { total_tokens: 1_072 },
    }),
    execution('x5', 'draft', 'llm', 'Draft an answer', {
      iteration_id: 'each',
      outputs: { text: '24 months.' },
      execution_metadata: tokens(540, 0),
    }),
    execution('x6', 'draft', 'llm', 'Draft an answer', {
      iteration_id: 'each',
      status: failed ? 'failed' : 'succeeded',
      error: failed ? '[openai] Rate limit reached for gpt-4o-mini: try again in 20 s' : null,
      outputs: failed ? null : { text: 'To our workshop in Kiel.' },
      execution_metadata: tokens(532, 1),
    }),
  ];
}

const logged = (index: number, status: string, from: string) => ({
  id: `log-${index}`,
  workflow_run: {
    ...run(index === 0 ? 'run-failed' : index === 1 ? 'run-ok' : `run-${index}`, status, index * 7 + 1),
    version: '2026-11-28 09:30:00.000',
    triggered_from: from === 'schedule' ? 'schedule' : 'app-run',
    error: null,
  },
  details: null,
  created_from: from,
  created_by_role: from === 'explore' ? 'account' : 'end_user',
  created_by_account: from === 'explore' ? ada : null,
  created_by_end_user:
    from === 'explore'
      ? null
      : { id: `user-${index}`, type: 'browser', is_anonymous: true, session_id: `customer-${81 + index}` },
  created_at: now - (index * 7 + 1) * hour,
});

/** Runs of the published workflow. */
export const runLog = [
  logged(0, 'failed', 'service-api'),
  logged(1, 'succeeded', 'web-app'),
  logged(2, 'succeeded', 'schedule'),
  logged(3, 'partial-succeeded', 'service-api'),
  logged(4, 'stopped', 'explore'),
  logged(5, 'succeeded', 'web-app'),
];

/** What a paused run waits for. */
export const pauseDetails = {
  paused_nodes: [
    {
      form_id: 'form-1',
      form_token: 'kQ2mZx8LbVn3KhR4tQ2mZx8LbVn3KhR4',
      node_id: 'approve',
      form_content:
        'Is this answer right?\n\n> 24 months. Send it to our workshop in Kiel.\n\n{{#$output.note#}}',
      inputs: [{ type: 'paragraph', output_variable_name: 'note' }],
      resolved_default_values: { note: '' },
      user_actions: [
        { id: 'yes', title: 'Send it', button_style: 'primary' },
        { id: 'no', title: 'Write anew', button_style: 'default' },
      ],
      expiration_time: now + 20 * hour,
    },
  ],
};

const trigger = (id: string, over: object) => ({
  id,
  node_id: id,
  provider_name: '',
  icon: '',
  status: 'enabled',
  webhook_url: '',
  webhook_debug_url: '',
  cron_expression: '',
  timezone: '',
  next_runs: [],
  last_run_at: now - 5 * hour,
  last_run_id: 'run-ok',
  last_error: null,
  created_at: now - 90 * hour,
  updated_at: now - 5 * hour,
  ...over,
});

/** What starts the workflow by itself. */
export const triggers = [
  trigger('on-order', {
    trigger_type: 'trigger-webhook',
    title: 'Order arrives',
    webhook_url: 'https://trellis.example.com/triggers/webhook/4kQ9zT21hR4tQ2mZx8LbVn3K',
    webhook_debug_url: 'https://trellis.example.com/triggers/webhook-debug/4kQ9zT21hR4tQ2mZx8LbVn3K',
  }),
  trigger('every-morning', {
    trigger_type: 'trigger-schedule',
    title: 'Every morning',
    cron_expression: '30 8 * * 1-5',
    timezone: 'Europe/Berlin',
    next_runs: [now + 14 * hour, now + 38 * hour, now + 62 * hour],
    last_error: 'The workspace has used up its places for runs',
  }),
];

/** Field of each statistic of workflows. */
export const statisticFields: Readonly<Record<string, string>> = {
  'daily-conversations': 'runs',
  'daily-terminals': 'terminal_count',
  'token-costs': 'token_count',
  'average-app-interactions': 'interactions',
};
