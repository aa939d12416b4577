import { describe, expect, it } from 'vitest';
import { normaliseGraph } from '../graph/normalise.ts';
import { innerOutputsOf, outputsOf } from './outputs.ts';
import { mapPlaceholders, placeholdersIn } from './placeholders.ts';
import { referencesOf } from './references.ts';
import { renameVariable, usesOf } from './rename.ts';

type Data = Record<string, unknown>;

describe('placeholdersIn', () => {
  it.each<[text: string, selectors: string[][]]>([
    [
      '{{#a.b#}} and {{#sys.query#}}',
      [
        ['a', 'b'],
        ['sys', 'query'],
      ],
    ],
    ['{{#1754154032319.text.deep#}}', [['1754154032319', 'text', 'deep']]],
    [
      '{{#a.b#}}{{#a.b#}}',
      [
        ['a', 'b'],
        ['a', 'b'],
      ],
    ],
    ['{{#context#}} {{a.b}} {{# a.b #}} {{#a#}}', []],
    [`{{#a.${'x'.repeat(30)}#}}`, [['a', 'x'.repeat(30)]]],
    [`{{#a.${'x'.repeat(31)}#}}`, []],
    ['{{#a.1b#}}', []],
    ['{{#a-b.c#}}', []],
  ])('finds in %j: %j', (text, selectors) => {
    expect(placeholdersIn(text)).toEqual(selectors);
  });

  it('can be replaced', () => {
    expect(mapPlaceholders('{{#a.b#}} {{#c.d#}}', ([node]) => (node === 'a' ? ['x', 'y'] : null))).toBe(
      '{{#x.y#}} {{#c.d#}}',
    );
  });
});

describe('referencesOf', () => {
  const v = ['n', 'v'];
  const text = '{{#n.v#}}';

  it.each<[name: string, data: Data]>([
    ['answer', { type: 'answer', answer: text }],
    ['end', { type: 'end', outputs: [{ value_selector: v }] }],
    ['code', { type: 'code', variables: [{ value_selector: v }], code: '{{#x.y#}}' }],
    ['template', { type: 'template-transform', variables: [{ value_selector: v }], template: '{{#x.y#}}' }],
    ['llm prompt', { type: 'llm', prompt_template: [{ text }] }],
    ['llm completion prompt', { type: 'llm', prompt_template: { text } }],
    [
      'llm jinja2',
      {
        type: 'llm',
        prompt_template: [{ edition_type: 'jinja2', text: '{{#x.y#}}' }],
        prompt_config: { jinja2_variables: [{ value_selector: v }] },
      },
    ],
    ['llm context', { type: 'llm', context: { enabled: true, variable_selector: v } }],
    ['llm vision', { type: 'llm', vision: { enabled: true, configs: { variable_selector: v } } }],
    ['llm memory', { type: 'llm', memory: { query_prompt_template: text } }],
    ['llm parameter', { type: 'llm', model: { completion_params: { stop: text } } }],
    ['classifier', { type: 'question-classifier', query_variable_selector: v }],
    ['classifier instruction', { type: 'question-classifier', instruction: text }],
    ['extractor', { type: 'parameter-extractor', query: v }],
    ['retrieval', { type: 'knowledge-retrieval', query_variable_selector: v }],
    [
      'retrieval filter',
      {
        type: 'knowledge-retrieval',
        metadata_filtering_mode: 'manual',
        metadata_filtering_conditions: { conditions: [{ value: text }] },
      },
    ],
    ['if-else', { type: 'if-else', cases: [{ conditions: [{ variable_selector: v, value: 'x' }] }] }],
    ['if-else value', { type: 'if-else', cases: [{ conditions: [{ value: text }] }] }],
    [
      'if-else sub-condition',
      {
        type: 'if-else',
        cases: [{ conditions: [{ sub_variable_condition: { conditions: [{ value: text }] } }] }],
      },
    ],
    ['if-else of the oldest form', { type: 'if-else', conditions: [{ variable_selector: v }] }],
    ['http url', { type: 'http-request', url: text }],
    ['http key', { type: 'http-request', authorization: { type: 'api-key', config: { api_key: text } } }],
    ['http body text', { type: 'http-request', body: { type: 'json', data: text } }],
    [
      'http body item',
      { type: 'http-request', body: { type: 'form-data', data: [{ type: 'text', value: text }] } },
    ],
    [
      'http file',
      { type: 'http-request', body: { type: 'form-data', data: [{ type: 'file', file: v, value: '' }] } },
    ],
    ['tool text', { type: 'tool', tool_parameters: { a: { type: 'mixed', value: text } } }],
    ['tool variable', { type: 'tool', tool_parameters: { a: { type: 'variable', value: v } } }],
    ['tool setting', { type: 'tool', tool_configurations: { a: { type: 'variable', value: v } } }],
    ['agent', { type: 'agent', agent_parameters: { q: { type: 'constant', value: text } } }],
    [
      'agent tool',
      {
        type: 'agent',
        agent_parameters: {
          t: {
            type: 'constant',
            value: [{ parameters: { p: { auto: 0, value: { type: 'variable', value: v } } } }],
          },
        },
      },
    ],
    ['aggregator', { type: 'variable-aggregator', variables: [v] }],
    [
      'aggregator group',
      {
        type: 'variable-aggregator',
        variables: [['x', 'y']],
        advanced_settings: { group_enabled: true, groups: [{ variables: [v] }] },
      },
    ],
    ['assigner v1', { type: 'assigner', input_variable_selector: v }],
    ['assigner', { type: 'assigner', items: [{ variable_selector: [], input_type: 'variable', value: v }] }],
    ['iteration', { type: 'iteration', iterator_selector: v }],
    ['loop variable', { type: 'loop', loop_variables: [{ value_type: 'variable', value: v }] }],
    ['loop condition', { type: 'loop', break_conditions: [{ variable_selector: v }] }],
    ['document-extractor', { type: 'document-extractor', variable_selector: v }],
    ['list-operator', { type: 'list-operator', variable: v }],
    [
      'list-operator filter',
      { type: 'list-operator', filter_by: { enabled: true, conditions: [{ value: text }] } },
    ],
    ['human-input', { type: 'human-input', form_content: `${text} {{#$output.x#}}` }],
    [
      'human-input default',
      { type: 'human-input', inputs: [{ default: { type: 'variable', selector: v } }] },
    ],
    ['human-input mail', { type: 'human-input', delivery_methods: [{ config: { body: text } }] }],
    ['knowledge-index', { type: 'knowledge-index', index_chunk_variable_selector: v }],
  ])('finds the one variable of: %s', (_name, data) => {
    expect(referencesOf(data)).toEqual([v]);
    const graph = normaliseGraph({ nodes: [{ id: 'r', data }] });
    const renamed = renameVariable(graph, { from: v, to: ['n', 'w'] });
    expect(usesOf(renamed, v)).toEqual([]);
    expect(usesOf(renamed, ['n', 'w'])).toEqual([{ nodeId: 'r', selector: ['n', 'w'] }]);
  });

  it.each<[name: string, data: Data]>([
    ['context', { type: 'llm', context: { enabled: false, variable_selector: v } }],
    ['vision', { type: 'llm', vision: { enabled: false, configs: { variable_selector: v } } }],
    ['filter', { type: 'list-operator', filter_by: { enabled: false, conditions: [{ value: text }] } }],
    ['a body', { type: 'http-request', body: { type: 'none', data: text } }],
    [
      'a tool',
      {
        type: 'agent',
        agent_parameters: { t: { value: [{ enabled: false, parameters: { p: { auto: 0, value: text } } }] } },
      },
    ],
  ])('leaves out %s that is switched off', (_name, data) => {
    expect(referencesOf(data)).toEqual([]);
  });
});

describe('renameVariable', () => {
  it('renames paths into the variable, and nothing that only looks alike', () => {
    const graph = normaliseGraph({
      nodes: [
        {
          id: 'a',
          data: { type: 'answer', answer: '{{#n.v.deep#}} {{#n.vv#}} {{#m.v#}} n.v', title: '{{#n.v#}}' },
        },
      ],
    });
    const renamed = renameVariable(graph, { from: ['n', 'v'], to: ['n', 'w'] });
    expect(renamed.nodes[0]?.data).toMatchObject({
      answer: '{{#n.w.deep#}} {{#n.vv#}} {{#m.v#}} n.v',
      title: '{{#n.v#}}',
    });
  });
});

describe('outputsOf', () => {
  const namesOf = (data: Data) =>
    outputsOf({ id: 'n', type: 'custom', data }).variables.map(
      (variable) => `${variable.name}: ${variable.type}`,
    );

  it.each<[data: Data, outputs: string[]]>([
    [
      {
        type: 'start',
        variables: [
          { variable: 'a', type: 'select' },
          { variable: 'b', type: 'checkbox' },
          { variable: 'c', type: 'file-list' },
          { variable: 'd', type: 'json_object' },
        ],
      },
      ['a: string', 'b: boolean', 'c: array[file]', 'd: object'],
    ],
    [{ type: 'code', outputs: { x: { type: 'array[object]' } } }, ['x: array[object]']],
    [{ type: 'template-transform' }, ['output: string']],
    [{ type: 'knowledge-retrieval' }, ['result: array[object]']],
    [
      { type: 'http-request' },
      ['body: string', 'status_code: number', 'headers: object', 'files: array[file]'],
    ],
    [{ type: 'variable-assigner', output_type: 'number' }, ['output: number']],
    [
      {
        type: 'variable-aggregator',
        advanced_settings: { group_enabled: true, groups: [{ group_name: 'G' }] },
      },
      ['G: object'],
    ],
    [
      {
        type: 'parameter-extractor',
        parameters: [
          { name: 'p', type: 'bool' },
          { name: 's', type: 'select' },
        ],
      },
      ['p: boolean', 's: string', '__is_success: number', '__reason: string', '__usage: object'],
    ],
    [{ type: 'iteration', output_type: 'array[string]' }, ['output: array[string]']],
    [
      { type: 'loop', loop_variables: [{ label: 'n', var_type: 'number' }] },
      ['n: number', 'loop_round: number'],
    ],
    [{ type: 'document-extractor', is_array_file: true }, ['text: array[string]']],
    [
      { type: 'human-input', inputs: [{ type: 'paragraph', output_variable_name: 'why' }] },
      ['why: string', '__action_id: string', '__action_value: string', '__rendered_content: string'],
    ],
    [
      { type: 'trigger-webhook', headers: [{ name: 'X-Id' }], params: [{ name: 'page', type: 'number' }] },
      ['X_Id: string', 'page: number', '_webhook_raw: object'],
    ],
    [
      { type: 'tool', output_schema: { properties: { ids: { type: 'array', items: { type: 'integer' } } } } },
      ['text: string', 'files: array[file]', 'json: array[object]', 'ids: array[number]'],
    ],
    [{ type: 'assigner' }, []],
    [{ type: 'end' }, []],
  ])('of %j are %j', (data, outputs) => {
    expect(namesOf(data)).toEqual(outputs);
  });

  it('of an llm include structured output where it is switched on', () => {
    expect(namesOf({ type: 'llm' })).not.toContain('structured_output: object');
    expect(namesOf({ type: 'llm', structured_output_enabled: true })).toContain('structured_output: object');
  });

  it('are open where the graph cannot know them', () => {
    const isOpen = (data: Data) => outputsOf({ id: 'n', type: 'custom', data }).isOpen;
    expect(
      [{ type: 'tool' }, { type: 'agent' }, { type: 'trigger-plugin' }, { type: 'unknown' }].map(isOpen),
    ).toEqual([true, true, true, true]);
    expect(isOpen({ type: 'tool', output_schema: {} })).toBe(false);
  });

  it('of an iteration are others inside', () => {
    const names = innerOutputsOf({ id: 'i', type: 'custom', data: { type: 'iteration' } }).map(
      ({ name }) => name,
    );
    expect(names).toEqual(['item', 'index']);
  });
});
