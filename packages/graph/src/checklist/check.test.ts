import { describe, expect, it } from 'vitest';
import { canvasDefaults } from '../nodes/canvas-defaults.ts';
import { nodeTypes } from '../nodes/registry.ts';
import { checkGraph, firstPublishIssue } from './check.ts';
import type { CheckContext } from './context.ts';

type Data = Record<string, unknown>;

function node(id: string, data: Data, more: Data = {}) {
  return { id, type: 'custom', data: { title: id.toUpperCase(), ...data }, ...more };
}

function edge(source: string, target: string, sourceHandle = 'source') {
  return { source, target, sourceHandle };
}

const start = node('s', { type: 'start', variables: [{ variable: 'q', type: 'paragraph' }] });
const code = (id: string, selector: string[] = ['s', 'q'], more: Data = {}, position: Data = {}) =>
  node(
    id,
    {
      type: 'code',
      code: 'x',
      variables: [{ variable: 'a', value_selector: selector }],
      outputs: { out: { type: 'string' } },
      ...more,
    },
    position,
  );
const end = (id: string, selector: string[] = ['s', 'q']) =>
  node(id, { type: 'end', outputs: [{ variable: 'result', value_selector: selector }] });
const branch = node('b', {
  type: 'if-else',
  cases: [{ case_id: 'true', conditions: [{ variable_selector: ['s', 'q'], comparison_operator: 'empty' }] }],
});

function found(nodes: unknown[], edges: unknown[] = [], context: Partial<CheckContext> = {}): string[] {
  return checkGraph({ nodes, edges }, { mode: 'workflow', ...context }).map(
    ({ nodeId, code: issueCode, field }) => [nodeId ?? '-', issueCode, field].filter(Boolean).join(' '),
  );
}

describe('checkGraph', () => {
  it('finds nothing in a sound graph', () => {
    expect(found([start, code('c'), end('e', ['c', 'out'])], [edge('s', 'c'), edge('c', 'e')])).toEqual([]);
  });

  it('names each kind of problem of a node in the agreed order', () => {
    const broken = node('t', {
      type: 'llm',
      model: { provider: 'o/p/q', name: 'm' },
      prompt_template: [{ text: '' }],
      context: { enabled: true, variable_selector: ['gone', 'x'] },
    });
    const issues = found([start, broken], [], { isAvailable: () => false });
    expect(issues).toEqual([
      't model_provider_missing o/p/q/m',
      't field_required prompt',
      't invalid_variable gone.x',
      't unconnected',
    ]);
    const tool = node('t', { type: 'tool', provider_type: 'mcp', provider_id: 'server', tool_name: 'x' });
    expect(found([start, tool], [edge('s', 't')], { isAvailable: () => false })).toEqual([
      't plugin_missing server',
    ]);
  });

  it('leaves notes and placeholders alone', () => {
    const note = node('n', { type: '', text: '{}' }, { type: 'custom-note' });
    const empty = node('d', { type: 'datasource-empty' }, { type: 'custom-data-source-empty' });
    expect(found([start, note, empty, end('e')], [edge('s', 'e')])).toEqual([]);
  });

  it('lists knowledge bases that are gone', () => {
    const retrieval = node('k', { type: 'knowledge-retrieval', dataset_ids: ['d1'] });
    expect(found([start, retrieval], [edge('s', 'k')], { isAvailable: () => false })).toEqual([
      'k knowledge_missing d1',
    ]);
  });

  describe('variables', () => {
    it.each<[why: string, selector: string[], isValid: boolean]>([
      ['of a node before it', ['s', 'q'], true],
      ['of a node two steps before it', ['c1', 'out'], true],
      ['that the node before it does not have', ['c1', 'other'], false],
      ['of a node of another branch', ['c3', 'out'], false],
      ['of itself', ['c2', 'out'], false],
      ['of a node that does not exist', ['gone', 'out'], false],
      ['of the system', ['sys', 'query'], true],
      ['of the environment', ['env', 'anything'], true],
      ['of the conversation', ['conversation', 'anything'], true],
      ['of the pipeline', ['rag', 'shared', 'x'], true],
      ['of the system under the start node, as old files have it', ['s', 'sys.query'], true],
      ['deep inside an object', ['s', 'q', 'deep', 'key'], true],
    ])('may be read or not: one %s', (_why, selector, isValid) => {
      const issues = found(
        [start, branch, code('c1'), code('c2', selector), code('c3')],
        [edge('s', 'b'), edge('b', 'c1', 'true'), edge('c1', 'c2'), edge('b', 'c3', 'false')],
      );
      expect(issues).toEqual(isValid ? [] : [`c2 invalid_variable ${selector.join('.')}`]);
    });

    it('of containers: inner ones inside, outputs outside', () => {
      const box = node('i', {
        type: 'iteration',
        iterator_selector: ['s', 'q'],
        output_selector: ['in', 'out'],
        start_node_id: 'istart',
      });
      const first = node(
        'istart',
        { type: 'iteration-start' },
        { type: 'custom-iteration-start', parentId: 'i' },
      );
      const inside = (selector: string[]) => code('in', selector, {}, { parentId: 'i' });
      const graph = (inner: string[], outer: string[]) =>
        found(
          [start, code('c0'), box, first, inside(inner), end('e', outer)],
          [edge('s', 'c0'), edge('c0', 'i'), edge('istart', 'in'), edge('i', 'e')],
        );
      expect(graph(['i', 'item'], ['i', 'output'])).toEqual([]);
      expect(graph(['i', 'index'], ['c0', 'out'])).toEqual([]);
      expect(graph(['c0', 'out'], ['i', 'output'])).toEqual([]);
      expect(graph(['i', 'output'], ['i', 'output'])).toEqual(['in invalid_variable i.output']);
      expect(graph(['i', 'item'], ['i', 'item'])).toEqual(['e invalid_variable i.item']);
      expect(graph(['i', 'item'], ['in', 'out'])).toEqual(['e invalid_variable in.out']);
    });

    it('of a failed node exist where the node has an error strategy', () => {
      const graph = (strategy: string | null) =>
        found(
          [start, code('c', ['s', 'q'], { error_strategy: strategy }), end('e', ['c', 'error_message'])],
          [edge('s', 'c'), edge('c', 'e', 'fail-branch')],
        );
      expect(graph('fail-branch')).toEqual([]);
      expect(graph(null)).toEqual(['e invalid_variable c.error_message']);
    });

    it('in texts count like selectors, each once per place', () => {
      const answer = node('a', {
        type: 'answer',
        answer: '{{#s.q#}} {{#c.out#}} {{#s.no#}} {{#not a placeholder#}}',
      });
      expect(found([start, answer], [edge('s', 'a')])).toEqual([
        'a invalid_variable c.out',
        'a invalid_variable s.no',
      ]);
    });

    it('of tools without a declared schema may have any name', () => {
      const tool = (output_schema: unknown) =>
        node('t', { type: 'tool', provider_id: 'p', tool_name: 't', output_schema });
      const graph = (schema: unknown) =>
        found([start, tool(schema), end('e', ['t', 'own'])], [edge('s', 't'), edge('t', 'e')]);
      expect(graph(undefined)).toEqual([]);
      expect(graph({ properties: { own: { type: 'string' } } })).toEqual([]);
      expect(graph({ properties: {} })).toEqual(['e invalid_variable t.own']);
    });
  });

  it('finds what is not connected, but not in containers that are', () => {
    const box = node('l', { type: 'loop', loop_count: 1 });
    const inner = code('in', ['s', 'q'], {}, { parentId: 'l' });
    const alone = node('x', { type: 'template-transform', template: 'x' });
    expect(found([start, box, inner, alone], [edge('s', 'l')])).toEqual(['x unconnected']);
    expect(found([start, box, inner], [])).toEqual([
      'l unconnected',
      'in invalid_variable s.q',
      'in unconnected',
    ]);
  });

  it('wants a start step or a trigger, and not both', () => {
    const trigger = node('t', { type: 'trigger-webhook', webhook_url: 'x' });
    expect(found([])).toEqual(['- start_required start']);
    expect(found([trigger])).toEqual([]);
    expect(found([start, trigger])).toEqual(['- start_and_trigger start']);
  });

  it('wants the steps that the mode needs', () => {
    expect(found([start], [], { mode: 'advanced-chat' })).toEqual(['- node_type_required answer']);
    expect(found([], [], { mode: 'rag-pipeline' })).toEqual([
      '- node_type_required datasource',
      '- node_type_required knowledge-index',
    ]);
  });

  it('finds cycles and ids that are used twice', () => {
    const loop = [edge('s', 'c1'), edge('c1', 'c2'), edge('c2', 'c1')];
    expect(found([start, code('c1'), code('c2')], loop)).toEqual(['c1 cycle']);
    expect(found([start, code('c1'), code('c1')], [edge('s', 'c1')])).toEqual(['c1 node_id_not_unique id']);
  });

  it('warns of outputs that overwrite each other, unless only one of them can be reached', () => {
    const graph = (edges: unknown[]) =>
      found([start, branch, code('c'), end('e1'), end('e2', ['c', 'out'])], edges);
    const parallel = [edge('s', 'b'), edge('b', 'c', 'true'), edge('c', 'e1'), edge('c', 'e2')];
    expect(graph(parallel)).toEqual(['e2 output_conflict result']);
    const exclusive = [edge('s', 'b'), edge('s', 'c'), edge('b', 'e1', 'true'), edge('b', 'e2', 'false')];
    expect(graph(exclusive)).toEqual(['e2 invalid_variable c.out']);
    const aroundTheBranch = [...parallel, edge('b', 'e1', 'false')];
    expect(graph(aroundTheBranch)).toEqual(['e2 output_conflict result']);
    const same = found([start, end('e1'), end('e2')], [edge('s', 'e1'), edge('s', 'e2')]);
    expect(same).toEqual([]);
  });
});

describe('a checklist of broken data', () => {
  const junk = [
    null,
    '',
    0,
    true,
    'x',
    [],
    {},
    [null],
    [[null]],
    { conditions: [null], enabled: true, configs: 7 },
  ];

  it.each(nodeTypes)('never throws: %s', (type) => {
    for (const key of Object.keys({
      ...canvasDefaults(type),
      memory: 0,
      cases: 0,
      output_schema: 0,
      title: 0,
    })) {
      for (const value of junk) {
        const broken = node('n', { type, ...canvasDefaults(type), [key]: value });
        const graph = { nodes: [start, broken], edges: [edge('s', 'n')] };
        expect(() => checkGraph(graph, { mode: 'workflow' })).not.toThrow();
      }
    }
  });
});

describe('firstPublishIssue', () => {
  const context: CheckContext = { mode: 'workflow' };

  it('gives the first error with the title of its node, and passes over warnings', () => {
    const graph = { nodes: [start, node('e', { type: 'end', outputs: [] })], edges: [edge('s', 'e')] };
    expect(firstPublishIssue(graph, context)?.message).toBe('[E] Output is required');
    const conflict = {
      nodes: [start, code('c'), end('e1'), end('e2', ['c', 'out'])],
      edges: [edge('s', 'c'), edge('c', 'e1'), edge('c', 'e2')],
    };
    expect(firstPublishIssue(conflict, context)).toBe(null);
  });

  it('refuses paths longer than the limit, which editing allows', () => {
    const chain = (length: number) => ({
      nodes: [start, ...Array.from({ length }, (_, index) => code(`c${index}`))],
      edges: Array.from({ length }, (_, index) => edge(index === 0 ? 's' : `c${index - 1}`, `c${index}`)),
    });
    expect(firstPublishIssue(chain(50), context)).toBe(null);
    expect(firstPublishIssue(chain(51), context)).toMatchObject({ code: 'too_deep', nodeId: null });
    expect(firstPublishIssue(chain(51), { ...context, limits: { maxDepth: 60 } })).toBe(null);
    expect(checkGraph(chain(51), context)).toEqual([]);
  });

  it('refuses more than five webhooks and more than one schedule', () => {
    const webhooks = Array.from({ length: 6 }, (_, index) =>
      node(`w${index}`, { type: 'trigger-webhook', webhook_url: 'x' }),
    );
    const schedules = ['a', 'b'].map((id) =>
      node(id, { type: 'trigger-schedule', mode: 'cron', cron_expression: '@daily' }),
    );
    expect(firstPublishIssue({ nodes: webhooks }, context)?.code).toBe('too_many_webhooks');
    expect(firstPublishIssue({ nodes: webhooks.slice(1) }, context)).toBe(null);
    expect(firstPublishIssue({ nodes: schedules }, context)?.code).toBe('too_many_schedules');
  });
});
