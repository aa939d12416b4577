import { describe, expect, it } from 'vitest';
import { AppFileError } from './errors.ts';
import { readAppFile, readPipelineFile } from './read.ts';
import { writeAppFile, writePipelineFile } from './write.ts';

function codeOf(text: string): string {
  try {
    readAppFile(text);
  } catch (error) {
    if (error instanceof AppFileError) return error.code;
    throw error;
  }
  return 'read';
}

const chatflow = 'app: {name: A, mode: advanced-chat}\nworkflow: {graph: {nodes: [], edges: []}}\n';

describe('readAppFile', () => {
  it.each([
    ['not_a_mapping', '- a\n- b'],
    ['not_a_mapping', ''],
    ['yaml_invalid', 'a: "'],
    ['yaml_forbidden_tag', 'app: !!python/object:os.system {}'],
    ['invalid_version_type', `version: 0.1\n${chatflow}`],
    ['invalid_version_type', `version: 1\n${chatflow}`],
    ['invalid_version', `version: newest\n${chatflow}`],
    ['missing_app', 'kind: app\nversion: 0.6.0'],
    ['missing_app', 'kind: other\nversion: 0.6.0\napp: {}'],
    ['missing_mode', 'app: {name: A}'],
    ['unknown_mode', 'app: {name: A, mode: channel}'],
    ['missing_workflow', 'app: {name: A, mode: workflow}'],
    ['missing_model_config', 'app: {name: A, mode: chat}'],
    ['invalid_graph', 'app: {name: A, mode: workflow}\nworkflow: {graph: {nodes: 1}}'],
    ['invalid_variable', `${chatflow.trimEnd().slice(0, -1)}, environment_variables: [{name: a}]}`],
    ['wrong_kind', 'kind: rag_pipeline\nversion: 0.1.0'],
    ['read', chatflow],
  ])('#126 answers %s for %j', (code, text) => {
    expect(codeOf(text)).toBe(code);
  });

  it('fills in what a minimal file leaves out', () => {
    const { file, status, fileVersion } = readAppFile(chatflow);
    expect({ status, fileVersion }).toEqual({ status: 'completed-with-warnings', fileVersion: '0.1.0' });
    expect(file).toEqual({
      mode: 'advanced-chat',
      app: {
        name: 'A',
        description: '',
        icon_type: 'emoji',
        icon: '',
        icon_background: '#FFFFFF',
        use_icon_as_answer_icon: false,
      },
      dependencies: [],
      workflow: {
        graph: { nodes: [], edges: [] },
        features: {},
        environment_variables: [],
        conversation_variables: [],
      },
      extra: {},
    });
  });

  it('keeps keys that it does not know, everywhere', () => {
    const { file } = readAppFile(
      'note: top\napp: {name: A, mode: workflow, colour: red}\nworkflow: {later: 1, graph: {zoom: 2, nodes: [{id: 1, glow: true, data: {type: llm, x: 3}}], edges: [{source: a, target: b, y: 4}]}}',
    );
    expect(file).toMatchObject({
      extra: { note: 'top' },
      app: { colour: 'red' },
      workflow: {
        later: 1,
        graph: {
          zoom: 2,
          nodes: [{ id: '1', glow: true, data: { x: 3 } }],
          edges: [{ y: 4 }],
        },
      },
    });
    expect(readAppFile(writeAppFile(file)).file).toEqual(file);
  });

  it.each(['chat', 'agent-chat', 'completion'])('gives the configuration of a %s app every key', (mode) => {
    const { file } = readAppFile(`app: {name: A, mode: ${mode}}\nmodel_config: {pre_prompt: hi, own: 1}`);
    expect(file).toMatchObject({
      mode,
      model_config: { pre_prompt: 'hi', own: 1, prompt_type: 'simple', user_input_form: [] },
    });
    expect(readAppFile(writeAppFile(file)).file).toEqual(file);
  });

  it('finds the plugins of files that are too old to list them', () => {
    const nodes = [
      '{id: a, data: {type: llm, model: {provider: google, name: g}}}',
      '{id: b, data: {type: tool, provider_type: builtin, provider_id: jina, tool_name: t}}',
      '{id: c, data: {type: agent, agent_strategy_provider_name: x/agent/agent, agent_parameters: {m: {type: constant, value: {type: model-selector, provider: x/y/z, model: m}}}}}',
    ];
    const text = `app: {name: A, mode: workflow}\nworkflow: {graph: {nodes: [${nodes.join(',')}]}}`;
    const ids = (version: string) =>
      readAppFile(`version: ${version}\n${text}`).file.dependencies.map(
        (dependency) => dependency.value['marketplace_plugin_unique_identifier'],
      );
    expect(ids('0.1.5')).toEqual(['langgenius/gemini', 'langgenius/jina_tool', 'x/agent', 'x/y']);
    expect(ids('0.2.0')).toEqual([]);
  });
});

describe('readPipelineFile', () => {
  const pipeline =
    'kind: rag_pipeline\nversion: 0.1.0\nrag_pipeline: {name: P, icon: "📙"}\nworkflow: {graph: {nodes: [{id: k, data: {type: knowledge-index}}]}, rag_pipeline_variables: [{variable: v, belong_to_node_id: shared}]}';

  it('reads what it writes', () => {
    const { file, status } = readPipelineFile(pipeline);
    expect(status).toBe('completed');
    expect(file.rag_pipeline.name).toBe('P');
    expect(file.workflow.rag_pipeline_variables).toEqual([{ variable: 'v', belong_to_node_id: 'shared' }]);
    expect(readPipelineFile(writePipelineFile(file)).file).toEqual(file);
  });

  it('wants a knowledge base node and the right kind', () => {
    expect(() => readPipelineFile(pipeline.replace('knowledge-index', 'llm'))).toThrow('knowledge base node');
    expect(() => readPipelineFile(chatflow)).toThrow('not the file of a knowledge pipeline');
  });
});
