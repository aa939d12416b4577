import { describe, expect, it } from 'vitest';
import { readYaml } from '../yaml/read.ts';
import { resolveDatasetIds } from './datasets.ts';
import { missingDependencies } from './dependencies.ts';
import { readAppFile } from './read.ts';
import { listRequirements, missingRequirements } from './requirements.ts';
import { type AppFile, type GraphAppFile, isGraphAppFile } from './types.ts';
import { writeAppFile } from './write.ts';

function fileWith(...data: Record<string, unknown>[]): GraphAppFile {
  const nodes = data.map((entry, index) => ({ id: `n${index}`, type: 'custom', data: entry }));
  const text = JSON.stringify({
    kind: 'app',
    version: '0.6.0',
    app: { name: 'A', mode: 'workflow' },
    workflow: {
      graph: { nodes, edges: [] },
      environment_variables: [
        { id: '1', name: 'key', value_type: 'secret', value: 'hush' },
        { id: '2', name: 'plain', value_type: 'string', value: 'seen' },
      ],
    },
  });
  const { file } = readAppFile(text);
  if (!isGraphAppFile(file)) throw new Error('not a graph');
  return file;
}

function exported(file: AppFile, includeSecrets: boolean) {
  const read = readAppFile(writeAppFile(file, { includeSecrets })).file;
  if (!isGraphAppFile(read)) throw new Error('not a graph');
  return {
    data: read.workflow.graph.nodes.map((node) => node.data),
    environment: read.workflow.environment_variables.map((variable) => variable.value),
  };
}

describe('writeAppFile', () => {
  it('has the sections of an app file, sorted, in the version of today', () => {
    const text = writeAppFile(fileWith());
    expect(text.split('\n').filter((line) => /^\w/.test(line))).toEqual([
      'app:',
      'dependencies: []',
      'kind: app',
      'version: 0.6.0',
      'workflow:',
    ]);
    expect(readYaml(text)).toMatchObject({ app: { mode: 'workflow', icon_type: 'emoji' } });
  });

  it('leaves out secret variables and credentials, unless asked for them', () => {
    const file = fileWith(
      { type: 'tool', tool_name: 't', credential_id: 'c1' },
      {
        type: 'agent',
        agent_parameters: {
          tools: { type: 'constant', value: [{ tool_name: 'x', credential_id: 'c2' }] },
          one: { type: 'constant', value: { tool_name: 'y', credential_id: 'c3' } },
        },
      },
    );
    const text = writeAppFile(file);
    expect(text).not.toMatch(/hush|c1|c2|c3|credential_id/);
    expect(exported(file, false).environment).toEqual(['', 'seen']);
    const secret = writeAppFile(file, { includeSecrets: true });
    expect(secret).toMatch(/hush/);
    for (const id of ['c1', 'c2', 'c3']) expect(secret).toContain(`credential_id: ${id}`);
  });

  it.each([false, true])('leaves out what is bound to this installation (secrets: %s)', (includeSecrets) => {
    const file = fileWith(
      { type: 'trigger-webhook', webhook_url: 'https://x/1', webhook_debug_url: 'https://x/2' },
      { type: 'trigger-plugin', subscription_id: 's1' },
      { type: 'trigger-schedule', config: { mode: 'cron' } },
      {
        type: 'start',
        variables: [
          { variable: 'a', type: 'file', default: { transfer_method: 'local_file', upload_file_id: 'u1' } },
          {
            variable: 'b',
            type: 'file-list',
            default: [
              { transfer_method: 'local_file', upload_file_id: 'u2' },
              { transfer_method: 'remote_url', url: 'https://x/f', upload_file_id: 'u3', uploadedId: 'u4' },
            ],
          },
          { variable: 'c', type: 'text-input', default: 'kept' },
        ],
      },
    );
    expect(exported(file, includeSecrets).data).toEqual([
      { type: 'trigger-webhook', webhook_url: '', webhook_debug_url: '' },
      { type: 'trigger-plugin', subscription_id: '' },
      { type: 'trigger-schedule', config: expect.objectContaining({ mode: 'visual', frequency: 'daily' }) },
      {
        type: 'start',
        variables: [
          { variable: 'a', type: 'file' },
          {
            variable: 'b',
            type: 'file-list',
            default: [{ transfer_method: 'remote_url', url: 'https://x/f' }],
          },
          { variable: 'c', type: 'text-input', default: 'kept' },
        ],
      },
    ]);
  });

  it('leaves out the credentials of the tools of an agent app', () => {
    const { file } = readAppFile(
      'app: {name: A, mode: agent-chat}\nmodel_config: {agent_mode: {tools: [{tool_name: t, credential_id: c1}]}}',
    );
    expect(writeAppFile(file)).not.toContain('c1');
    expect(writeAppFile(file, { includeSecrets: true })).toContain('c1');
  });

  it('keeps the order of JSON schemas and of declared outputs', () => {
    const schema = { type: 'object', properties: { zebra: { type: 'string' }, ant: { type: 'string' } } };
    const file = fileWith({ type: 'llm', structured_output: { schema } });
    const text = writeAppFile(file);
    expect(text.indexOf('zebra')).toBeLessThan(text.indexOf('ant:'));
  });
});

describe('knowledge ids', () => {
  const id = '0f000000-0000-4000-8000-000000000001';
  const reverse = (text: string) => [...text].toReversed().join('');

  it('#129 come back in the same workspace and are dropped and reported in another', () => {
    const file = fileWith({ type: 'knowledge-retrieval', dataset_ids: [id] });
    const text = writeAppFile(file, { encryptDatasetId: reverse });
    expect(text).not.toContain(id);
    const read = readAppFile(text).file;
    if (!isGraphAppFile(read)) throw new Error('not a graph');
    const same = resolveDatasetIds(read.workflow.graph, reverse);
    expect(same).toMatchObject({ dropped: [], graph: { nodes: [{ data: { dataset_ids: [id] } }] } });
    const other = resolveDatasetIds(read.workflow.graph, () => null);
    expect(other.graph.nodes[0]?.data['dataset_ids']).toEqual([]);
    expect(other.dropped).toEqual([{ nodeId: 'n0', datasetId: reverse(id) }]);
  });

  it('stay when they are plain, even if decryption fails', () => {
    const file = fileWith({ type: 'knowledge-retrieval', dataset_ids: [id, 'junk'] });
    const { graph, dropped } = resolveDatasetIds(file.workflow.graph, () => 'not a uuid');
    expect(graph.nodes[0]?.data['dataset_ids']).toEqual([id]);
    expect(dropped).toEqual([{ nodeId: 'n0', datasetId: 'junk' }]);
  });
});

describe('requirements', () => {
  it('are listed once each with the nodes that need them', () => {
    const model = { provider: 'openai', name: 'm' };
    const file = fileWith(
      { type: 'llm', title: 'One', model },
      {
        type: 'question-classifier',
        title: 'Two',
        model: { ...model, provider: 'langgenius/openai/openai' },
      },
      { type: 'tool', title: 'T', provider_type: 'api', provider_id: 'p', tool_name: 't' },
      {
        type: 'knowledge-retrieval',
        title: 'K',
        dataset_ids: ['d1'],
        retrieval_mode: 'multiple',
        multiple_retrieval_config: {
          reranking_enable: true,
          reranking_model: { provider: 'cohere', model: 'r' },
        },
      },
      { type: 'agent', title: 'A', agent_strategy_provider_name: 'o/p/s', agent_strategy_name: 'react' },
    );
    expect(listRequirements(file)).toEqual([
      {
        kind: 'model',
        modelType: 'llm',
        providerId: 'langgenius/openai/openai',
        name: 'm',
        usedBy: [
          { nodeId: 'n0', title: 'One' },
          { nodeId: 'n1', title: 'Two' },
        ],
      },
      {
        kind: 'tool',
        providerType: 'api',
        providerId: 'p',
        toolName: 't',
        usedBy: [{ nodeId: 'n2', title: 'T' }],
      },
      { kind: 'knowledge', datasetId: 'd1', usedBy: [{ nodeId: 'n3', title: 'K' }] },
      {
        kind: 'model',
        modelType: 'rerank',
        providerId: 'langgenius/cohere/cohere',
        name: 'r',
        usedBy: [{ nodeId: 'n3', title: 'K' }],
      },
      {
        kind: 'agent-strategy',
        providerId: 'o/p/s',
        strategyName: 'react',
        usedBy: [{ nodeId: 'n4', title: 'A' }],
      },
    ]);
    expect(
      missingRequirements(file, (target) => target.kind === 'model').map((missing) => missing.kind),
    ).toEqual(['tool', 'knowledge', 'agent-strategy']);
  });

  it('of a basic app are its model, tools, knowledge and extensions', () => {
    const { file } = readAppFile(
      JSON.stringify({
        app: { name: 'A', mode: 'agent-chat' },
        model_config: {
          model: { provider: 'openai', name: 'm' },
          agent_mode: {
            tools: [
              {
                enabled: true,
                provider_type: 'builtin',
                provider_id: 'x/y/z',
                tool_name: 't',
                tool_parameters: {},
              },
              { enabled: false, provider_type: 'builtin', provider_id: 'x/y/z', tool_name: 'off' },
              { dataset: { enabled: true, id: 'd1' } },
            ],
          },
          dataset_configs: { datasets: { datasets: [{ dataset: { enabled: true, id: 'd2' } }] } },
          sensitive_word_avoidance: { enabled: true, type: 'api', config: { api_based_extension_id: 'e1' } },
        },
      }),
    );
    expect(listRequirements(file).map(({ usedBy, ...target }) => target)).toEqual([
      { kind: 'model', modelType: 'llm', providerId: 'langgenius/openai/openai', name: 'm' },
      { kind: 'tool', providerType: 'builtin', providerId: 'x/y/z', toolName: 't' },
      { kind: 'knowledge', datasetId: 'd1' },
      { kind: 'knowledge', datasetId: 'd2' },
      { kind: 'api-extension', extensionId: 'e1' },
    ]);
  });
});

describe('missingDependencies', () => {
  const dependency = (identifier: string) => ({
    current_identifier: null,
    type: 'marketplace',
    value: { marketplace_plugin_unique_identifier: identifier },
  });

  it('lists plugins that are absent or installed in another version', () => {
    const installed: Record<string, string> = { 'a/one': 'a/one:1.0.0@x', 'a/two': 'a/two:2.0.0@y' };
    const wanted = ['a/one:1.0.0@x', 'a/two:1.0.0@z', 'a/three:1.0.0@w', 'a/one'].map(dependency);
    expect(missingDependencies(wanted, (id) => installed[id] ?? null)).toEqual([
      { ...dependency('a/two:1.0.0@z'), current_identifier: 'a/two:2.0.0@y' },
      dependency('a/three:1.0.0@w'),
    ]);
  });
});
