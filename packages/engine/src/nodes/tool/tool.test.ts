import { describe, expect, test } from 'vitest';
import type { ToolMessage, ToolParameter } from '../../ports/index.ts';
import { FakeFiles, fakeTools, runNode, type TestNodeOptions } from '../../testing/index.ts';
import { fileValue } from '../../values/file.ts';

const declared: ToolParameter[] = [
  { name: 'query', required: true, isSecret: false },
  { name: 'count', required: false, isSecret: false },
  { name: 'key', required: false, isSecret: true },
];

/** Calls a tool that says `messages`; gives the parameters it got and what became of the node. */
async function use(messages: readonly ToolMessage[], data: object = {}, options: TestNodeOptions = {}) {
  const calls: Readonly<Record<string, unknown>>[] = [];
  const files = new FakeFiles();
  const tools = fakeTools(
    {
      search: (parameters) => {
        calls.push(parameters);
        return messages;
      },
    },
    declared,
  );
  const result = await runNode(
    { type: 'tool', provider_type: 'builtin', provider_id: 'p', tool_name: 'search', ...data },
    { ...options, ports: { tools, files } },
  );
  return { result, parameters: calls[0], files };
}
const typed = (type: string, value: unknown) => ({ type, value });

describe('tool', () => {
  const file = fileValue({ filename: 'a.png', extension: '.png', url: 'https://x/a.png' });
  const bytes = Buffer.from('abc');
  const blob = { mimeType: 'image/png', filename: 'b.png' };

  test.each<[string, ToolMessage[], object]>([
    [
      'text',
      [
        { type: 'text', text: 'a' },
        { type: 'text', text: 'b' },
      ],
      { text: 'ab', json: [{ data: [] }], files: [] },
    ],
    ['JSON', [{ type: 'json', json: { a: 1 } }], { json: [{ a: 1 }], text: '' }],
    ['a link', [{ type: 'link', url: 'https://x' }], { text: 'Link: https://x\n' }],
    ['a file link', [{ type: 'file', file, link: true }], { text: 'File: https://x/a.png\n', files: [file] }],
    [
      'an image link',
      [{ type: 'image-link', url: 'https://x/p.png', mimeType: null }],
      { files: [{ filename: 'p.png' }] },
    ],
    ['a blob', [{ type: 'blob', bytes, ...blob }], { files: [{ filename: 'b.png' }] }],
    ['a variable', [{ type: 'variable', name: 'v', value: [1], stream: false }], { v: [1] }],
    [
      'a streamed variable',
      [
        { type: 'variable', name: 'v', value: 'a', stream: true },
        { type: 'variable', name: 'v', value: 'b', stream: true },
      ],
      { v: 'ab' },
    ],
  ])('#101 %s', async (_name, messages, outputs) => {
    const { result } = await use(messages);
    expect(result).toMatchObject({ status: 'succeeded', outputs });
  });

  const chunk = (sequence: number, more: object = {}): ToolMessage => ({
    type: 'blob-chunk',
    id: 'x',
    sequence,
    totalLength: 6,
    bytes,
    isLast: sequence === 1,
    ...blob,
    ...more,
  });

  test('#101 a file in pieces is put together', async () => {
    const { files } = await use([chunk(0), chunk(1)]);
    expect(Buffer.from(files.stored[0]?.bytes ?? []).toString()).toBe('abcabc');
  });

  test.each<[string, ToolMessage[]]>([
    ['shorter than announced', [chunk(0), chunk(1, { totalLength: 9 })]],
    ['longer than announced', [chunk(0, { totalLength: 2 })]],
    ['with a piece missing', [chunk(1)]],
    ['without its end', [chunk(0)]],
    ['with a piece too long', [chunk(0, { bytes: Buffer.alloc(9000), totalLength: 9000 })]],
  ])('#101 a file %s fails', async (_name, messages) => {
    const { result } = await use(messages, { error_strategy: 'fail-branch' });
    expect(result.outputs?.['error_type']).toBe('ToolFileError');
  });

  test('#102 values of all kinds; null ones are dropped, unknown ones are null', async () => {
    const tool_parameters = {
      query: typed('mixed', 'about {{#s.topic#}}'),
      count: typed('constant', 3),
      gone: null,
      other: typed('constant', 'x'),
    };
    const tool_configurations = { key: typed('variable', ['s', 'key']), plain: 5 };
    const { parameters, result } = await use(
      [],
      { tool_node_version: '2', tool_parameters, tool_configurations },
      { variables: { 's.topic': 'cats', 's.key': 'sk-123456789' } },
    );
    expect(parameters).toEqual({ query: 'about cats', count: 3, other: null, key: 'sk-123456789' });
    expect(result.inputs?.['key']).toBe('sk-123************89');
  });

  test('a secret of the environment is sent in clear and masked in the record', async () => {
    const tool_parameters = { query: typed('mixed', 'Bearer {{#env.token#}}') };
    const environment = [{ name: 'token', type: 'secret', value: 'sk-123456789' }] as const;
    const { parameters, result } = await use([], { tool_parameters }, { environment });
    expect(parameters?.['query']).toBe('Bearer sk-123456789');
    expect(result.inputs?.['query']).toBe('Bearer sk-123************89');
  });

  test('#102 a mixed value that is no text is refused', async () => {
    const tool_parameters = { query: typed('mixed', ['a']) };
    const { result } = await use([], { tool_parameters, error_strategy: 'fail-branch' });
    expect(result.outputs?.['error_type']).toBe('ToolParameterError');
  });

  test('a missing variable is an error for required parameters only', async () => {
    const optional = await use([], { tool_parameters: { count: typed('variable', ['no', 'where']) } });
    expect(optional.parameters).toEqual({});
    const required = await use([], { tool_parameters: { query: typed('variable', ['no', 'where']) } });
    expect(required.result.status).toBe('failed');
  });

  test('an unknown tool and a failing call are told apart', async () => {
    const strategy = { error_strategy: 'fail-branch' };
    const unknown = await use([], { tool_name: 'nothing', ...strategy });
    expect(unknown.result.outputs?.['error_type']).toBe('ToolRuntimeResolutionError');
    const tools = fakeTools({
      search: () => {
        throw new Error('quota');
      },
    });
    const failing = await runNode({ type: 'tool', tool_name: 'search', ...strategy }, { ports: { tools } });
    expect(failing.outputs).toEqual({
      error_message: 'Failed to invoke tool: quota',
      error_type: 'ToolRuntimeInvocationError',
    });
  });

  test('logs become events and metadata, newest version of each entry', async () => {
    const { result } = await use([
      { type: 'log', log: { id: '1', label: 'step', status: 'start' } },
      { type: 'log', log: { id: '1', label: 'step', status: 'success' } },
    ]);
    expect(result.execution_metadata?.['agent_log']).toEqual([{ id: '1', label: 'step', status: 'success' }]);
    expect(result.events.filter(({ event }) => event === 'agent_log')).toHaveLength(2);
  });
});
