import { describe, expect, test } from 'vitest';
import { FakeModels, runGraph, runNode, testGraph } from '../../testing/index.ts';

const classifier = {
  type: 'question-classifier',
  query_variable_selector: ['sys', 'query'],
  model: { provider: 'p', name: 'm', mode: 'chat', completion_params: {} },
  classes: [
    { id: '1', name: 'Sales {{#s.region#}}', label: 'Selling' },
    { id: '2', name: 'Support' },
  ],
  instruction: 'be quick',
};
const variables = { 'sys.query': 'it is broken', 's.region': 'EU' };

async function classify(answer: string) {
  const models = new FakeModels(() => answer);
  const result = await runNode(classifier, { variables, ports: { models } });
  return { result, models };
}

describe('question-classifier', () => {
  test('#96 the label is that of the class, or its number', async () => {
    const first = await classify('{"category_id": "1", "category_name": "Sales EU"}');
    expect(first.result.outputs).toMatchObject({
      class_id: '1',
      class_name: 'Sales EU',
      class_label: 'Selling',
    });
    const second = await classify('{"category_id": "2", "category_name": "Support"}');
    expect(second.result.outputs).toMatchObject({
      class_id: '2',
      class_name: 'Support',
      class_label: 'CLASS 2',
    });
  });

  test.each([
    ['an unknown id', '{"category_id": "9", "category_name": "?"}', '1'],
    ['a reply without both keys', '{"category_id": "2"}', '1'],
    [
      'a fenced reply after thoughts',
      '<think>{"category_id": "1"}</think>```json\n{"category_id": "2", "category_name": "x"}\n```',
      '2',
    ],
  ])('%s chooses class %3$s', async (_name, answer, id) => {
    expect((await classify(answer)).result.outputs?.['class_id']).toBe(id);
  });

  test('an unreadable reply fails the node', async () => {
    expect((await classify('Support, I think')).result.status).toBe('failed');
  });

  test('the model is asked with examples, the classes and the instruction', async () => {
    const { models } = await classify('{"category_id": "1", "category_name": "x"}');
    const messages = models.requests[0]?.messages ?? [];
    expect(messages.map(({ role }) => role)).toEqual([
      'system',
      'user',
      'assistant',
      'user',
      'assistant',
      'user',
    ]);
    expect(JSON.parse(String(messages.at(-1)?.content))).toEqual({
      input_text: ['it is broken'],
      categories: [
        { category_id: '1', category_name: 'Sales EU' },
        { category_id: '2', category_name: 'Support' },
      ],
      classification_instructions: ['be quick'],
    });
  });

  test('the class chooses the branch', async () => {
    const graph = testGraph(
      {
        start: { type: 'start' },
        classify: {
          ...classifier,
          classes: [
            { id: '1', name: 'A' },
            { id: '2', name: 'B' },
          ],
        },
        a: { type: 'answer', answer: 'A' },
        b: { type: 'answer', answer: 'B' },
      },
      ['start -> classify', 'classify:1 -> a', 'classify:2 -> b'],
    );
    const models = new FakeModels(() => '{"category_id": 2, "category_name": "B"}');
    const run = await runGraph(graph, { system: { query: 'q' }, ports: { models } });
    expect(run.result.outputs['answer']).toBe('B');
  });
});
