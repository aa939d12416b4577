import { emptyUsage } from '@trellis/contracts';
import { describe, expect, test } from 'vitest';
import type { AgentPort, RetrievalRequest } from '../ports/index.ts';
import { fakeDocuments, runNode } from '../testing/index.ts';
import { fileValue } from '../values/file.ts';

describe('start', () => {
  test('a declared input that was not given is its default, or null', async () => {
    const variables = [
      { variable: 'a', label: '', type: 'text-input', required: false },
      { variable: 'b', label: '', type: 'number', required: false, default: 5 },
    ];
    expect((await runNode({ type: 'start', variables })).outputs).toEqual({ a: null, b: 5 });
  });

  const variable = (more: object = {}) => ({
    variable: 'o',
    label: 'o',
    type: 'json_object',
    required: true,
    ...more,
  });
  const schema = { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] };
  const start = (given: unknown, more: object = {}) =>
    runNode({ type: 'start', variables: [variable(more)] }, { inputs: { o: given } });

  test('#106 JSON text and JSON objects are read, the schema is checked', async () => {
    expect((await start('{"a": 1}', { json_schema: schema })).outputs).toEqual({ o: { a: 1 } });
    expect((await start({ a: 1 }, { json_schema: JSON.stringify(schema) })).outputs).toEqual({ o: { a: 1 } });
    expect((await start({ a: 'x' }, { json_schema: schema })).status).toBe('failed');
  });

  test('#106 blank text is none where the variable is optional', async () => {
    expect((await start('  ', { required: false })).outputs).toEqual({ o: null });
    expect((await start('  ')).status).toBe('failed');
  });

  test.each([['{broken'], ['[1]'], [5]])('#106 %j is refused', async (given) => {
    expect((await start(given)).status).toBe('failed');
  });
});

describe('document-extractor', () => {
  const documents = fakeDocuments({ 'a.txt': 'A', 'b.txt': 'B' });
  const file = (filename: string) => fileValue({ filename, extension: '.txt' });
  const extract = (value: unknown) =>
    runNode(
      { type: 'document-extractor', variable_selector: ['s', 'f'] },
      { variables: value === undefined ? {} : { 's.f': value }, ports: { documents } },
    );

  test('#103 one file gives a text, a list gives a list, nothing gives an empty list', async () => {
    expect((await extract(file('a.txt'))).outputs).toEqual({ text: 'A' });
    expect((await extract([file('a.txt'), file('b.txt')])).outputs).toEqual({ text: ['A', 'B'] });
    expect((await extract([])).outputs).toEqual({ text: [] });
    expect((await extract(null)).outputs).toEqual({ text: [] });
  });

  test.each([
    ['one failing file', [file('a.txt'), file('unknown.bin')]],
    ['something else', 'text'],
    ['a missing variable', undefined],
  ])('#103 %s fails the node', async (_name, value) => {
    expect((await extract(value)).status).toBe('failed');
  });
});

describe('knowledge-retrieval', () => {
  const passage = (content: string, score: number) => ({
    metadata: { score, dataset_id: 'd' },
    title: content,
    content,
    files: [],
    summary: null,
  });

  async function search(data: object, variables: Readonly<Record<string, unknown>>) {
    const requests: RetrievalRequest[] = [];
    const retrieval = {
      retrieve: async (request: RetrievalRequest) => {
        requests.push(request);
        return { passages: [passage('low', 0.1), passage('high', 0.9)], usage: emptyUsage };
      },
    };
    const node = {
      type: 'knowledge-retrieval',
      query_variable_selector: ['s', 'q'],
      dataset_ids: ['d'],
      ...data,
    };
    return { result: await runNode(node, { variables, ports: { retrieval } }), requests };
  }

  test('gives passages by score, numbered from 1', async () => {
    const { result } = await search({}, { 's.q': 'cats' });
    expect(result.inputs).toEqual({ query: 'cats' });
    expect(result.outputs?.['result']).toMatchObject([
      { content: 'high', metadata: { position: 1, _source: 'knowledge' } },
      { content: 'low', metadata: { position: 2 } },
    ]);
  });

  test('a condition that is one placeholder keeps its type, others are text', async () => {
    const metadata_filtering_conditions = {
      logical_operator: 'and',
      conditions: [
        { name: 'year', comparison_operator: '=', value: '{{#s.year#}}' },
        { name: 'author', comparison_operator: 'is', value: 'Dr. {{#s.name#}}' },
      ],
    };
    const data = { metadata_filtering_mode: 'manual', metadata_filtering_conditions };
    const { requests } = await search(data, { 's.q': 'cats', 's.year': 2020, 's.name': 'X' });
    expect(requests[0]?.metadataConditions?.conditions.map(({ value }) => value)).toEqual([2020, 'Dr. X']);
  });

  test('without selectors it succeeds with nothing; a query that is no text fails', async () => {
    expect((await search({ query_variable_selector: [] }, {})).result.outputs).toEqual({});
    expect((await search({}, { 's.q': 5 })).result.status).toBe('failed');
  });

  test('a weighted score without weights and choosing without a model fail', async () => {
    const multiple_retrieval_config = { top_k: 2, reranking_enable: true, reranking_mode: 'weighted_score' };
    expect((await search({ multiple_retrieval_config }, { 's.q': 'c' })).result.status).toBe('failed');
    expect((await search({ retrieval_mode: 'single' }, { 's.q': 'c' })).result.status).toBe('failed');
  });
});

describe('agent', () => {
  const model = {
    provider: 'p',
    model: 'm',
    model_type: 'llm',
    type: 'model-selector',
    completion_params: {},
  };
  const tool = (tool_name: string, more: object = {}) => ({
    enabled: true,
    type: 'builtin',
    provider_name: 'p',
    tool_name,
    parameters: {
      city: { auto: 0, value: { type: 'variable', value: ['s', 'city'] } },
      free: { auto: 1, value: null },
    },
    ...more,
  });

  async function work(agent_parameters: object, variables: Readonly<Record<string, unknown>> = {}) {
    const calls: Readonly<Record<string, unknown>>[] = [];
    const agents: AgentPort = {
      resolve: async () => ({
        icon: null,
        parameters: new Set(['query', 'model', 'tools', 'settings']),
        metaVersion: '0.0.1',
        async *invoke({ parameters }) {
          calls.push(parameters);
          yield { type: 'log', log: { id: '1', label: 'round', status: 'success' } };
          yield { type: 'text', text: 'done' };
          yield { type: 'json', json: { a: 1 } };
        },
      }),
    };
    const node = { type: 'agent', agent_strategy_name: 'react', agent_parameters };
    return { result: await runNode(node, { variables, ports: { agents } }), parameters: calls[0] };
  }

  test('puts out text, logs before JSON, and its metadata', async () => {
    const { result } = await work(
      { query: { type: 'constant', value: 'hi {{#s.name#}}' } },
      { 's.name': 'Ada' },
    );
    expect(result.inputs).toEqual({ query: 'hi Ada' });
    expect(result.outputs).toMatchObject({ text: 'done', files: [], json: [{ id: '1' }, { a: 1 }] });
    expect(result.execution_metadata).toMatchObject({
      tool_info: { agent_strategy: 'react' },
      agent_log: [{ id: '1' }],
    });
  });

  test('drops disabled and MCP tools for old strategies, fixes set parameters, nulls unknown ones', async () => {
    const tools = [tool('a'), tool('b', { enabled: false }), tool('c', { type: 'mcp' })];
    const { parameters } = await work(
      {
        model: { type: 'constant', value: model },
        tools: { type: 'constant', value: tools },
        unknown: { type: 'constant', value: 'x' },
      },
      { 's.city': 'Ghent' },
    );
    expect(parameters?.['unknown']).toBeNull();
    expect(parameters?.['tools']).toMatchObject([
      { tool_name: 'a', parameters: { city: { value: { value: 'Ghent' } }, free: { auto: 1 } } },
    ]);
    expect(parameters?.['tools']).toHaveLength(1);
  });

  test('constants that are not text are templated as JSON', async () => {
    const settings = { type: 'constant', value: { depth: 2, name: '{{#s.name#}}' } };
    const { parameters } = await work({ settings }, { 's.name': 'Ada' });
    expect(parameters?.['settings']).toEqual({ depth: 2, name: 'Ada' });
  });

  test('without agents the node says so', async () => {
    const result = await runNode({ type: 'agent', agent_strategy_name: 'react', agent_parameters: {} });
    expect(result.error).toContain('agents');
  });
});

describe('triggers', () => {
  test.each(['trigger-webhook', 'trigger-schedule', 'trigger-plugin'])(
    '%s puts out what the run was given',
    async (type) => {
      const result = await runNode({ type }, { inputs: { a: 1 }, system: { user_id: 'u' } });
      expect(result.outputs).toEqual({ a: 1, 'sys.user_id': 'u' });
    },
  );

  test('a plugin event is named in the metadata', async () => {
    const result = await runNode({ type: 'trigger-plugin', provider_id: 'p', event_name: 'e' });
    expect(result.execution_metadata?.['trigger_info']).toMatchObject({ provider_id: 'p', event_name: 'e' });
  });
});

describe('knowledge pipelines', () => {
  test('a datasource puts out its file or page', async () => {
    const file = fileValue({ filename: 'a.txt' });
    const local = await runNode(
      { type: 'datasource' },
      { variables: { 'sys.datasource_type': 'local_file', 'sys.datasource_info': file } },
    );
    expect(local.outputs).toEqual({ file, datasource_type: 'local_file' });
    const page = { content: 'text', title: 'T' };
    const crawl = await runNode(
      { type: 'datasource' },
      { variables: { 'sys.datasource_type': 'website_crawl', 'sys.datasource_info': page } },
    );
    expect(crawl.outputs).toEqual({ ...page, datasource_type: 'website_crawl' });
  });

  test('knowledge-index without chunks fails', async () => {
    expect(
      (await runNode({ type: 'knowledge-index', index_chunk_variable_selector: ['s', 'c'] })).status,
    ).toBe('failed');
  });
});
