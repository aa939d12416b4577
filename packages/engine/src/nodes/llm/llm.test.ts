import { describe, expect, test } from 'vitest';
import type { MemoryPort } from '../../ports/index.ts';
import {
  FakeModels,
  runGraph,
  runNode,
  type TestNode,
  type TestNodeOptions,
  testGraph,
} from '../../testing/index.ts';
import { fileValue } from '../../values/file.ts';

const llm = (more: Readonly<Record<string, unknown>> = {}): TestNode => ({
  type: 'llm',
  model: { provider: 'p', name: 'm', mode: 'chat', completion_params: {} },
  prompt_template: [{ role: 'user', text: 'hi' }],
  context: { enabled: false, variable_selector: [] },
  ...more,
});
const memory: MemoryPort = {
  messages: async () => [
    { role: 'user', content: 'earlier' },
    { role: 'assistant', content: 'reply' },
  ],
};
const image = fileValue({ filename: 'a.png', extension: '.png', url: 'https://x/a.png' });

/** Runs an llm node; gives what the model was asked and what became of the node. */
async function ask(more: Readonly<Record<string, unknown>>, options: TestNodeOptions = {}, answer = 'ok') {
  const models = new FakeModels(() => answer);
  const result = await runNode(llm(more), { ...options, ports: { models, ...options.ports } });
  return { result, request: models.requests[0], messages: models.requests[0]?.messages };
}

describe('llm prompts', () => {
  test('messages are resolved in order, empty ones dropped', async () => {
    const prompt_template = [
      { role: 'system', text: 'You are {{#s.who#}}' },
      { role: 'user', text: '{{#s.empty#}}' },
      { role: 'user', text: '{{#s.q#}}?' },
    ];
    const variables = { 's.who': 'kind', 's.empty': '', 's.q': [1, 2] };
    const { messages, result } = await ask({ prompt_template }, { variables });
    expect(messages).toEqual([
      { role: 'system', content: 'You are kind' },
      { role: 'user', content: '[1, 2]?' },
    ]);
    expect(result.inputs).toMatchObject({ '#s.who#': 'kind', '#s.q#': [1, 2], model_name: 'm' });
  });

  test('jinja2 messages are rendered with their variables', async () => {
    const { messages } = await ask(
      {
        prompt_template: [{ role: 'user', edition_type: 'jinja2', jinja2_text: 'Hi {{ name }}', text: '' }],
        prompt_config: { jinja2_variables: [{ variable: 'name', value_selector: ['s', 'name'] }] },
      },
      { variables: { 's.name': 'Ada' } },
    );
    expect(messages).toEqual([{ role: 'user', content: 'Hi Ada' }]);
  });

  test('memory adds the history and the query; without a conversation only the query', async () => {
    const options = { variables: { 'sys.query': 'now' } };
    const settings = { memory: { window: { enabled: true, size: 10 } } };
    expect((await ask(settings, { ...options, ports: { memory } })).messages).toEqual([
      { role: 'user', content: 'hi' },
      { role: 'user', content: 'earlier' },
      { role: 'assistant', content: 'reply' },
      { role: 'user', content: 'now' },
    ]);
    expect((await ask(settings, options)).messages).toHaveLength(2);
  });

  test('context passages are put in as text, and announced for citation', async () => {
    const passages = [
      { content: 'First.', summary: 'Sum', metadata: { _source: 'knowledge', dataset_id: 'd', score: 0.9 } },
      'plain',
    ];
    const graph = testGraph(
      {
        start: { type: 'start' },
        llm: llm({
          prompt_template: [{ role: 'user', text: 'Use: {{#context#}}' }],
          context: { enabled: true, variable_selector: ['start', 'found'] },
        }),
      },
      ['start -> llm'],
    );
    const models = new FakeModels(() => 'ok');
    const run = await runGraph(graph, { inputs: { found: passages }, ports: { models } });
    expect(models.requests[0]?.messages).toEqual([{ role: 'user', content: 'Use: Sum\nFirst.\nplain' }]);
    const resources = run.events.find((event) => event.event === 'retriever_resources');
    expect(resources?.data).toMatchObject({
      resources: [{ dataset_id: 'd', score: 0.9, content: 'First.' }],
    });
  });

  test('a context item without content is an error', async () => {
    const context = { enabled: true, variable_selector: ['s', 'c'] };
    const options = { variables: { 's.c': [{ text: 'x' }] } };
    const { result } = await ask({ context, error_strategy: 'fail-branch' }, options);
    expect(result.outputs?.['error_type']).toBe('InvalidContextStructureError');
  });

  test('vision files come before the text of the last user message, unless the model takes none', async () => {
    const vision = { enabled: true, configs: { variable_selector: ['sys', 'files'], detail: 'low' } };
    const options = { variables: { 'sys.files': [image] } };
    expect((await ask({ vision }, options)).messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'file', file: image, detail: 'low' },
          { type: 'text', text: 'hi' },
        ],
      },
    ]);
    const models = new FakeModels(() => 'ok');
    models.traits = { files: new Set(), contextSize: null };
    await runNode(llm({ vision }), { ...options, ports: { models } });
    expect(models.requests[0]?.messages).toEqual([{ role: 'user', content: 'hi' }]);
  });

  test('a completion model gets one text with history and query', async () => {
    const { messages } = await ask(
      {
        model: { provider: 'p', name: 'm', mode: 'completion', completion_params: {} },
        prompt_template: { text: 'Chat:\n{{#histories#}}\nQ: {{#sys.query#}}' },
        memory: { role_prefix: { user: 'Human', assistant: 'Bot' }, window: { enabled: false } },
      },
      { variables: { 'sys.query': 'now' }, ports: { memory } },
    );
    expect(messages).toEqual([{ role: 'user', content: 'Chat:\nHuman: earlier\nBot: reply\nQ: now' }]);
  });

  test('placeholders in parameters are resolved and become numbers and booleans', async () => {
    const completion_params = { temperature: '{{#s.t#}}', stop: '{{#s.word#}}', top_p: 0.5 };
    const { request } = await ask(
      { model: { provider: 'p', name: 'm', mode: 'chat', completion_params } },
      { variables: { 's.t': 0.3, 's.word': 'end' } },
    );
    expect(request?.model.parameters).toEqual({ temperature: 0.3, stop: 'end', top_p: 0.5 });
  });

  test.each([
    ['VariableNotFoundError', { prompt_template: [{ role: 'user', text: '{{#no.where#}}' }] }],
    ['NoPromptFoundError', { prompt_template: [{ role: 'user', text: '' }] }],
    [
      'InvalidVariableTypeError',
      { vision: { enabled: true, configs: { variable_selector: ['s', 'text'] } } },
    ],
  ])('%s', async (type, more) => {
    const options = { variables: { 's.text': 'x' } };
    const { result } = await ask({ ...more, error_strategy: 'fail-branch' }, options);
    expect(result.outputs?.['error_type']).toBe(type);
  });
});

describe('llm results', () => {
  const schema = {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  };
  const structured = (given: unknown = schema) => ({
    structured_output_enabled: true,
    structured_output: { schema: given },
  });

  test('#104 structured output that follows its schema', async () => {
    const { result, request } = await ask(structured(), {}, 'Sure:\n```json\n{"city": "Ghent"}\n```');
    expect(result.outputs?.['structured_output']).toEqual({ city: 'Ghent' });
    expect(request?.jsonSchema).toEqual(schema);
  });

  test.each([
    ['no JSON', structured(), 'Ghent'],
    ['a violation', structured(), '{"city": 5}'],
    ['a missing schema', structured(null), '{"city": "Ghent"}'],
    [
      'a reference to another address',
      structured({ type: 'object', properties: { city: { $ref: 'https://example.com/s.json' } } }),
      '{"city": "Ghent"}',
    ],
  ])('#104 %s fails the node', async (_name, settings, answer) => {
    expect((await ask(settings, {}, answer)).result.status).toBe('failed');
  });

  test('#104 a model known not to support it fails the node unasked', async () => {
    const models = new FakeModels(() => '{"city": "Ghent"}');
    models.traits = { files: new Set(), contextSize: null, structuredOutput: false };
    expect((await runNode(llm(structured()), { ports: { models } })).status).toBe('failed');
    expect(models.requests).toEqual([]);
  });

  test('#105 a null input counts as empty text, the model’s identity is recorded, a file it made is put out', async () => {
    const video = fileValue({ filename: 'v.mp4', extension: '.mp4', url: 'https://x/v.mp4' });
    const models = new FakeModels(() => [
      { type: 'text', text: 'see ' },
      { type: 'file', file: video },
    ]);
    const node = llm({ prompt_template: [{ role: 'user', text: 'a{{#s.n#}}' }] });
    const result = await runNode(node, { variables: { 's.n': null }, ports: { models } });
    expect(result.inputs).toEqual({ '#s.n#': '', model_provider: 'langgenius/p/p', model_name: 'm' });
    expect(result.outputs).toMatchObject({ text: 'see [v.mp4](https://x/v.mp4)', files: [video] });
    expect(result.files).toEqual([video]);
  });

  test('a secret of the environment reaches the model and not the records', async () => {
    const environment = [{ name: 'token', type: 'secret', value: 'sk-123456789' }] as const;
    const { messages, result } = await ask(
      { prompt_template: [{ role: 'user', text: 'key {{#env.token#}}' }] },
      { environment },
    );
    expect(messages?.[0]?.content).toBe('key sk-123456789');
    expect(JSON.stringify([result.inputs, result.process_data])).not.toContain('sk-123456789');
  });

  test('usage goes to outputs, metadata and process data', async () => {
    const { result } = await ask({}, {}, 'one two three');
    expect(result.outputs).toMatchObject({ finish_reason: 'stop', usage: { total_tokens: 3 } });
    expect(result.execution_metadata).toEqual({ total_tokens: 3, total_price: '0.003', currency: 'USD' });
    expect(result.process_data).toMatchObject({
      model_mode: 'chat',
      prompts: [{ role: 'user', text: 'hi', files: [] }],
    });
  });

  test('thoughts sent apart are put between tags, or apart when separated', async () => {
    const events = [
      { type: 'reasoning', text: 'hm' },
      { type: 'text', text: 'yes' },
    ] as const;
    const tagged = await runNode(llm(), { ports: { models: new FakeModels(() => events) } });
    expect(tagged.outputs).toMatchObject({ text: '<think>\nhm\n</think>yes', reasoning_content: '' });
    const models = new FakeModels(() => events);
    const separated = await runNode(llm({ reasoning_format: 'separated' }), { ports: { models } });
    expect(separated.outputs).toMatchObject({ text: 'yes', reasoning_content: 'hm' });
  });

  test('without models the node says so', async () => {
    expect((await runNode(llm())).error).toContain('models');
  });
});
