import { describe, expect, it } from 'vitest';
import { checkGraph } from '../checklist/check.ts';
import { placeNodes } from '../graph/layout.ts';
import { parseGraph } from '../graph/parse.ts';
import { type ConvertOptions, convertToGraphApp } from './convert.ts';
import { readAppFile } from './read.ts';
import { newAppWorkflow } from './templates.ts';
import { isGraphAppFile } from './types.ts';
import { writeAppFile } from './write.ts';

const model = { provider: 'openai', name: 'm', mode: 'chat', completion_params: { temperature: 0.5 } };

function convert(mode: string, config: object, options: ConvertOptions = {}) {
  const { file } = readAppFile(
    JSON.stringify({ app: { name: 'Old', mode, icon: 'x' }, model_config: { model, ...config } }),
  );
  if (isGraphAppFile(file)) throw new Error('not a basic app');
  const converted = convertToGraphApp(file, options);
  const { graph } = converted.file.workflow;
  const data = (id: string) => graph.nodes.find((node) => node.id === id)?.data;
  return { ...converted, graph, data, ids: graph.nodes.map((node) => node.id) };
}

const form = [
  { paragraph: { label: 'City', variable: 'city', required: true } },
  { select: { label: 'Tone', variable: 'tone', options: ['a', 'b'] } },
];
const extension: ConvertOptions = { findExtension: () => ({ endpoint: 'https://x/api', apiKey: 'k' }) };
const dataset_configs = {
  retrieval_model: 'multiple',
  top_k: 3,
  datasets: {
    datasets: [{ dataset: { enabled: true, id: 'd1' } }, { dataset: { enabled: false, id: 'd2' } }],
  },
};

describe('convertToGraphApp', () => {
  it('makes a chatflow of a chat app, with its form, prompt, memory and features', () => {
    const { file, data, ids } = convert('chat', {
      user_input_form: form,
      pre_prompt: 'Tell me of {{city}} in {{ tone }}, {{other}}.',
      opening_statement: 'Hello',
    });
    expect(file).toMatchObject({ mode: 'advanced-chat', app: { name: 'Old(workflow)', icon: 'x' } });
    expect(ids).toEqual(['start', 'llm', 'answer']);
    expect(data('start')).toMatchObject({
      variables: [
        { variable: 'city', type: 'paragraph', required: true },
        { variable: 'tone', type: 'select', options: ['a', 'b'] },
      ],
    });
    expect(data('llm')).toMatchObject({
      model: { provider: 'langgenius/openai/openai', name: 'm', mode: 'chat' },
      prompt_template: [
        { role: 'system', text: 'Tell me of {{#start.city#}} in {{#start.tone#}}, {{other}}.' },
      ],
      memory: { window: { enabled: false }, query_prompt_template: '{{#sys.query#}}' },
      context: { enabled: false },
      vision: { enabled: false },
    });
    expect(data('answer')).toMatchObject({ answer: '{{#llm.text#}}' });
    expect(file.workflow.features).toMatchObject({ opening_statement: 'Hello' });
  });

  it('makes a workflow of a completion app', () => {
    const { file, data, ids } = convert('completion', {
      user_input_form: form,
      pre_prompt: '{{city}}',
      dataset_configs,
      dataset_query_variable: 'city',
    });
    expect(file.mode).toBe('workflow');
    expect(ids).toEqual(['start', 'knowledge_retrieval', 'llm', 'end']);
    expect(data('knowledge_retrieval')).toMatchObject({
      query_variable_selector: ['start', 'city'],
      dataset_ids: ['d1'],
      retrieval_mode: 'multiple',
      multiple_retrieval_config: { top_k: 3 },
    });
    const prompt = data('llm')?.['prompt_template'];
    expect(prompt).toEqual([
      { role: 'user', text: expect.stringMatching(/\{\{#context#\}\}.*\{\{#start\.city#\}\}$/s) },
    ]);
    expect(data('llm')).toMatchObject({
      context: { enabled: true, variable_selector: ['knowledge_retrieval', 'result'] },
    });
    expect(data('llm')).not.toHaveProperty('memory');
    expect(data('end')).toMatchObject({ outputs: [{ variable: 'result', value_selector: ['llm', 'text'] }] });
    expect(Object.keys(file.workflow.features)).toEqual([
      'text_to_speech',
      'file_upload',
      'sensitive_word_avoidance',
    ]);
  });

  it('keeps expert prompts of chat and of completion models', () => {
    const chat = convert('chat', {
      user_input_form: form,
      prompt_type: 'advanced',
      chat_prompt_config: {
        prompt: [
          { role: 'system', text: '{{city}}' },
          { role: 'assistant', text: 'ok' },
        ],
      },
    });
    expect(chat.data('llm')?.['prompt_template']).toEqual([
      { role: 'system', text: '{{#start.city#}}' },
      { role: 'assistant', text: 'ok' },
    ]);
    const completion = convert('chat', {
      model: { ...model, mode: 'completion' },
      prompt_type: 'advanced',
      completion_prompt_config: {
        prompt: { text: '{{#histories#}} {{#query#}}' },
        conversation_histories_role: { user_prefix: 'U', assistant_prefix: '' },
      },
    });
    expect(completion.data('llm')).toMatchObject({
      prompt_template: { text: '{{#histories#}} {{#sys.query#}}' },
      memory: { role_prefix: { user: 'U', assistant: 'Assistant' } },
    });
  });

  it('asks API data tools before the model, and says which are gone', () => {
    const config = {
      user_input_form: form,
      pre_prompt: '{{weather}}',
      external_data_tools: [
        {
          enabled: true,
          type: 'api',
          variable: 'weather',
          label: 'Weather',
          config: { api_based_extension_id: 'e' },
        },
        { enabled: false, type: 'api', variable: 'off', label: 'Off', config: {} },
      ],
    };
    const { ids, data, leftOut } = convert('chat', config, extension);
    expect(ids).toEqual(['start', 'http_request_1', 'code_1', 'llm', 'answer']);
    expect(leftOut).toEqual([]);
    expect(data('llm')?.['prompt_template']).toEqual([{ role: 'system', text: '{{#code_1.result#}}' }]);
    const request = data('http_request_1');
    expect(request).toMatchObject({ method: 'post', url: 'https://x/api' });
    const body = request?.['body'] as { data: { value: string }[] };
    expect(JSON.parse(body.data[0]?.value ?? '')).toEqual({
      point: 'app.external_data_tool.query',
      params: {
        app_id: '{{#sys.app_id#}}',
        tool_variable: 'weather',
        inputs: { city: '{{#start.city#}}', tone: '{{#start.tone#}}' },
        query: '{{#sys.query#}}',
      },
    });
    expect(convert('chat', config).leftOut).toEqual(['Weather']);
  });

  it('says which tools of an agent were left out', () => {
    const tool = {
      enabled: true,
      provider_type: 'builtin',
      provider_id: 'p',
      tool_name: 'search',
      tool_parameters: {},
    };
    expect(convert('agent-chat', { agent_mode: { enabled: true, tools: [tool] } }).leftOut).toEqual([
      'search',
    ]);
  });

  it('shows images to the model where users may upload them', () => {
    const file_upload = {
      image: { enabled: true, number_limits: 1, transfer_methods: ['local_file'], detail: 'low' },
    };
    expect(convert('chat', { file_upload }).data('llm')).toMatchObject({
      vision: { enabled: true, configs: { variable_selector: ['sys', 'files'], detail: 'low' } },
    });
  });

  it.each(['chat', 'agent-chat', 'completion'])(
    'makes graphs of %s apps that run, pass the checklist and export',
    (mode) => {
      const config = {
        user_input_form: form,
        pre_prompt: 'On {{city}}: {{weather}}',
        dataset_configs,
        dataset_query_variable: 'city',
        external_data_tools: [
          {
            enabled: true,
            type: 'api',
            variable: 'weather',
            label: 'W',
            config: { api_based_extension_id: 'e' },
          },
        ],
      };
      const { file, graph } = convert(mode, config, extension);
      expect(parseGraph(graph).nodes).toHaveLength(6);
      expect(checkGraph(graph, { mode: file.mode, purpose: 'publish' })).toEqual([]);
      expect(readAppFile(writeAppFile(file, { includeSecrets: true })).file).toMatchObject({
        mode: file.mode,
      });
    },
  );

  it('leaves places open, which the canvas fills from left to right', () => {
    const { graph } = convert('chat', { pre_prompt: 'x' });
    expect(graph.nodes.every((node) => node['position'] === null)).toBe(true);
    expect(placeNodes(graph).nodes.map((node) => node['position'])).toEqual([
      { x: 80, y: 282 },
      { x: 380, y: 282 },
      { x: 680, y: 282 },
    ]);
  });
});

describe('newAppWorkflow', () => {
  it('begins a chatflow with a graph that only lacks its model', () => {
    const section = newAppWorkflow('advanced-chat', '1754154032319');
    expect(section.features).toEqual({ retriever_resource: { enabled: true } });
    expect(parseGraph(section.graph).nodes.map((node) => node.id)).toEqual([
      '1754154032319',
      'llm',
      'answer',
    ]);
    expect(checkGraph(section.graph, { mode: 'advanced-chat' }).map((issue) => issue.field)).toEqual([
      'model',
    ]);
  });

  it('begins a workflow empty', () => {
    expect(newAppWorkflow('workflow', '1').graph).toEqual({ nodes: [], edges: [] });
  });
});
