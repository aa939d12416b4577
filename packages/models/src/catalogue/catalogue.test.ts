import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { canonicalProviderId, loadCatalogue, pluginIdOf, storedProviderIds } from '../index.ts';
import { adapterNames } from '../schema/provider.ts';

const catalogue = loadCatalogue();
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function overlay(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'catalogue-'));
  folders.push(folder);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

describe('provider ids', () => {
  it.each([
    ['openai', 'langgenius/openai/openai'],
    ['google', 'langgenius/gemini/google'],
    ['langgenius/google/google', 'langgenius/gemini/google'],
    ['acme/foo/bar', 'acme/foo/bar'],
  ])('%s is %s', (id, canonical) => {
    expect(canonicalProviderId(id)).toBe(canonical);
  });

  it.each(['a/b', 'a/b/c/d', 'Open AI', 'a//b', '../x/y'])('%s is refused', (id) => {
    expect(() => canonicalProviderId(id)).toThrow(expect.objectContaining({ code: 'malformed' }));
  });

  it('that are empty are nothing to be found', () => {
    expect(() => canonicalProviderId('')).toThrow(expect.objectContaining({ code: 'empty' }));
  });

  it('are looked up in old records by the short name too', () => {
    expect(storedProviderIds('google')).toEqual(['langgenius/gemini/google', 'google']);
    expect(storedProviderIds('acme/foo/bar')).toEqual(['acme/foo/bar']);
    expect(pluginIdOf('google')).toBe('langgenius/gemini');
  });
});

describe('the shipped catalogue', () => {
  it('finds providers by canonical and short id, and nothing for unknown or malformed ones', () => {
    expect(catalogue.findProvider('google')?.id).toBe('langgenius/gemini/google');
    expect(catalogue.findProvider('langgenius/openai/openai')?.provider).toBe('openai');
    for (const id of ['nobody', '', 'a/b', 'Open AI']) expect(catalogue.findProvider(id)).toBeUndefined();
    expect(() => catalogue.provider('nobody')).toThrow('Provider nobody does not exist.');
  });

  it('lists its providers in the product order, the others last', () => {
    expect(catalogue.providers().map((provider) => provider.provider)).toEqual([
      'openai',
      'deepseek',
      'anthropic',
      'azure_openai',
      'google',
      'openrouter',
      'ollama',
      'openai_api_compatible',
      'demo',
    ]);
  });

  it.each(catalogue.providers().map((provider) => [provider.provider, provider] as const))(
    '%s is complete and sane',
    (_name, provider) => {
      expect(catalogue.iconPath(provider.id, 'icon_small')).toMatch(/\.svg$/u);
      for (const type of provider.supported_model_types) {
        const endpoint = provider.runtime[type];
        expect(adapterNames[type] as readonly string[]).toContain(endpoint?.adapter);
      }
      const models = catalogue.models(provider.id);
      for (const model of models) {
        expect(provider.supported_model_types).toContain(model.model_type);
        if (model.model_type === 'llm') expect(model.model_properties.context_size).toBeGreaterThan(0);
        for (const price of [model.pricing?.input, model.pricing?.output]) {
          const perMillion = Number(price ?? 0) * Number(model.pricing?.unit ?? 0) * 1_000_000;
          expect(perMillion).toBeLessThan(1000);
        }
        expect(new Set(model.parameter_rules.map((rule) => rule.name)).size).toBe(
          model.parameter_rules.length,
        );
        for (const rule of model.parameter_rules) {
          if (typeof rule.default === 'number' && rule.max !== null)
            expect(rule.default).toBeLessThanOrEqual(rule.max);
          if (rule.options.length > 0 && rule.default !== null) expect(rule.options).toContain(rule.default);
        }
      }
      const validate = provider.runtime.validate;
      if (validate !== undefined) expect(models.map((model) => model.model)).toContain(validate.model);
    },
  );

  it('keeps the ids that old app files hold', () => {
    const old: [string, string][] = [
      ['openai', 'gpt-4o'],
      ['openai', 'gpt-3.5-turbo-0125'],
      ['openai', 'gpt-3.5-turbo-instruct'],
      ['google', 'gemini-2.0-flash-exp'],
      ['deepseek', 'deepseek-chat'],
      ['anthropic', 'claude-3-5-sonnet-20240620'],
    ];
    for (const [provider, model] of old)
      expect(catalogue.findModel(provider, 'llm', model), model).toBeDefined();
    expect(catalogue.findModel('openai', 'llm', 'gpt-4o')?.deprecated).toBe(true);
  });

  it('gives an unknown model a definition that lets it run', () => {
    const schema = catalogue.modelSchema({ provider: 'openai', type: 'llm', model: 'gpt-99' });
    expect(schema).toMatchObject({
      inferred: true,
      pricing: null,
      model_properties: { mode: 'chat', context_size: 128_000 },
    });
    expect(schema.parameter_rules.map((rule) => rule.name)).toEqual(['temperature', 'top_p', 'max_tokens']);
  });

  it('gives a fine-tuned model the definition of its base without the price', () => {
    const schema = catalogue.modelSchema({
      provider: 'openai',
      type: 'llm',
      model: 'ft:gpt-4.1-mini:acme::1',
    });
    expect(schema).toMatchObject({ model: 'ft:gpt-4.1-mini:acme::1', pricing: null, inferred: true });
    expect(schema.features).toContain('vision');
  });

  it('takes an Azure deployment for the model behind it', () => {
    const credentials = { base_model_name: 'gpt-4o', openai_api_base: 'https://x' };
    const schema = catalogue.modelSchema({
      provider: 'azure_openai',
      type: 'llm',
      model: 'prod',
      credentials,
    });
    expect(schema).toMatchObject({
      model: 'prod',
      fetch_from: 'customizable-model',
      pricing: { input: '2.5' },
    });
  });

  it('reads a compatible model out of its form', () => {
    const credentials = {
      display_name: 'My Qwen',
      context_size: '32768',
      max_tokens_to_sample: '8192',
      function_calling_type: 'tool_call',
      stream_function_calling: 'supported',
      vision_support: 'support',
      agent_thought_support: 'supported',
      structured_output_support: 'supported',
      input_price: '0.5',
      output_price: '1.5',
      unit: '0.000001',
    };
    const schema = catalogue.modelSchema({
      provider: 'openai_api_compatible',
      type: 'llm',
      model: 'qwen',
      credentials,
    });
    expect(schema).toMatchObject({
      label: { en_US: 'My Qwen' },
      features: ['vision', 'multi-tool-call', 'stream-tool-call', 'agent-thought', 'structured-output'],
      model_properties: { mode: 'chat', context_size: 32768 },
      pricing: { input: '0.5', output: '1.5', unit: '0.000001', currency: 'USD' },
    });
    expect(schema.parameter_rules.map((rule) => rule.name)).toEqual([
      'temperature',
      'top_p',
      'frequency_penalty',
      'presence_penalty',
      'max_tokens',
      'response_format',
      'json_schema',
      'enable_thinking',
      'reasoning_effort',
      'reasoning_format',
    ]);
    expect(schema.parameter_rules.find((rule) => rule.name === 'max_tokens')).toMatchObject({
      default: 512,
      max: 8192,
    });
  });
});

describe('loading', () => {
  it('puts pins first, shows only what is included, hides what is excluded unless pinned', () => {
    const names = (options: Parameters<typeof loadCatalogue>[0]) =>
      loadCatalogue(options)
        .providers()
        .map((provider) => provider.provider);
    expect(names({ pins: ['ollama', 'google'] }).slice(0, 3)).toEqual(['ollama', 'google', 'openai']);
    expect(names({ includes: ['anthropic', 'openai'] })).toEqual(['openai', 'anthropic']);
    expect(names({ excludes: ['openai', 'ollama'], pins: ['ollama'] })).not.toContain('openai');
    expect(names({ excludes: ['openai', 'ollama'], pins: ['ollama'] })[0]).toBe('ollama');
  });

  it('lays a folder over: models are replaced and added without a provider file', () => {
    const folder = overlay({
      'openai/models/llm.yaml':
        'models:\n  - model: gpt-5\n    deprecated: true\n  - model: gpt-new\n    pricing: {input: 1, unit: "0.000001"}\n',
    });
    const layered = loadCatalogue({ overlays: [folder] });
    expect(layered.findModel('openai', 'llm', 'gpt-5')).toMatchObject({ deprecated: true });
    expect(layered.findModel('openai', 'llm', 'gpt-new')?.pricing).toMatchObject({
      input: '1',
      output: null,
      currency: 'USD',
    });
    expect(layered.findModel('openai', 'llm', 'gpt-5-mini')).toBeDefined();
  });

  it('reads one file per model too, ordered by its position file', () => {
    const folder = overlay({
      'acme/provider.yaml':
        'id: acme/acme/acme\nprovider: acme\nlabel: {en_US: Acme}\nsupported_model_types: [text-generation]\nconfigurate_methods: [fetch-from-remote]\nruntime: {base_url: "https://a.example", llm: {adapter: openai_chat}}\n',
      'acme/models/llm/b.yaml':
        'model: b\nmodel_type: llm\nmodel_properties: {mode: chat, context_size: 1}\nparameter_rules:\n  - name: temperature\n    use_template: temperature\n',
      'acme/models/llm/a.yaml': 'model: a\n',
      'acme/models/llm/_position.yaml': '- b\n- a\n',
    });
    const layered = loadCatalogue({ overlays: [folder] });
    expect(layered.models('acme/acme/acme').map((model) => model.model)).toEqual(['b', 'a']);
    expect(layered.provider('acme/acme/acme')).toMatchObject({
      supported_model_types: ['llm'],
      configurate_methods: ['predefined-model'],
      label: { zh_Hans: 'Acme' },
    });
  });

  it.each([
    ['models:\n  - model: a\n  - model: a\n', 'there twice'],
    ['models:\n  - model: a\n    parameter_rules: [nope]\n', 'unknown parameter nope'],
    ['models:\n  - model: a\n    pricing: {input: "1e-7", unit: "1"}\n', 'pricing'],
  ])('names the fault of a file', (text, message) => {
    const layered = loadCatalogue({ overlays: [overlay({ 'openai/models/llm.yaml': text })] });
    expect(() => layered.models('openai')).toThrow(message);
  });
});
