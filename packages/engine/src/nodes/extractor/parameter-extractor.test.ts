import { describe, expect, test } from 'vitest';
import type { ModelEvent } from '../../ports/index.ts';
import { type FakeAnswer, FakeModels, runNode } from '../../testing/index.ts';

const parameter = (name: string, type: string, more: object = {}) => ({
  name,
  type,
  description: '',
  required: true,
  ...more,
});

async function extract(parameters: readonly object[], answer: FakeAnswer, more: object = {}) {
  const models = new FakeModels(() => answer);
  const result = await runNode(
    {
      type: 'parameter-extractor',
      query: ['sys', 'query'],
      model: { provider: 'p', name: 'm', mode: 'chat', completion_params: {} },
      reasoning_mode: 'prompt',
      parameters,
      ...more,
    },
    { variables: { 'sys.query': 'in Ghent' }, ports: { models } },
  );
  return { result, models };
}
const call = (found: unknown): ModelEvent[] => [
  { type: 'tool-call', call: { id: 'c', name: 'extract_parameters', arguments: JSON.stringify(found) } },
];

describe('parameter-extractor', () => {
  test('finds parameters in the text of an answer', async () => {
    const { result } = await extract([parameter('city', 'string')], 'Here: {"city": "Ghent"}.');
    expect(result.outputs).toMatchObject({ __is_success: 1, __reason: null, city: 'Ghent' });
  });

  test('#97 old types bool and select are boolean and string', async () => {
    const parameters = [parameter('yes', 'bool'), parameter('city', 'select', { options: ['Ghent'] })];
    const { result } = await extract(parameters, '{"yes": true, "city": "Ghent"}');
    expect(result.outputs).toMatchObject({ __is_success: 1, yes: true, city: 'Ghent' });
  });

  test('#97 numeric text is coerced, a wrong element is dropped, and both are told as faults', async () => {
    const parameters = [parameter('n', 'number'), parameter('list', 'array[number]')];
    const { result } = await extract(parameters, '{"n": "5", "list": [1, "x", "2"]}');
    expect(result.outputs).toMatchObject({ __is_success: 0, n: 5, list: [1, 2] });
    expect(result.status).toBe('succeeded');
  });

  test.each([
    ['no JSON', 'nothing here', '', 'Failed to extract'],
    ['a missing one', '{}', '', 'number of parameters'],
    ['an option that is not offered', '{"city": "Rome"}', 'Rome', 'option'],
  ])('%s succeeds with a reason', async (_name, answer, city, reason) => {
    const { result } = await extract([parameter('city', 'string', { options: ['Ghent'] })], answer);
    expect(result.outputs).toMatchObject({
      __is_success: 0,
      city,
      __reason: expect.stringContaining(reason),
    });
  });

  test('function calls are used where the model has them and the mode asks for them', async () => {
    const parameters = [parameter('city', 'string')];
    const { result, models } = await extract(parameters, call({ city: 'Ghent' }), {
      reasoning_mode: 'function_call',
    });
    expect(result.outputs).toMatchObject({ __is_success: 1, city: 'Ghent' });
    expect(models.requests[0]?.tools?.[0]).toMatchObject({
      name: 'extract_parameters',
      parameters: { properties: { city: { type: 'string' } }, required: ['city'] },
    });
  });

  test('a failing model call fails the node, with outputs that say so', async () => {
    const { result } = await extract([parameter('city', 'string')], new Error('down'));
    expect(result).toMatchObject({ status: 'failed', outputs: { __is_success: 0, __reason: 'down' } });
  });
});
