import { describe, expect, it } from 'vitest';
import { agentTool } from './agent.ts';
import { canvasDefaults } from './canvas-defaults.ts';
import { type NodeType, nodeSchemas, nodeTypes, toNodeType } from './registry.ts';

function parse(type: NodeType, data: object): unknown {
  const parsed = nodeSchemas[type].safeParse({ type, ...data });
  if (!parsed.success) throw new Error(parsed.error.issues.map((issue) => issue.path.join('.')).join(', '));
  return parsed.data;
}

function wrongPath(type: NodeType, data: object): string {
  try {
    parse(type, data);
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
  return 'accepted';
}

describe('schemas of node data', () => {
  it.each(nodeTypes)(
    'of %s take the defaults of the canvas and nothing at all, and keep unknown keys',
    (type) => {
      expect(parse(type, { ...canvasDefaults(type), own: { deep: 1 } })).toMatchObject({
        type,
        own: { deep: 1 },
      });
      expect(parse(type, {})).toMatchObject({
        type,
        title: '',
        desc: '',
        version: '1',
        error_strategy: null,
      });
    },
  );

  it.each<[why: string, type: NodeType, data: object, read: object]>([
    [
      '#125 body as text',
      'http-request',
      { body: { type: 'json', data: '{}' } },
      { body: { data: [{ type: 'text', value: '{}' }] } },
    ],
    ['empty body text', 'http-request', { body: { type: 'none', data: '' } }, { body: { data: [] } }],
    [
      'old time limits',
      'http-request',
      { timeout: { max_connect_timeout: 0 } },
      { timeout: { connect: null } },
    ],
    [
      'time limit 0',
      'http-request',
      { timeout: { connect: 0, read: '30' } },
      { timeout: { connect: null, read: 30 } },
    ],
    ['method in any case', 'http-request', { method: 'Post' }, { method: 'POST' }],
    [
      'no authorization',
      'http-request',
      { authorization: { type: 'no-auth', config: null } },
      { authorization: { type: 'no-auth' } },
    ],
    [
      '#125 null vision configs',
      'llm',
      { vision: { enabled: true, configs: null } },
      { vision: { configs: { variable_selector: ['sys', 'files'], detail: 'high' } } },
    ],
    ['null prompt_config', 'llm', { prompt_config: null }, { prompt_config: { jinja2_variables: [] } }],
    [
      'one prompt',
      'llm',
      { prompt_template: { text: 'x' } },
      { prompt_template: { text: 'x', edition_type: 'basic' } },
    ],
    [
      'prompts',
      'llm',
      { prompt_template: [{ role: 'user', text: 'x' }] },
      { prompt_template: [{ role: 'user', text: 'x' }] },
    ],
    ['structured output', 'llm', { structured_output_enabled: true }, { structured_output_enabled: true }],
    ['its other spelling', 'llm', { structured_output_switch_on: true }, { structured_output_enabled: true }],
    [
      '#125 topics',
      'question-classifier',
      { topics: [], instructions: 'x', classes: [{ id: 1, name: 'a' }] },
      { instruction: '', classes: [{ id: '1' }] },
    ],
    [
      'null reasoning mode',
      'parameter-extractor',
      { reasoning_mode: null },
      { reasoning_mode: 'function_call' },
    ],
    [
      'old types',
      'parameter-extractor',
      {
        parameters: [
          { name: 'a', type: 'bool' },
          { name: 'b', type: 'select' },
        ],
      },
      { parameters: [{ type: 'boolean' }, { type: 'string' }] },
    ],
    [
      'no cases',
      'if-else',
      { conditions: [], logical_operator: 'or' },
      { cases: null, logical_operator: 'or' },
    ],
    ['empty cases', 'if-else', { cases: [] }, { cases: [] }],
    [
      'is null',
      'if-else',
      {
        cases: [
          {
            case_id: true,
            conditions: [{ variable_selector: ['a', 'b'], comparison_operator: 'is not null' }],
          },
        ],
      },
      { cases: [{ case_id: 'true', conditions: [{ comparison_operator: 'not null' }] }] },
    ],
    [
      'null parameters',
      'tool',
      { tool_parameters: { a: null, b: { type: 'mixed', value: null }, c: { type: 'mixed', value: '' } } },
      { tool_parameters: { c: { value: '' } } },
    ],
    ['null credential', 'tool', { credential_id: null }, { credential_id: null }],
    [
      'flatten_output missing',
      'iteration',
      {},
      { flatten_output: true, parallel_nums: 10, error_handle_mode: 'terminated' },
    ],
    ['flatten_output off', 'iteration', { flatten_output: false }, { flatten_output: false }],
    ['numbers as text', 'loop', { loop_count: '5' }, { loop_count: 5 }],
    [
      'nested outputs',
      'code',
      { outputs: { a: { type: 'object', children: { b: { type: 'string', children: null } } } } },
      { outputs: { a: { children: { b: { type: 'string', children: null } } } } },
    ],
    [
      'null length',
      'start',
      { variables: [{ variable: 'a', type: 'paragraph', max_length: null }] },
      { variables: [{ max_length: null, options: [] }] },
    ],
    [
      'length as text',
      'start',
      { variables: [{ variable: 'a', max_length: '48' }] },
      { variables: [{ max_length: 48, type: 'text-input' }] },
    ],
    [
      'schema as text',
      'start',
      { variables: [{ variable: 'a', type: 'json_object', json_schema: '{"type":"object"}' }] },
      { variables: [{ json_schema: { type: 'object' } }] },
    ],
    [
      'blank schema',
      'start',
      { variables: [{ variable: 'a', type: 'json_object', json_schema: ' ' }] },
      { variables: [{ json_schema: null }] },
    ],
    [
      'an unfinished filter that is off',
      'list-operator',
      { filter_by: { enabled: false, conditions: [{ key: '' }] } },
      { filter_by: { enabled: false, conditions: [] } },
    ],
    ['no items', 'assigner', { write_mode: 'append' }, { items: null, write_mode: 'append' }],
    ['error strategy none', 'code', { error_strategy: 'none' }, { error_strategy: null }],
    [
      'defaults as text',
      'code',
      {
        default_value: [
          { key: 'n', type: 'number', value: '1.5' },
          { key: 'o', type: 'object', value: '{"a":1}' },
          { key: 's', type: 'string', value: '7' },
        ],
      },
      { default_value: [{ value: 1.5 }, { value: { a: 1 } }, { value: '7' }] },
    ],
    [
      'retries',
      'llm',
      { retry_config: { retry_enabled: true, max_retries: 3, retry_interval: 1000 } },
      { retry_config: { max_retries: 3 } },
    ],
    ['unquoted ids', 'answer', { version: 2 }, { version: '2' }],
    [
      'numbers in selectors',
      'document-extractor',
      { variable_selector: [1754154032319, 'file'] },
      { variable_selector: ['1754154032319', 'file'] },
    ],
    ['methods in any case', 'trigger-webhook', { method: 'put' }, { method: 'PUT', status_code: 200 }],
    [
      'last day',
      'trigger-schedule',
      { visual_config: { monthly_days: [1, 'last'] } },
      { visual_config: { monthly_days: [1, 'last'] } },
    ],
    [
      'empty weights',
      'knowledge-retrieval',
      { multiple_retrieval_config: { weights: {} } },
      { multiple_retrieval_config: { weights: null, top_k: 4, reranking_enable: true } },
    ],
    [
      'parameters without type',
      'agent',
      { agent_parameters: { q: { value: 'x' } } },
      { agent_parameters: { q: { type: 'constant', value: 'x' } } },
    ],
    ['server default', 'human-input', {}, { timeout: 36, timeout_unit: 'hour' }],
  ])('read %s of %s nodes', (_why, type, data, read) => {
    expect(parse(type, data)).toMatchObject(read);
  });

  it.each<[type: NodeType, data: object, path: string]>([
    ['loop', { loop_count: 0 }, 'loop_count'],
    ['iteration', { parallel_nums: 0 }, 'parallel_nums'],
    ['iteration', { error_handle_mode: 'ignore' }, 'error_handle_mode'],
    ['code', { code_language: 'cobol' }, 'code_language'],
    ['code', { outputs: { a: { type: 'date' } } }, 'outputs.a.type'],
    ['code', { error_strategy: 'shrug' }, 'error_strategy'],
    ['code', { default_value: [{ key: 'a', type: 'number', value: 'x' }] }, 'default_value.0.value'],
    ['code', { default_value: [{ key: 'a', type: 'array[string]', value: '[1]' }] }, 'default_value.0.value'],
    [
      'if-else',
      { cases: [{ case_id: 'a', conditions: [{ comparison_operator: '~' }] }] },
      'cases.0.conditions.0.comparison_operator',
    ],
    ['parameter-extractor', { parameters: [{ name: '__reason', type: 'string' }] }, 'parameters.0.name'],
    ['http-request', { body: { type: 'cake' } }, 'body.type'],
    ['start', { variables: [{ variable: 'a', json_schema: '[1]' }] }, 'variables.0.json_schema'],
    ['start', { variables: [{ variable: 'a', type: 'colour' }] }, 'variables.0.type'],
    ['assigner', { items: [{ operation: 'shuffle' }] }, 'items.0.operation'],
    ['trigger-webhook', { status_code: 404 }, 'status_code'],
    ['trigger-schedule', { visual_config: { on_minute: 60 } }, 'visual_config.on_minute'],
  ])('refuse %s nodes with %j at %s', (type, data, path) => {
    expect(wrongPath(type, data)).toBe(path);
  });

  it('read the tools of agents, also with the plain parameters of old files', () => {
    const parameters = {
      a: { auto: 0, value: { type: 'mixed', value: 'x' } },
      b: { auto: 1, value: null },
      c: 5,
      d: '',
      e: null,
    };
    expect(agentTool.parse({ tool_name: 't', parameters })).toMatchObject({
      enabled: true,
      type: 'builtin',
      parameters: {
        a: { auto: 0, value: { type: 'mixed', value: 'x' } },
        b: { auto: 1 },
        c: { auto: 0, value: { type: 'constant', value: 5 } },
        d: { auto: 1 },
        e: null,
      },
    });
    expect(agentTool.safeParse({ parameters: { a: { auto: 7 } } }).success).toBe(false);
  });

  it('know the old name of the aggregator', () => {
    expect([toNodeType('variable-assigner'), toNodeType('llm'), toNodeType('constructor')]).toEqual([
      'variable-aggregator',
      'llm',
      null,
    ]);
  });

  it('give fresh defaults each time', () => {
    expect(canvasDefaults('llm')).not.toBe(canvasDefaults('llm'));
    expect(canvasDefaults('llm')['model']).not.toBe(canvasDefaults('llm')['model']);
  });
});
