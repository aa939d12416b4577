import { describe, expect, test } from 'vitest';
import type { DeclaredVariable } from '../../core/records.ts';
import { runGraph, runNode, testGraph, timeline } from '../../testing/index.ts';

const item = (operation: string, value?: unknown, more: object = {}) => ({
  variable_selector: ['conversation', 'x'],
  operation,
  input_type: 'constant',
  value,
  ...more,
});
const fromVariable = { input_type: 'variable' };

/** Runs items on a conversation variable `x`; gives its new value, or the type of the error. */
async function assign(
  x: Omit<DeclaredVariable, 'name'>,
  items: readonly object[],
  variables: Readonly<Record<string, unknown>> = {},
) {
  const result = await runNode(
    { type: 'assigner', version: '2', items },
    { conversation: [{ name: 'x', ...x }], variables },
  );
  const updates = result.events.filter((event) => event.event === 'variable_updated');
  const last = updates.at(-1);
  return {
    value: last?.event === 'variable_updated' ? last.data.value : undefined,
    updates: updates.length,
    status: result.status,
    error: result.error,
    processData: result.process_data,
  };
}

describe('assigner', () => {
  const showing = (assigner: object, answer: string) =>
    testGraph(
      {
        start: { type: 'start' },
        assign: { type: 'assigner', ...assigner },
        answer: { type: 'answer', answer },
      },
      ['start -> assign -> answer'],
    );
  const conversation = [{ name: 'str', type: 'string', value: 'old' }] as const;

  test('#84 the new value is shown once, before the assigner is reported done, the old one never', async () => {
    const items = [
      {
        variable_selector: ['conversation', 'str'],
        operation: 'over-write',
        ...fromVariable,
        value: ['sys', 'query'],
      },
    ];
    const run = await runGraph(showing({ version: '2', items }, '{{#conversation.str#}}'), {
      system: { query: 'new' },
      conversation,
    });
    expect(timeline(run.events)).toEqual([
      'RUN+',
      'S>start',
      'F>start',
      'S>assign',
      '~new',
      'F>assign',
      'S>answer',
      'F>answer',
      'OK',
    ]);
  });

  test('#85 version 1 overwrites; only the new value is streamed after the literal', async () => {
    const first = {
      assigned_variable_selector: ['conversation', 'str'],
      write_mode: 'over-write',
      input_variable_selector: ['sys', 'query'],
    };
    const run = await runGraph(showing(first, 'now {{#conversation.str#}}'), {
      system: { query: 'new' },
      conversation,
    });
    expect(run.result.outputs['answer']).toBe('now new');
    expect(timeline(run.events).filter((mark) => mark.startsWith('~'))).toEqual(['~now ', '~new']);
  });

  test('#86 several operations on one target see each other and make one update', async () => {
    const items = [
      item('remove-first'),
      item('remove-last'),
      item('append', ['start', 'a'], fromVariable),
      item('append', ['start', 'b'], fromVariable),
    ];
    const variables = { 'start.a': 'A', 'start.b': 'B' };
    const result = await assign({ type: 'array[string]', value: ['1', '2', '3'] }, items, variables);
    expect(result).toMatchObject({ status: 'succeeded', value: ['2', 'A', 'B'], updates: 1 });
    expect(result.processData?.['__updated_variables']).toEqual([
      { name: 'x', selector: ['conversation', 'x'], value_type: 'array[string]', new_value: ['2', 'A', 'B'] },
    ]);
  });

  test('#87 a number does not fit a text, and nothing of the node is applied', async () => {
    const result = await assign({ type: 'string', value: 'a' }, [item('set', 'ok'), item('over-write', 123)]);
    expect(result).toMatchObject({ status: 'failed', updates: 0 });
  });

  test.each([
    ['division by zero', { type: 'number', value: 4 }, item('/=', 0)],
    [
      'a list of numbers for a list of texts',
      { type: 'array[string]', value: ['a'] },
      item('over-write', [1]),
    ],
    ['an operation the type does not have', { type: 'string', value: 'a' }, item('+=', 1)],
    [
      'a variable where a constant is needed',
      { type: 'number', value: 1 },
      item('+=', ['sys', 'x'], fromVariable),
    ],
    [
      'appending an element of another type',
      { type: 'array[number]', value: [1] },
      item('append', ['s', 't'], fromVariable),
    ],
  ] as const)('#88 %s is refused', async (_name, x, operation) => {
    expect(await assign(x, [operation], { 's.t': 'text', 'sys.x': 1 })).toMatchObject({
      status: 'failed',
      updates: 0,
    });
  });

  test.each([
    [{ type: 'string', value: 'a' }, ''],
    [{ type: 'number', value: 4 }, 0],
    [{ type: 'array[string]', value: ['a'] }, []],
    [{ type: 'object', value: { a: 1 } }, {}],
    [{ type: 'boolean', value: true }, false],
  ] as const)('#88 clear needs no value: %j becomes %j', async (x, expected) => {
    expect((await assign(x, [item('clear')])).value).toEqual(expected);
  });

  test.each([
    ['+=', 3],
    ['-=', 1],
    ['*=', 2],
  ])('%s on integers gives an integer', async (operation, expected) => {
    expect((await assign({ type: 'number', value: 2 }, [item(operation, 1)])).value).toBe(expected);
  });

  test('a division gives a float, shown as such', async () => {
    const run = await runGraph(showing({ version: '2', items: [item('/=', 2)] }, '{{#conversation.x#}}'), {
      conversation: [{ name: 'x', type: 'number', value: 4 }],
    });
    expect(run.result.outputs['answer']).toBe('2.0');
  });

  test('a null variable is skipped, a missing one is an error', async () => {
    const x = { type: 'string', value: 'a' } as const;
    expect(await assign(x, [item('over-write', ['s', 'n'], fromVariable)], { 's.n': null })).toMatchObject({
      status: 'succeeded',
      updates: 0,
    });
    expect(await assign(x, [item('over-write', ['s', 'm'], fromVariable)])).toMatchObject({
      status: 'failed',
    });
  });

  test.each([
    ['append', ['a', 'new']],
    ['clear', []],
  ])('#89 version 1: %s', async (mode, expected) => {
    const result = await runNode(
      {
        type: 'assigner',
        assigned_variable_selector: ['conversation', 'x'],
        write_mode: mode,
        input_variable_selector: ['start', 'v'],
      },
      { conversation: [{ name: 'x', type: 'array[string]', value: ['a'] }], variables: { 'start.v': 'new' } },
    );
    expect(result.process_data?.['__updated_variables']).toMatchObject([{ new_value: expected }]);
  });
});
