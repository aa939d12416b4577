import { describe, expect, it } from 'vitest';
import { checkGraph } from './check.ts';
import type { CheckContext, ProviderFacts } from './context.ts';

type Data = Record<string, unknown>;

/** What the checklist says of a node that stands between start and end: `code field` of its first finding. */
function verdict(data: Data, context: Partial<CheckContext> = {}): string {
  const graph = {
    nodes: [
      {
        id: 's',
        data: {
          type: 'start',
          variables: [
            { variable: 'q', type: 'paragraph' },
            { variable: 'list', type: 'file-list' },
          ],
        },
      },
      { id: 'n', data },
      { id: 'c', parentId: 'n', data: { type: 'code', code: 'x', outputs: { out: { type: 'string' } } } },
    ],
    edges: [{ source: 's', target: 'n' }],
  };
  const issues = checkGraph(graph, { mode: 'workflow', ...context });
  const issue = issues.find((candidate) => candidate.nodeId === 'n');
  return issue ? `${issue.code} ${issue.field}` : 'fine';
}

const q = ['s', 'q'];
const model = { provider: 'o/p/q', name: 'm', mode: 'chat', completion_params: {} };
const llm = { type: 'llm', model, prompt_template: [{ role: 'system', text: 'hi' }] };
const classifier = {
  type: 'question-classifier',
  query_variable_selector: q,
  model,
  classes: [{ id: '1', name: 'a' }],
};
const parameter = { name: 'p', type: 'string', description: 'd' };
const extractor = { type: 'parameter-extractor', query: q, model, parameters: [parameter] };
const retrieval = {
  type: 'knowledge-retrieval',
  query_variable_selector: q,
  dataset_ids: ['d1'],
  retrieval_mode: 'multiple',
  multiple_retrieval_config: { reranking_enable: false },
};
const condition = { variable_selector: q, comparison_operator: 'is', value: 'x' };
const ifElse = (entry: Data) => ({ type: 'if-else', cases: [{ case_id: 'true', conditions: [entry] }] });
const binding = { variable: 'a', value_selector: q };
const loop = { type: 'loop', loop_count: 3, loop_variables: [{ label: 'v' }], break_conditions: [] };
const iteration = { type: 'iteration', iterator_selector: ['s', 'list'], output_selector: ['c', 'out'] };
const assign = {
  variable_selector: ['conversation', 'v'],
  operation: 'over-write',
  input_type: 'variable',
  value: q,
};
const filter = (entry: Data, type = 'array[string]') => ({
  type: 'list-operator',
  variable: ['s', 'list'],
  var_type: type,
  filter_by: { enabled: true, conditions: [entry] },
});
const human = {
  type: 'human-input',
  delivery_methods: [{ id: 'd', type: 'webapp', enabled: true }],
  user_actions: [{ id: 'a', title: 'A' }],
};
const webhook = { type: 'trigger-webhook', webhook_url: 'https://x' };
const cron = { type: 'trigger-schedule', mode: 'cron', cron_expression: '0 9 * * 1', timezone: 'UTC' };
const visual = (frequency: string, visual_config: Data) => ({
  type: 'trigger-schedule',
  mode: 'visual',
  timezone: 'Europe/Paris',
  frequency,
  visual_config,
});
const index = {
  type: 'knowledge-index',
  chunk_structure: 'text_model',
  index_chunk_variable_selector: q,
  indexing_technique: 'economy',
  retrieval_model: { search_method: 'keyword_search' },
};
const vision = { enabled: true, configs: { variable_selector: [] } };

describe('rules of single nodes', () => {
  it.each<[name: string, data: Data, expected: string]>([
    ['start', { type: 'start' }, 'fine'],
    ['loop-end', { type: 'loop-end' }, 'fine'],
    ['end', { type: 'end', outputs: [binding] }, 'fine'],
    ['end', { type: 'end', outputs: [] }, 'field_required output'],
    ['end', { type: 'end', outputs: [{ ...binding, variable: ' ' }] }, 'field_required output_name'],
    ['end', { type: 'end', outputs: [{ variable: 'a', value_selector: [] }] }, 'field_required output_value'],
    ['answer', { type: 'answer', answer: 'x' }, 'fine'],
    ['answer', { type: 'answer', answer: ' ' }, 'field_required answer'],
    ['llm', llm, 'fine'],
    ['llm', { ...llm, model: { ...model, provider: '' } }, 'field_required model'],
    ['llm', { ...llm, prompt_template: [{ role: 'system', text: '' }] }, 'field_required prompt'],
    ['llm', { ...llm, prompt_template: { text: '' } }, 'field_required prompt'],
    ['llm', { ...llm, prompt_template: { text: 'x' } }, 'fine'],
    ['llm', { ...llm, vision }, 'field_required vision_variable'],
    ['llm', { ...llm, vision: { enabled: true, configs: { detail: 'high' } } }, 'fine'],
    [
      'llm with an empty jinja2 prompt',
      { ...llm, prompt_template: [{ edition_type: 'jinja2', text: 'x', jinja2_text: '' }] },
      'field_required prompt',
    ],
    [
      'llm with a nameless jinja2 variable',
      {
        ...llm,
        prompt_template: [{ edition_type: 'jinja2', jinja2_text: 'x' }],
        prompt_config: { jinja2_variables: [{ ...binding, variable: '' }] },
      },
      'field_required variable_name',
    ],
    [
      'llm with a jinja2 variable without source',
      {
        ...llm,
        prompt_template: [{ edition_type: 'jinja2', jinja2_text: 'x' }],
        prompt_config: { jinja2_variables: [{ variable: 'a', value_selector: [] }] },
      },
      'field_required variable_value',
    ],
    ['knowledge-retrieval', retrieval, 'fine'],
    ['knowledge-retrieval', { ...retrieval, dataset_ids: [] }, 'field_required knowledge'],
    ['knowledge-retrieval', { ...retrieval, retrieval_mode: 'single' }, 'field_required model'],
    [
      'knowledge-retrieval with a reranker that is not chosen',
      { ...retrieval, multiple_retrieval_config: { reranking_enable: true } },
      'field_required rerank_model',
    ],
    [
      'knowledge-retrieval ranked by weights',
      {
        ...retrieval,
        multiple_retrieval_config: { reranking_enable: true, reranking_mode: 'weighted_score' },
      },
      'fine',
    ],
    ['question-classifier', classifier, 'fine'],
    ['question-classifier', { ...classifier, query_variable_selector: [] }, 'field_required query_variable'],
    ['question-classifier', { ...classifier, model: {} }, 'field_required model'],
    ['question-classifier', { ...classifier, classes: [] }, 'field_required class'],
    ['question-classifier', { ...classifier, classes: [{ id: '1', name: '' }] }, 'field_required class_name'],
    ['question-classifier', { ...classifier, vision }, 'field_required vision_variable'],
    ['parameter-extractor', extractor, 'fine'],
    ['parameter-extractor', { ...extractor, query: [] }, 'field_required query_variable'],
    ['parameter-extractor', { ...extractor, model: null }, 'field_required model'],
    ['parameter-extractor', { ...extractor, parameters: [] }, 'field_required parameter'],
    [
      'parameter-extractor',
      { ...extractor, parameters: [{ ...parameter, name: '' }] },
      'field_required parameter_name',
    ],
    [
      'parameter-extractor',
      { ...extractor, parameters: [{ ...parameter, type: '' }] },
      'field_required parameter_type',
    ],
    [
      'parameter-extractor',
      { ...extractor, parameters: [{ ...parameter, description: '' }] },
      'field_required parameter_description',
    ],
    ['parameter-extractor', { ...extractor, vision }, 'field_required vision_variable'],
    ['if-else', ifElse(condition), 'fine'],
    ['if-else', { type: 'if-else', cases: [] }, 'field_required case'],
    [
      'if-else',
      { type: 'if-else', cases: [{ case_id: 'true', conditions: [] }] },
      'field_required condition',
    ],
    ['if-else', ifElse({ ...condition, variable_selector: [] }), 'field_required condition_variable'],
    ['if-else', ifElse({ ...condition, comparison_operator: '' }), 'field_required condition_operator'],
    ['if-else', ifElse({ ...condition, value: '' }), 'field_required condition_value'],
    ['if-else comparing with false', ifElse({ ...condition, value: false }), 'fine'],
    ...['empty', 'not empty', 'is null', 'is not null', 'null', 'not null', 'exists', 'not exists'].map(
      (operator): [string, Data, string] => [
        `if-else with ${operator}`,
        ifElse({ ...condition, comparison_operator: operator, value: '' }),
        'fine',
      ],
    ),
    [
      'if-else with a sub-condition without operator',
      ifElse({
        ...condition,
        value: '',
        sub_variable_condition: { conditions: [{ key: 'type', value: 'x' }] },
      }),
      'field_required condition_operator',
    ],
    [
      'if-else with a sub-condition without value',
      ifElse({
        ...condition,
        value: '',
        sub_variable_condition: { conditions: [{ key: 'type', comparison_operator: 'in', value: [] }] },
      }),
      'field_required condition_value',
    ],
    ['code', { type: 'code', code: 'x', variables: [binding] }, 'fine'],
    [
      'code',
      { type: 'code', code: 'x', variables: [{ ...binding, variable: '' }] },
      'field_required variable_name',
    ],
    ['code', { type: 'code', code: 'x', variables: [{ variable: 'a' }] }, 'field_required variable_value'],
    ['code', { type: 'code', code: '' }, 'field_required code'],
    ['template-transform', { type: 'template-transform', template: 'x', variables: [binding] }, 'fine'],
    ['template-transform', { type: 'template-transform', template: '' }, 'field_required template'],
    [
      'template-transform',
      { type: 'template-transform', template: 'x', variables: [{ variable: '' }] },
      'field_required variable_name',
    ],
    ['http-request', { type: 'http-request', url: 'https://x' }, 'fine'],
    ['http-request', { type: 'http-request', url: '' }, 'field_required url'],
    [
      'http-request with a binary body without file',
      {
        type: 'http-request',
        url: 'https://x',
        body: { type: 'binary', data: [{ type: 'file', file: [] }] },
      },
      'field_required binary_file',
    ],
    [
      'http-request with a binary body',
      {
        type: 'http-request',
        url: 'https://x',
        body: { type: 'binary', data: [{ type: 'file', file: ['s', 'list'] }] },
      },
      'fine',
    ],
    ['tool', { type: 'tool' }, 'field_required tool'],
    ['agent', { type: 'agent' }, 'field_required strategy'],
    ['agent', { type: 'agent', agent_strategy_name: 'react' }, 'fine'],
    ['iteration', iteration, 'fine'],
    ['iteration', { ...iteration, iterator_selector: [] }, 'field_required iterator_variable'],
    ['iteration', { ...iteration, output_selector: [] }, 'field_required output_variable'],
    ['loop', loop, 'fine'],
    ['loop', { ...loop, loop_variables: [{ label: '' }] }, 'field_required loop_variable_name'],
    ['loop', { ...loop, break_conditions: [{ ...condition, value: '' }] }, 'field_required condition_value'],
    ['loop', { ...loop, loop_count: 0 }, 'field_invalid loop_count'],
    ['loop', { ...loop, loop_count: 1.5 }, 'field_invalid loop_count'],
    ['loop', { ...loop, loop_count: 101 }, 'field_invalid loop_count'],
    ['loop', { ...loop, loop_count: 100 }, 'fine'],
    ['variable-aggregator', { type: 'variable-aggregator', variables: [q] }, 'fine'],
    ['variable-aggregator', { type: 'variable-aggregator', variables: [] }, 'field_required variable'],
    ['variable-aggregator', { type: 'variable-aggregator', variables: [q, []] }, 'field_required variable'],
    [
      'variable-aggregator without groups',
      { type: 'variable-aggregator', advanced_settings: { group_enabled: true, groups: [] } },
      'field_required group',
    ],
    [
      'variable-aggregator with an empty group',
      {
        type: 'variable-assigner',
        advanced_settings: { group_enabled: true, groups: [{ variables: [[]] }] },
      },
      'field_required variable',
    ],
    ['assigner', { type: 'assigner', items: [assign] }, 'fine'],
    [
      'assigner',
      { type: 'assigner', items: [{ ...assign, variable_selector: [] }] },
      'field_required target_variable',
    ],
    ['assigner', { type: 'assigner', items: [{ ...assign, operation: '' }] }, 'field_required operation'],
    ['assigner', { type: 'assigner', items: [{ ...assign, value: '' }] }, 'field_required variable_value'],
    ...['clear', 'remove-first', 'remove-last'].map((operation): [string, Data, string] => [
      `assigner with ${operation}`,
      { type: 'assigner', items: [{ ...assign, operation, value: '' }] },
      'fine',
    ]),
    ...[false, 0, 1].map((value): [string, Data, string] => [
      `assigner that sets ${value}`,
      { type: 'assigner', items: [{ ...assign, operation: 'set', input_type: 'constant', value }] },
      'fine',
    ]),
    ['assigner v1', { type: 'assigner', assigned_variable_selector: [] }, 'field_required target_variable'],
    [
      'assigner v1',
      { type: 'assigner', assigned_variable_selector: ['conversation', 'v'], write_mode: 'append' },
      'field_required variable_value',
    ],
    [
      'assigner v1',
      { type: 'assigner', assigned_variable_selector: ['conversation', 'v'], write_mode: 'clear' },
      'fine',
    ],
    ['list-operator', { type: 'list-operator', variable: ['s', 'list'] }, 'fine'],
    ['list-operator', { type: 'list-operator', variable: [] }, 'field_required input_variable'],
    ['list-operator', filter({ comparison_operator: 'is', value: 'x' }), 'fine'],
    ['list-operator', filter({ comparison_operator: '', value: 'x' }), 'field_required filter_operator'],
    ['list-operator', filter({ comparison_operator: 'is', value: '' }), 'field_required filter_value'],
    [
      'list-operator',
      filter({ comparison_operator: 'is', value: 'x' }, 'array[file]'),
      'field_required filter_key',
    ],
    ['document-extractor', { type: 'document-extractor', variable_selector: ['s', 'list'] }, 'fine'],
    [
      'document-extractor',
      { type: 'document-extractor', variable_selector: [] },
      'field_required input_variable',
    ],
    ['human-input', human, 'fine'],
    ['human-input', { ...human, delivery_methods: [] }, 'field_required delivery_method'],
    [
      'human-input',
      { ...human, delivery_methods: [{ type: 'webapp', enabled: false }] },
      'field_required enabled_delivery_method',
    ],
    ['human-input', { ...human, user_actions: [] }, 'field_required user_action'],
    [
      'human-input',
      {
        ...human,
        user_actions: [
          { id: 'a', title: 'A' },
          { id: 'a', title: 'B' },
        ],
      },
      'value_not_unique action_id',
    ],
    ['human-input', { ...human, user_actions: [{ id: ' ', title: 'A' }] }, 'field_required action_id'],
    ['human-input', { ...human, user_actions: [{ id: 'a', title: '' }] }, 'field_required action_title'],
    ['trigger-webhook', webhook, 'fine'],
    ['trigger-webhook', { ...webhook, webhook_url: '' }, 'field_required webhook_url'],
    [
      'trigger-webhook',
      { ...webhook, params: [{ name: 'a', type: 'object' }] },
      'field_invalid parameter_type',
    ],
    [
      'trigger-webhook',
      { ...webhook, body: [{ name: 'a', type: 'array[file]' }] },
      'field_invalid parameter_type',
    ],
    ['trigger-webhook', { ...webhook, body: [{ name: 'a', type: 'file' }] }, 'fine'],
    ['trigger-schedule', cron, 'fine'],
    ['trigger-schedule', { ...cron, mode: '' }, 'field_required mode'],
    ['trigger-schedule', { ...cron, timezone: 'Mars/Base' }, 'field_invalid timezone'],
    ['trigger-schedule', { ...cron, cron_expression: '' }, 'field_required cron_expression'],
    ['trigger-schedule', { ...cron, cron_expression: '61 * * * *' }, 'field_invalid cron_expression'],
    [
      'trigger-schedule that never comes due',
      { ...cron, cron_expression: '0 0 31 2 *' },
      'field_invalid cron_expression',
    ],
    ['trigger-schedule', { ...cron, mode: 'visual' }, 'field_required frequency'],
    ['trigger-schedule', visual('hourly', { on_minute: 59 }), 'fine'],
    ['trigger-schedule', visual('hourly', { on_minute: 60 }), 'field_invalid schedule'],
    ['trigger-schedule', visual('daily', { time: '9:30 AM' }), 'fine'],
    ['trigger-schedule', visual('daily', { time: '21:30' }), 'field_invalid schedule'],
    ['trigger-schedule', visual('weekly', { time: '9:30 AM', weekdays: [] }), 'field_invalid schedule'],
    ['trigger-schedule', visual('weekly', { time: '9:30 AM', weekdays: ['mon'] }), 'fine'],
    ['trigger-schedule', visual('monthly', { time: '9:30 AM', monthly_days: [31, 'last'] }), 'fine'],
    [
      'trigger-schedule',
      visual('monthly', { time: '9:30 AM', monthly_days: [32] }),
      'field_invalid schedule',
    ],
    ['trigger-plugin', { type: 'trigger-plugin', subscription_id: 'x' }, 'fine'],
    ['trigger-plugin', { type: 'trigger-plugin' }, 'field_required subscription'],
    ['knowledge-index', index, 'fine'],
    ['knowledge-index', { ...index, chunk_structure: '' }, 'field_required chunk_structure'],
    ['knowledge-index', { ...index, index_chunk_variable_selector: [] }, 'field_required chunks_variable'],
    ['knowledge-index', { ...index, indexing_technique: '' }, 'field_required index_method'],
    ['knowledge-index', { ...index, indexing_technique: 'high_quality' }, 'field_required embedding_model'],
    ['knowledge-index', { ...index, retrieval_model: {} }, 'field_required retrieval_method'],
    [
      'knowledge-index',
      { ...index, retrieval_model: { search_method: 'semantic_search', reranking_enable: true } },
      'field_required rerank_model',
    ],
    ['a node of an unknown type', { type: 'teleport' }, 'unknown_node_type teleport'],
  ])('%s: %j → %s', (_name, data, expected) => {
    expect(verdict(data)).toBe(expected);
  });

  const chat = { mode: 'advanced-chat' } as const;
  const memory = (query_prompt_template: string) => ({
    ...llm,
    prompt_template: [],
    memory: { query_prompt_template },
  });

  it('wants the query in the memory of a chatflow, and no prompt beside it', () => {
    expect(verdict(memory('{{#sys.query#}}!'), chat)).toBe('fine');
    expect(verdict(memory(''), chat)).toBe('fine');
    expect(verdict(memory('something'), chat)).toBe('query_not_in_template query_prompt_template');
    const completion = { ...memory('something'), model: { ...model, mode: 'completion' } };
    expect(verdict(completion, chat)).toBe('fine');
    expect(verdict(memory('{{#sys.query#}}'))).toBe('field_required prompt');
  });

  it('obeys the limit of loop rounds that the installation sets', () => {
    expect(verdict({ ...loop, loop_count: 101 }, { limits: { maxLoopCount: 200 } })).toBe('fine');
  });

  it('wants a rerank model when knowledge bases cannot be compared', () => {
    const datasets = (...models: string[]): Partial<CheckContext> => ({
      dataset: (id) => ({
        isExternal: false,
        indexingTechnique: 'high_quality',
        embeddingModel: models[Number(id)] ?? '',
      }),
    });
    const two = { ...retrieval, dataset_ids: ['0', '1'] };
    expect(verdict(two, datasets('a', 'a'))).toBe('fine');
    expect(verdict(two, datasets('a', 'b'))).toBe('field_required rerank_model');
  });
});

describe('rules that need to know the provider', () => {
  const facts = (parameters: ProviderFacts['parameters'], isAuthorized = true): Partial<CheckContext> => ({
    provider: () => ({ isAuthorized, parameters }),
  });
  const tool = { type: 'tool', provider_type: 'api', provider_id: 'p', tool_name: 't' };
  const needed = { name: 'query', isRequired: true };

  it.each<[Data, Partial<CheckContext>, string]>([
    [tool, facts([], false), 'not_authorized authorization'],
    [tool, facts([needed]), 'field_required query'],
    [tool, facts([{ ...needed, label: 'Question' }]), 'field_required Question'],
    [tool, facts([{ ...needed, isRequired: false }]), 'fine'],
    [{ ...tool, tool_parameters: { query: { type: 'mixed', value: 'x' } } }, facts([needed]), 'fine'],
    [
      { ...tool, tool_parameters: { query: { type: 'variable', value: [] } } },
      facts([needed]),
      'field_required query',
    ],
    [
      { ...tool, tool_parameters: { query: { type: 'constant', value: '' } } },
      facts([needed]),
      'field_required query',
    ],
    [{ ...tool, tool_parameters: { query: { type: 'constant', value: 0 } } }, facts([needed]), 'fine'],
    [tool, facts([{ name: 'num', isRequired: true, kind: 'setting' }]), 'field_required num'],
    [
      { ...tool, tool_configurations: { num: 3 } },
      facts([{ name: 'num', isRequired: true, kind: 'setting' }]),
      'fine',
    ],
    [{ type: 'datasource', plugin_id: 'p' }, facts([], false), 'not_authorized authorization'],
    [{ type: 'datasource', plugin_id: 'p' }, facts([needed]), 'field_required query'],
    [
      { type: 'trigger-plugin', subscription_id: 's', provider_id: 'p' },
      facts([needed]),
      'field_required query',
    ],
  ])('%j with %j → %s', (data, context, expected) => {
    expect(verdict(data, context)).toBe(expected);
  });

  const agent = (agent_parameters: Data) => ({
    type: 'agent',
    agent_strategy_provider_name: 'a/b/c',
    agent_strategy_name: 'react',
    agent_parameters,
  });
  const agentContext: Partial<CheckContext> = {
    provider: (target) =>
      target.kind === 'tool'
        ? { isAuthorized: true, parameters: [needed] }
        : {
            isAuthorized: true,
            parameters: [
              { name: 'model', isRequired: true, takes: 'model' },
              { name: 'tools', isRequired: true, takes: 'tools' },
              { name: 'query', isRequired: true },
              { name: 'rounds', isRequired: true, hasDefault: true },
            ],
          },
  };
  const chosen = { type: 'constant', value: { provider: 'o/p/q', model: 'm' } };
  const tools = (...list: Data[]) => ({ type: 'constant', value: list });
  const search = { tool_name: 't', provider_name: 'p', parameters: { query: { auto: 1 } } };
  const text = { type: 'constant', value: 'x' };

  it.each<[Data, string]>([
    [{}, 'field_required model'],
    [{ model: chosen }, 'field_required tools'],
    [{ model: chosen, tools: tools({ ...search, enabled: false }) }, 'field_required tools'],
    [{ model: chosen, tools: tools({ ...search, parameters: {} }) }, 'field_required query'],
    [{ model: chosen, tools: tools(search) }, 'field_required query'],
    [{ model: chosen, tools: tools(search), query: text }, 'fine'],
  ])('agent with %j → %s', (parameters, expected) => {
    expect(verdict(agent(parameters), agentContext)).toBe(expected);
  });
});
