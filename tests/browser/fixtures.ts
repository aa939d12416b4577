/** Invented data in the API's shapes, for pages whose calls the test answers. */

const now = Math.floor(Date.now() / 1000);
const hour = 3600;
const text = (en: string, zh = en) => ({ en_US: en, zh_Hans: zh });

/** Usage as it stands on the last event of a turn. */
export const usage = {
  prompt_tokens: 212,
  completion_tokens: 64,
  total_tokens: 276,
  total_price: '0.0000702',
  currency: 'USD',
  latency: 1.24,
  time_to_first_token: 0.34,
};

export const profile = {
  id: 'account-1',
  name: 'Ada Meyer',
  avatar: null,
  avatar_url: null,
  email: 'ada@example.com',
  is_password_set: true,
  interface_language: 'en-US',
  interface_theme: 'system',
  timezone: 'Europe/Berlin',
  last_login_at: now - hour,
  last_login_ip: '127.0.0.1',
  created_at: now - 90 * 24 * hour,
};

export const workspace = {
  id: '0d3a9c11-6c1e-4a53-9a6e-1f2b7d8a9b10',
  name: 'Harbour Instruments',
  plan: 'sandbox',
  status: 'normal',
  created_at: now - 90 * 24 * hour,
  role: 'owner',
  in_trial: null,
  trial_end_reason: null,
  custom_config: null,
};

export const systemFeatures = {
  enable_email_password_login: true,
  enable_email_code_login: false,
  enable_social_oauth_login: false,
  sso_enforced_for_signin: false,
  is_allow_register: false,
  is_email_setup: false,
  branding: { enabled: false, application_title: '', login_page_logo: '', workspace_logo: '', favicon: '' },
};

const names: readonly [string, string, string, string, string, string | null][] = [
  [
    'Support assistant',
    'chat',
    '💬',
    '#E3F1E6',
    'Answers questions about orders, repairs and warranty from the product manual.',
    'Support',
  ],
  [
    'Release note writer',
    'completion',
    '📝',
    '#E6EEF8',
    'Turns a list of merged changes into notes that customers understand.',
    'Docs',
  ],
  ['Onboarding guide', 'chat', '🧭', '#FBF1D9', 'Walks new colleagues through their first week.', 'People'],
  ['Contract summary', 'completion', '⚖️', '#F1E8F5', 'Three paragraphs and a list of duties.', null],
  ['Travel desk', 'chat', '✈️', '#E2F1F1', '', 'Support'],
  [
    'Incident report',
    'completion',
    '🧾',
    '#FBE9E5',
    'From timeline to report, in the tone of the status page.',
    null,
  ],
  ['Ticket triage', 'workflow', '🎫', '#E6EEF8', 'Sorts tickets and drafts the replies.', 'Support'],
  ['Order desk', 'advanced-chat', '🛎️', '#FBF1D9', 'Finds orders and explains invoices.', 'Support'],
];

export const apps = names.map(([name, mode, icon, background, description, tag], index) => ({
  id: `app-${index + 1}`,
  name,
  description,
  mode,
  icon_type: 'emoji',
  icon,
  icon_background: background,
  icon_url: null,
  tags: tag ? [{ id: `tag-${tag}`, name: tag, type: 'app' }] : [],
  created_by: 'account-1',
  author_name: 'Ada Meyer',
  created_at: now - (index + 2) * 30 * hour,
  updated_at: now - (index * 7 + 1) * hour,
  published_at: index % 3 === 2 ? null : now - index * 9 * hour,
}));

export const tags = [
  { id: 'tag-Support', name: 'Support', type: 'app', binding_count: '2' },
  { id: 'tag-Docs', name: 'Docs', type: 'app', binding_count: '1' },
];

export const modelConfig = {
  opening_statement: 'Hi! I know the **{{product}}** manual by heart. What would you like to know?',
  suggested_questions: [
    'How long is the warranty?',
    'My display stays dark',
    'Where do I send it for repair?',
  ],
  suggested_questions_after_answer: { enabled: true },
  speech_to_text: { enabled: false },
  text_to_speech: { enabled: false, voice: '', language: '' },
  retriever_resource: { enabled: true },
  annotation_reply: { enabled: false },
  more_like_this: { enabled: false },
  sensitive_word_avoidance: { enabled: false, type: '', config: {} },
  external_data_tools: [],
  model: {
    provider: 'openai',
    name: 'gpt-4o-mini',
    mode: 'chat',
    completion_params: { temperature: 0.4, max_tokens: 512 },
  },
  user_input_form: [
    {
      'text-input': {
        label: 'Product',
        variable: 'product',
        required: true,
        max_length: 48,
        default: 'Depth gauge',
      },
    },
    {
      select: {
        label: 'Tone',
        variable: 'tone',
        required: false,
        options: ['Friendly', 'Brief'],
        default: 'Friendly',
      },
    },
  ],
  dataset_query_variable: '',
  pre_prompt:
    'You help customers of {{product}} by Harbour Instruments.\n\nAnswer in a {{tone}} tone, in at most three sentences. If the manual does not say it, say so and offer a call with {{support_team}}.',
  agent_mode: {
    enabled: false,
    strategy: null,
    tools: [{ provider_name: 'weather', tool_name: 'forecast', tool_label: 'Weather forecast' }],
    prompt: null,
  },
  prompt_type: 'simple',
  chat_prompt_config: {},
  completion_prompt_config: {},
  dataset_configs: {},
  file_upload: {
    image: {
      enabled: true,
      number_limits: 3,
      detail: 'high',
      transfer_methods: ['remote_url', 'local_file'],
    },
  },
};

export const site = {
  access_token: 'hR4tQ2mZx8LbVn3K',
  code: 'hR4tQ2mZx8LbVn3K',
  app_base_url: '',
  title: 'Support assistant',
  description: 'Answers about your instrument, at any hour.',
  icon_type: 'emoji',
  icon: '💬',
  icon_background: '#E3F1E6',
  icon_url: null,
  default_language: 'en-US',
  chat_color_theme: null,
  chat_color_theme_inverted: false,
  copyright: 'Harbour Instruments',
  privacy_policy: 'https://example.com/privacy',
  custom_disclaimer: 'Answers can be wrong. Check important ones in the manual.',
  input_placeholder: '',
  show_workflow_steps: true,
  use_icon_as_answer_icon: false,
  prompt_public: false,
};

/** What was published before. */
export const configVersions = [5, 77, 200].map((hours, index) => ({
  id: `config-${index}`,
  created_at: now - hours * hour,
  created_by: 'account-1',
  created_by_name: 'Ada Meyer',
  current: index === 0,
  model_config: modelConfig,
}));

/** Where Ada is signed in. */
export const devices = [
  {
    id: 'device-1',
    user_agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    ip: '192.0.2.14',
    created_at: now - 40 * hour,
    last_used_at: now - 60,
    expires_at: now + 700 * hour,
    is_current: true,
  },
  {
    id: 'device-2',
    user_agent:
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1',
    ip: '198.51.100.7',
    created_at: now - 300 * hour,
    last_used_at: now - 20 * hour,
    expires_at: now + 400 * hour,
    is_current: false,
  },
];

/** The whole app of a list entry. */
export function appDetail(id: string) {
  const summary = apps.find((app) => app.id === id) ?? apps[0];
  return {
    ...summary,
    enable_site: true,
    enable_api: true,
    api_base_url: '',
    ...(summary?.mode === 'workflow' || summary?.mode === 'advanced-chat'
      ? { model_config: null, workflow: { id: 'version-3', created_at: now - 5 * hour } }
      : { model_config: modelConfig, workflow: null }),
    site: { ...site, title: summary?.name },
    use_icon_as_answer_icon: false,
    max_active_requests: 0,
    updated_by: 'account-1',
  };
}

export const draft = {
  model_config: modelConfig,
  hash: 'hash-1',
  updated_at: now - hour,
  published_at: now - 5 * hour,
  published_by_name: 'Ada Meyer',
  dirty: true,
};

const model = (name: string, label: string, features: string[], context: number, type = 'llm') => ({
  model: name,
  label: text(label),
  model_type: type,
  features,
  fetch_from: 'predefined-model',
  model_properties: { mode: 'chat', context_size: context },
  deprecated: false,
  status: 'active',
  load_balancing_enabled: false,
  has_invalid_load_balancing_configs: false,
});

export const languageModels = [
  {
    provider: 'openai',
    label: text('OpenAI'),
    icon_small: null,
    status: 'active',
    models: [
      model('gpt-4o', 'GPT-4o', ['vision', 'multi-tool-call', 'tool-call'], 128000),
      model('gpt-4o-mini', 'GPT-4o mini', ['vision', 'tool-call'], 128000),
    ],
  },
  {
    provider: 'demo',
    label: text('Demo'),
    icon_small: null,
    status: 'active',
    models: [model('demo-chat', 'Demo (canned answers)', [], 8192)],
  },
];

export const parameterRules = [
  {
    name: 'temperature',
    label: text('Temperature', '温度'),
    type: 'float',
    help: text('Higher is more surprising.'),
    required: false,
    default: 1,
    min: 0,
    max: 2,
    precision: 2,
  },
  {
    name: 'top_p',
    label: text('Top P'),
    type: 'float',
    help: text('Share of the likeliest words that are considered.'),
    required: false,
    default: 1,
    min: 0,
    max: 1,
    precision: 2,
  },
  {
    name: 'presence_penalty',
    label: text('Presence penalty'),
    type: 'float',
    required: false,
    default: 0,
    min: -2,
    max: 2,
    precision: 2,
  },
  {
    name: 'frequency_penalty',
    label: text('Frequency penalty'),
    type: 'float',
    required: false,
    default: 0,
    min: -2,
    max: 2,
    precision: 2,
  },
  {
    name: 'max_tokens',
    label: text('Max tokens'),
    type: 'int',
    required: true,
    default: 512,
    min: 1,
    max: 16384,
  },
  {
    name: 'response_format',
    label: text('Response format'),
    type: 'string',
    required: false,
    options: ['text', 'json_object'],
  },
];

const provider = (
  id: string,
  label: string,
  description: string,
  types: string[],
  active: boolean,
  over: object = {},
) => ({
  provider: id,
  label: text(label),
  description: text(description),
  icon_small: null,
  icon_large: null,
  background: null,
  help: { title: text(`Get your key from ${label}`), url: text('https://example.com/keys') },
  supported_model_types: types,
  configurate_methods: ['predefined-model'],
  provider_credential_schema: {
    credential_form_schemas: [
      {
        variable: 'api_key',
        label: text('API key'),
        type: 'secret-input',
        required: true,
        placeholder: text('Enter the key'),
      },
      {
        variable: 'base_url',
        label: text('API base'),
        type: 'text-input',
        required: false,
        placeholder: text('https://api.example.com/v1'),
      },
    ],
  },
  model_credential_schema: null,
  preferred_provider_type: 'custom',
  custom_configuration: {
    status: active ? 'active' : 'no-configure',
    current_credential_id: active ? `${id}-key-1` : null,
    current_credential_name: active ? 'API KEY 1' : null,
    available_credentials: active
      ? [
          { credential_id: `${id}-key-1`, credential_name: 'API KEY 1' },
          { credential_id: `${id}-key-2`, credential_name: 'Team budget' },
        ]
      : [],
    custom_models: [],
    can_added_models: [],
  },
  system_configuration: { enabled: false, current_quota_type: null, quota_configurations: [] },
  ...over,
});

export const providers = [
  provider(
    'openai',
    'OpenAI',
    'GPT models for language, embeddings, speech and moderation.',
    ['llm', 'text-embedding', 'speech2text', 'tts', 'moderation'],
    true,
  ),
  provider(
    'demo',
    'Demo',
    'Canned answers without a key, for a first look.',
    ['llm', 'text-embedding'],
    false,
    {
      provider_credential_schema: null,
      system_configuration: { enabled: true, current_quota_type: null, quota_configurations: [] },
    },
  ),
  provider('anthropic', 'Anthropic', 'Claude models.', ['llm'], false),
  provider(
    'google',
    'Google Gemini',
    'Gemini models for language and embeddings.',
    ['llm', 'text-embedding'],
    false,
  ),
  provider(
    'openai_api_compatible',
    'OpenAI-compatible',
    'Any server that speaks the OpenAI protocol.',
    ['llm', 'text-embedding', 'rerank'],
    false,
    {
      configurate_methods: ['customizable-model'],
      provider_credential_schema: null,
      model_credential_schema: {
        model: { label: text('Model name'), placeholder: text('llama-3.3-70b') },
        credential_form_schemas: [
          { variable: 'endpoint_url', label: text('Endpoint'), type: 'text-input', required: true },
          { variable: 'api_key', label: text('API key'), type: 'secret-input', required: false },
          {
            variable: 'mode',
            label: text('Mode'),
            type: 'select',
            required: false,
            default: 'chat',
            options: [
              { label: text('Chat'), value: 'chat' },
              { label: text('Completion'), value: 'completion' },
            ],
            show_on: [{ variable: '__model_type', value: 'llm' }],
          },
        ],
      },
    },
  ),
];

export const systemStatus = {
  version: '0.1.0',
  node: 'v24.21.0',
  uptime_seconds: 5_460,
  memory_megabytes: 184,
  database: { kind: 'embedded', version: '18.4', place: 'embedded in /srv/trellis/data/database' },
  storage: 'local',
  mail: 'none',
  running: { turns: 12, runs: 3, streams: 12 },
  sandbox: {
    languages: [
      {
        language: 'python3',
        backend: 'wasm',
        reason: 'Bubblewrap is not installed; code runs in WebAssembly.',
        interpreter: 'Pyodide 314',
      },
      {
        language: 'javascript',
        backend: 'wasm',
        reason: 'Code runs in WebAssembly.',
        interpreter: 'QuickJS',
      },
    ],
    refused: [{ backend: 'bubblewrap', reason: 'The program bwrap was not found.' }],
    network_allowed: false,
  },
};

/** The people of the workspace. */
export const members = [
  {
    id: 'account-1',
    name: 'Ada Meyer',
    role: 'owner',
    email: 'ada@example.com',
    status: 'active',
    last: hour / 2,
  },
  {
    id: 'account-2',
    name: 'Jun Watanabe',
    role: 'admin',
    email: 'jun@example.com',
    status: 'active',
    last: 5 * hour,
  },
  {
    id: 'account-3',
    name: '林晓',
    role: 'editor',
    email: 'xiao.lin@example.com',
    status: 'active',
    last: 60 * hour,
  },
  { id: 'account-4', name: 'sam', role: 'normal', email: 'sam@example.com', status: 'pending', last: 0 },
].map(({ last, ...member }) => ({
  ...member,
  avatar: null,
  avatar_url: null,
  last_login_at: last ? now - last : null,
  last_active_at: last ? now - last : null,
  created_at: now - 30 * 24 * hour,
}));

const questions = [
  'How long is the warranty on the depth gauge?',
  'Display stays dark after the update',
  '保修期多久？',
  'Can I use it below 40 metres?',
  'Where do I send it for repair?',
  'Calibration certificate',
  'Battery life in winter',
];

export const conversations = questions.map((name, index) => ({
  id: `conversation-${index + 1}`,
  status: 'normal',
  name,
  summary: name,
  from_source: index % 3 === 0 ? 'api' : 'web',
  from_end_user_id: `end-user-${index}`,
  from_end_user_session_id: index % 3 === 0 ? `cust-88${index}` : `3f9d2c71-77aa-4f0${index}`,
  from_account_id: null,
  from_account_name: null,
  read_at: index > 1 ? now : null,
  created_at: now - (index + 1) * 5 * hour,
  updated_at: now - (index + 1) * 4 * hour,
  annotated: false,
  message_count: 2 + index,
  user_feedback_stats: { like: index % 2, dislike: index === 1 ? 1 : 0 },
  admin_feedback_stats: { like: 0, dislike: 0 },
  status_count: null,
  invoke_from: 'web-app',
}));

/** A long answer with what Markdown offers. */
export const answer = `The warranty runs for **36 months** from the date on your invoice.

1. Register the gauge within 60 days.
2. Keep the invoice.
3. Send it to the repair desk in Ghent.

| Part | Covered |
|---|---|
| Housing | 36 months |
| Battery | 12 months |

\`\`\`python
def months_left(bought, today):
    return max(0, 36 - (today.year - bought.year) * 12)
\`\`\`

More in the [manual](https://example.com/manual).`;

const message = (id: string, query: string, text_: string, parent: string | null, over: object = {}) => ({
  id,
  conversation_id: 'conversation-1',
  parent_message_id: parent,
  inputs: { product: 'Depth gauge', tone: 'Friendly' },
  query,
  answer: text_,
  message: [
    { role: 'system', text: 'You help customers of Depth gauge by Harbour Instruments.' },
    { role: 'user', text: query },
  ],
  message_tokens: 212,
  answer_tokens: 64,
  provider_response_latency: 1.24,
  total_price: '0.0000702',
  currency: 'USD',
  status: 'normal',
  error: null,
  from_source: 'web',
  from_end_user_id: 'end-user-1',
  from_account_id: null,
  feedback: null,
  feedbacks: [],
  message_files: [],
  agent_thoughts: [],
  retriever_resources: [],
  metadata: {},
  created_at: now - 4 * hour,
  ...over,
});

export const messages = [
  message('message-1', 'How long is the warranty on the depth gauge?', answer, null, {
    feedback: { rating: 'like' },
    feedbacks: [{ rating: 'like', content: 'Exactly what I needed', from_source: 'user' }],
  }),
  message('message-2', 'And below 40 metres?', 'It is rated to 60 metres.', 'message-1', {
    retriever_resources: [
      {
        position: 1,
        dataset_name: 'Manuals',
        document_id: 'd1',
        document_name: 'depth-gauge.pdf',
        content: 'Rated to 60 m of fresh water.',
        score: 0.91,
      },
    ],
  }),
  message('message-3', 'Can you call me?', 'I cannot call, but', 'message-2', {
    status: 'error',
    error: '[openai] Rate limit reached',
  }),
];

export const apiKeys = [
  {
    id: 'key-1',
    type: 'app',
    token: 'app-************************4kQ9',
    last_used_at: now - hour,
    created_at: now - 400 * hour,
  },
  {
    id: 'key-2',
    type: 'app',
    token: 'app-************************zT21',
    last_used_at: null,
    created_at: now - 20 * hour,
  },
];

/** Days of a statistic, ending today, with a gap. */
export function statistic(field: string) {
  const base =
    { message_count: 42, conversation_count: 17, terminal_count: 9, token_count: 18400, runs: 31 }[field] ??
    3.4;
  return [6, 5, 4, 2, 1, 0].map((ago) => ({
    date: new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/Berlin' }).format(
      (now - ago * 24 * hour) * 1000,
    ),
    [field]: Math.round(base * (1 + 0.5 * Math.sin(ago * 1.7)) * 10) / 10,
    total_price: '0.0142',
    currency: 'USD',
  }));
}

/** Field of each statistic. */
export const statisticFields: Readonly<Record<string, string>> = {
  'daily-messages': 'message_count',
  'daily-conversations': 'conversation_count',
  'daily-end-users': 'terminal_count',
  'average-session-interactions': 'interactions',
  'average-response-time': 'latency',
  'tokens-per-second': 'tps',
  'user-satisfaction-rate': 'rate',
  'token-costs': 'token_count',
};

export const templates = {
  recommended_apps: [
    {
      app_id: 'template-1',
      category: 'Assistant',
      description: 'Answers from a product manual, politely and briefly.',
      app: {
        id: 'template-1',
        name: 'Manual expert',
        mode: 'chat',
        icon_type: 'emoji',
        icon: '📚',
        icon_background: '#E6EEF8',
      },
    },
  ],
  categories: ['Assistant'],
};

/** The web app's own view of the app. */
export const shareSite = {
  app_id: 'app-1',
  end_user_id: 'end-user-1',
  enable_site: true,
  site,
  model_config: null,
  plan: 'basic',
  can_replace_logo: false,
  custom_config: null,
};

export const shareParameters = {
  opening_statement: 'Hi! What would you like to know about your instrument?',
  suggested_questions: ['How long is the warranty?', 'My display stays dark'],
  suggested_questions_after_answer: { enabled: true },
  speech_to_text: { enabled: false },
  text_to_speech: { enabled: false, voice: '', language: '', autoPlay: 'disabled' },
  retriever_resource: { enabled: true },
  annotation_reply: { enabled: false },
  more_like_this: { enabled: true },
  user_input_form: [],
  sensitive_word_avoidance: { enabled: false, type: '', configs: [] },
  file_upload: {
    image: {
      enabled: true,
      number_limits: 3,
      detail: 'high',
      transfer_methods: ['remote_url', 'local_file'],
    },
  },
  system_parameters: {},
};

/** A form with a control of every kind that a text generator often has. */
export const generatorForm = [
  { 'text-input': { label: 'Topic', variable: 'topic', required: true, max_length: 48, default: '' } },
  { paragraph: { label: 'Notes', variable: 'notes', required: false, max_length: 2000, default: '' } },
  {
    select: {
      label: 'Language',
      variable: 'language',
      required: true,
      options: ['English', '中文'],
      default: 'English',
    },
  },
  { number: { label: 'Words', variable: 'words', required: false, default: '200' } },
  { checkbox: { label: 'With headings', variable: 'headings', required: false, default: true } },
];

/** Texts that a visitor kept. */
export const savedTexts = [
  {
    id: 'saved-1',
    answer: '## Three notes on the tide\n\nIt comes, it goes, it waits for nobody.',
    inputs: {},
  },
  { id: 'saved-2', answer: 'A shorter one.', inputs: {} },
].map((item) => ({ ...item, created_at: now - hour }));

/** A form that a run waits for. */
export const humanForm = {
  form_content:
    '# Is this right?\n\n> The warranty runs for **36 months**.\n\n{{#$output.note#}}\n\nAnd in which size?\n\n{{#$output.Size#}}',
  inputs: [
    {
      type: 'paragraph',
      output_variable_name: 'note',
      default: { type: 'constant', selector: [], value: 'fine' },
    },
    { type: 'select', output_variable_name: 'Size', option_source: { type: 'constant', value: ['S', 'M'] } },
  ],
  resolved_default_values: { note: 'fine' },
  user_actions: [
    { id: 'approve', title: 'Approve', button_style: 'primary' },
    { id: 'refuse', title: 'Refuse', button_style: 'default' },
    { id: 'later', title: 'Ask me later', button_style: 'ghost' },
  ],
  expiration_time: now + 30 * hour,
  site,
};
