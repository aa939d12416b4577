import { describe, expect, it } from 'vitest';
import type { BasicAppMode } from '../app-file/types.ts';
import { completeModelConfig, modelConfigKeys } from './defaults.ts';
import { checkModelConfig } from './validate.ts';

const model = { provider: 'openai', name: 'm', mode: 'chat', completion_params: { temperature: 0.5 } };

function pathsOf(config: object, mode: BasicAppMode = 'chat'): string[] {
  const checked = checkModelConfig({ model, ...config }, mode);
  return checked.ok ? [] : checked.issues.map((issue) => issue.path);
}

function checkedOf(config: object, mode: BasicAppMode = 'chat') {
  const checked = checkModelConfig({ model, ...config }, mode);
  if (!checked.ok) throw new Error(JSON.stringify(checked.issues));
  return checked;
}

const text = { label: 'L', variable: 'v' };
const tool = { provider_type: 'builtin', provider_id: 'p', tool_name: 't', tool_parameters: {} };

describe('checkModelConfig', () => {
  it.each<[config: object, paths: string[]]>([
    [{}, []],
    [{ model: { ...model, provider: '' } }, ['model.provider']],
    [{ model: { provider: 'p', name: 'm' } }, ['model.completion_params']],
    [
      { model: { ...model, completion_params: { stop: ['1', '2', '3', '4', '5'] } } },
      ['model.completion_params.stop'],
    ],
    [{ opening_statement: 1 }, ['opening_statement']],
    [{ user_input_form: [{ 'text-input': text }] }, []],
    [{ user_input_form: [{ 'text-input': { variable: 'v' } }] }, ['user_input_form.0.text-input.label']],
    [
      { user_input_form: [{ 'text-input': { label: 'L', variable: '1v' } }] },
      ['user_input_form.0.text-input.variable'],
    ],
    [
      { user_input_form: [{ 'text-input': { label: 'L', variable: 'a b' } }] },
      ['user_input_form.0.text-input.variable'],
    ],
    [{ user_input_form: [{ 'text-input': { label: 'L', variable: '城市🚀' } }] }, []],
    [
      { user_input_form: [{ 'text-input': { label: 'L', variable: 'x'.repeat(101) } }] },
      ['user_input_form.0.text-input.variable'],
    ],
    [{ user_input_form: [{ slider: text }] }, ['user_input_form.0']],
    [{ user_input_form: [{ 'text-input': text, select: text }] }, ['user_input_form.0']],
    [{ user_input_form: [{ select: { ...text, options: ['a'], default: 'a' } }] }, []],
    [
      { user_input_form: [{ select: { ...text, options: ['a'], default: 'b' } }] },
      ['user_input_form.0.select.default'],
    ],
    [{ user_input_form: [{ 'text-input': text }, { number: text }] }, ['user_input_form']],
    [
      { external_data_tools: [{ enabled: true, label: 'x' }] },
      ['external_data_tools.0.variable', 'external_data_tools.0.type'],
    ],
    [{ external_data_tools: [{ enabled: false }] }, []],
    [{ prompt_type: 'expert' }, ['prompt_type']],
    [
      { chat_prompt_config: { prompt: Array.from({ length: 11 }, () => ({ role: 'user', text: '' })) } },
      ['chat_prompt_config.prompt'],
    ],
    [{ chat_prompt_config: { prompt: [{ role: 'robot', text: '' }] } }, ['chat_prompt_config.prompt.0.role']],
    [{ agent_mode: { enabled: true, strategy: 'guess' } }, ['agent_mode.strategy']],
    [{ agent_mode: { enabled: true, tools: [tool] } }, []],
    [
      { agent_mode: { enabled: true, tools: [{ ...tool, tool_name: '' }] } },
      ['agent_mode.tools.0.tool_name'],
    ],
    [
      { agent_mode: { enabled: true, tools: [{ ...tool, tool_parameters: null }] } },
      ['agent_mode.tools.0.tool_parameters'],
    ],
    [{ agent_mode: { enabled: true, tools: [{ wikipedia: { enabled: true } }] } }, []],
    [{ agent_mode: { enabled: true, tools: [{ other: {} }] } }, ['agent_mode.tools.0']],
    [{ dataset_configs: { retrieval_model: 'both' } }, ['dataset_configs.retrieval_model']],
    [
      { sensitive_word_avoidance: { enabled: true, type: 'api', config: {} } },
      ['sensitive_word_avoidance.config', 'sensitive_word_avoidance.config.api_based_extension_id'],
    ],
  ])('finds in %j: %j', (config, paths) => {
    expect(pathsOf(config)).toEqual(paths);
  });

  it('wants the query variable of a completion app with knowledge', () => {
    const dataset_configs = { datasets: { datasets: [{ dataset: { enabled: true, id: 'd' } }] } };
    expect(pathsOf({ dataset_configs }, 'completion')).toEqual(['dataset_query_variable']);
    expect(pathsOf({ dataset_configs, dataset_query_variable: 'q' }, 'completion')).toEqual([]);
    expect(pathsOf({ dataset_configs })).toEqual([]);
  });

  it('keeps the keys that the mode has and drops all others', () => {
    const given = { opening_statement: 'hi', more_like_this: { enabled: true }, own: 1 };
    expect(Object.keys(checkedOf(given).stored)).toContain('opening_statement');
    expect(checkedOf(given).stored).not.toHaveProperty('more_like_this');
    expect(checkedOf(given, 'completion').stored).not.toHaveProperty('opening_statement');
    expect(checkedOf(given, 'completion').stored).toHaveProperty('more_like_this');
    expect(checkedOf(given).stored).not.toHaveProperty('own');
  });

  it('writes what validation decides: full provider, stop list, retrieval, strategy, silent speech', () => {
    const { stored } = checkedOf(
      { dataset_configs: {}, text_to_speech: { enabled: false, voice: 'v' }, agent_mode: { enabled: true } },
      'agent-chat',
    );
    expect(stored).toMatchObject({
      model: { provider: 'langgenius/openai/openai', completion_params: { temperature: 0.5, stop: [] } },
      dataset_configs: { retrieval_model: 'single' },
      agent_mode: { strategy: 'router' },
      text_to_speech: { voice: '' },
    });
  });

  it('reads either spelling of the reranking flag, that of the console first', () => {
    const read = (dataset_configs: object) => checkedOf({ dataset_configs }).config.dataset_configs;
    expect(read({ reranking_enable: false, reranking_enabled: true }).reranking_enable).toBe(false);
    expect(read({ reranking_enabled: false }).reranking_enable).toBe(false);
    expect(read({}).reranking_enable).toBe(true);
  });

  it('retrieves from one knowledge base when the mode is missing, from several when everything is', () => {
    expect(checkedOf({ dataset_configs: {} }).config.dataset_configs.retrieval_model).toBe('single');
    expect(checkedOf({ dataset_configs: null }).config.dataset_configs.retrieval_model).toBe('multiple');
  });

  it('refuses what is no mapping', () => {
    expect(checkModelConfig([], 'chat')).toMatchObject({ ok: false });
  });
});

describe('completeModelConfig', () => {
  it('adds every key once and changes none that is there', () => {
    const complete = completeModelConfig({ pre_prompt: 'p', own: 1 });
    expect(Object.keys(complete).sort()).toEqual([...modelConfigKeys, 'own'].sort());
    expect(complete).toMatchObject({ pre_prompt: 'p', own: 1, prompt_type: 'simple' });
    expect(completeModelConfig(complete)).toEqual(complete);
  });
});
