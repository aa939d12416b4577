import { describe, expect, it } from 'vitest';
import { outlineOf } from './graph-outline.ts';
import { summaryOf } from './node-summary.ts';
import { startFormOf } from './start-form.ts';

const node = (id: string, data: object, more: object = {}) => ({
  id,
  type: 'custom',
  data: { title: id.toUpperCase(), ...data },
  ...more,
});
const edge = (source: string, target: string, sourceHandle = 'source') => ({
  source,
  target,
  sourceHandle,
  targetHandle: 'target',
});

describe('the outline of a graph', () => {
  it('lists steps in run order, whatever the order in the file', () => {
    const { nodes } = outlineOf({
      nodes: [node('end', { type: 'end' }), node('b', { type: 'code' }), node('start', { type: 'start' })],
      edges: [edge('b', 'end'), edge('start', 'b')],
    });
    expect(nodes.map(({ id }) => id)).toEqual(['start', 'b', 'end']);
    expect(nodes[0]?.next).toMatchObject([{ targetId: 'b', targetTitle: 'B', handle: 'source' }]);
  });

  it('follows one branch to its end before the next, and names branches as people know them', () => {
    const { nodes } = outlineOf({
      nodes: [
        node('start', { type: 'start' }),
        node('if', {
          type: 'if-else',
          cases: [
            { case_id: 'true', logical_operator: 'and', conditions: [] },
            { case_id: 'x', logical_operator: 'and', conditions: [] },
          ],
        }),
        node('yes', { type: 'code' }),
        node('after', { type: 'code' }),
        node('no', { type: 'code' }),
        node('join', { type: 'variable-assigner' }),
      ],
      edges: [
        edge('start', 'if'),
        edge('if', 'yes', 'true'),
        edge('if', 'after', 'x'),
        edge('if', 'no', 'false'),
        edge('yes', 'join'),
        edge('after', 'join'),
        edge('no', 'join'),
      ],
    });
    expect(nodes.map(({ id }) => id)).toEqual(['start', 'if', 'yes', 'after', 'no', 'join']);
    expect(nodes[1]?.next.map(({ label }) => label)).toEqual(['IF', 'ELIF 1', 'ELSE']);
    expect(nodes.at(-1)?.type).toBe('variable-aggregator');
  });

  it('puts the nodes of a container inside it, without its start, and leaves notes out', () => {
    const outline = outlineOf({
      nodes: [
        node('start', { type: 'start' }),
        node('iter', { type: 'iteration', start_node_id: 'begin' }),
        node('begin', { type: 'iteration-start', isInIteration: true }, { parentId: 'iter' }),
        node('child', { type: 'code' }, { parentId: 'iter' }),
        node('remark', { text: '' }, { type: 'custom-note' }),
      ],
      edges: [edge('start', 'iter'), edge('begin', 'child')],
    });
    expect(outline.nodes.map(({ id }) => id)).toEqual(['start', 'iter']);
    expect(outline.nodes[1]?.children.map(({ id }) => id)).toEqual(['child']);
    expect(outline.containerOf('child')).toBe('iter');
    expect(outline.containerOf('start')).toBeNull();
  });

  it('shows what it can of broken graphs: rings, strangers, unreadable settings', () => {
    const outline = outlineOf({
      nodes: [
        node('a', { type: 'code' }),
        node('b', { type: 'code' }),
        node('what', { type: 'from-the-future' }),
        node('bad', { type: 'llm', model: 7 }),
      ],
      edges: [edge('a', 'b'), edge('b', 'a'), edge('a', 'gone')],
    });
    expect(outline.nodes.map(({ id }) => id).sort()).toEqual(['a', 'b', 'bad', 'what']);
    expect(outline.byId.get('bad')?.data).toBeNull();
    expect(outlineOf(null).nodes).toEqual([]);
  });
});

describe('the summary of a step', () => {
  const words = {
    variable: (selector: readonly string[]) => selector.join('>'),
    rounds: String,
    lines: (count: number) => `${count} lines`,
    over: (list: string) => `over ${list}`,
    inParallel: String,
    bases: String,
  };
  const summary = (data: object) => {
    const { nodes } = outlineOf({ nodes: [node('n', data)], edges: [] });
    const read = nodes[0]?.data;
    return read ? summaryOf(read, words) : undefined;
  };

  it('says on one line what it is set to, with variables by their names', () => {
    expect(
      summary({
        type: 'llm',
        model: { provider: 'demo', name: 'demo-chat', mode: 'chat', completion_params: {} },
        prompt_template: [{ role: 'system', text: 'Translate\n\n{{#start.text#}}.' }],
      }),
    ).toBe('demo-chat · Translate start>text.');
    expect(summary({ type: 'http-request', method: 'post', url: 'https://x/{{#a.id#}}' })).toBe(
      'POST https://x/a>id',
    );
    expect(
      summary({ type: 'code', code: 'a\nb', code_language: 'python3', outputs: { out: { type: 'string' } } }),
    ).toBe('Python · 2 lines · out');
    expect(
      summary({
        type: 'if-else',
        cases: [
          {
            case_id: '1',
            logical_operator: 'or',
            conditions: [
              { variable_selector: ['s', 'x'], comparison_operator: 'is', value: 'a' },
              { variable_selector: ['s', 'y'], comparison_operator: 'empty' },
            ],
          },
        ],
      }),
    ).toBe('s>x is a or s>y empty');
  });

  it('cuts long texts', () => {
    expect(summary({ type: 'answer', answer: 'word '.repeat(100) })?.length).toBeLessThan(150);
  });
});

describe('the form of a test run', () => {
  it('asks for the fields of the start node, old controls by their new names', () => {
    const form = startFormOf({
      nodes: [
        node('start', {
          type: 'start',
          variables: [
            { variable: 'city', label: 'City', type: 'text-input', required: true, max_length: 48 },
            { variable: 'papers', label: '', type: 'files', required: false },
          ],
        }),
      ],
    });
    expect(form).toMatchObject([
      { variable: 'city', type: 'text-input', required: true },
      { variable: 'papers', type: 'file-list' },
    ]);
    expect(startFormOf({ nodes: [node('t', { type: 'trigger-schedule' })] })).toEqual([]);
  });
});
