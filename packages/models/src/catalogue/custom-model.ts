import type { ModelType } from '../schema/common.ts';
import { type Credentials, credentialText } from '../schema/credential-form.ts';
import type { ModelFeature, ModelProperties, ModelSchema, Pricing } from '../schema/model.ts';
import { completeParameterRule, type ParameterRule } from '../schema/parameter-rule.ts';
import type { ProviderSchema } from '../schema/provider.ts';
import { inferModelSchema } from './infer-model.ts';

/** What a customizable model's definition follows from. */
export interface CustomModelSource {
  provider: ProviderSchema;
  models: readonly ModelSchema[];
  type: ModelType;
  model: string;
  credentials: Credentials;
}

/** The definition of a model that the user added, from the credentials given for it. */
export function customModelSchema(source: CustomModelSource): ModelSchema {
  switch (source.provider.runtime.custom_model) {
    case 'base_model':
      return fromBaseModel(source);
    case 'openai_compatible':
    case 'ollama':
      return fromForm(source);
    case 'plain':
      return fromNameOnly(source);
  }
}

/** The user names a deployment and picks the model behind it, which supplies everything but the name. */
function fromBaseModel({ models, type, model, credentials }: CustomModelSource): ModelSchema {
  const baseName = credentialText(credentials, 'base_model_name') ?? model;
  const base =
    models.find((known) => known.model_type === type && known.model === baseName) ??
    inferModelSchema({ models, type, model: baseName });
  return {
    ...base,
    model,
    label: { en_US: model, zh_Hans: model },
    fetch_from: 'customizable-model',
    deprecated: false,
  };
}

/** The form asks for nothing about the model itself: a known name keeps its definition, others get a usual one. */
function fromNameOnly(source: CustomModelSource): ModelSchema {
  const { models, type, model } = source;
  const known = models.find((candidate) => candidate.model_type === type && candidate.model === model);
  return {
    ...(known ?? inferModelSchema({ models, type, model })),
    fetch_from: 'customizable-model',
    deprecated: false,
  };
}

function fromForm(source: CustomModelSource): ModelSchema {
  const { type, model, credentials, provider } = source;
  const label = credentialText(credentials, 'display_name') ?? model;
  return {
    model,
    label: { en_US: label, zh_Hans: label },
    model_type: type,
    features: featuresOf(type, credentials),
    fetch_from: 'customizable-model',
    model_properties: propertiesOf(type, credentials),
    deprecated: false,
    parameter_rules:
      type === 'llm' ? [...generatedRules(credentials), ...serverRules(provider, credentials)] : [],
    pricing: pricingOf(credentials),
  };
}

const supported = new Set([
  'support',
  'supported',
  'true',
  'tool_call',
  'function_call',
  'only_thinking_supported',
]);

function featuresOf(type: ModelType, credentials: Credentials): ModelFeature[] | null {
  const has = (variable: string) => supported.has(credentialText(credentials, variable) ?? '');
  const features: ModelFeature[] = [];
  if (has('vision_support')) features.push('vision');
  if (type !== 'llm') return features.length > 0 ? features : null;
  const calling = credentialText(credentials, 'function_calling_type');
  if (calling === 'tool_call' || has('function_call_support')) features.push('multi-tool-call');
  else if (calling === 'function_call') features.push('tool-call');
  const callsTools = features.some((feature) => feature.endsWith('tool-call'));
  // Forms without the question get the benefit of the doubt: streaming falls back by itself.
  const streamsCalls = credentialText(credentials, 'stream_function_calling');
  if (callsTools && (streamsCalls === undefined || supported.has(streamsCalls)))
    features.push('stream-tool-call');
  if (has('agent_thought_support') || has('reasoning_support')) features.push('agent-thought');
  if (has('video_support')) features.push('video');
  if (has('audio_support')) features.push('audio');
  if (has('document_support')) features.push('document');
  if (has('structured_output_support')) features.push('structured-output');
  return features;
}

function numberOf(credentials: Credentials, variable: string): number | undefined {
  const number = Number(credentialText(credentials, variable));
  return Number.isFinite(number) && number > 0 ? Math.floor(number) : undefined;
}

function propertiesOf(type: ModelType, credentials: Credentials): ModelProperties {
  const contextSize = numberOf(credentials, 'context_size');
  switch (type) {
    case 'llm':
      return {
        mode: credentialText(credentials, 'mode') === 'completion' ? 'completion' : 'chat',
        context_size: contextSize ?? 4096,
      };
    case 'text-embedding':
      return { context_size: contextSize ?? 512, max_chunks: numberOf(credentials, 'max_chunks') ?? 1 };
    case 'rerank':
      return { context_size: contextSize ?? 4096 };
    case 'speech2text':
      return { file_upload_limit: 25, supported_file_extensions: 'flac,mp3,mp4,mpeg,mpga,m4a,ogg,wav,webm' };
    case 'tts':
      return speechProperties(credentials);
    case 'moderation':
      return { max_chunks: 1, max_characters_per_chunk: 2000 };
  }
}

function speechProperties(credentials: Credentials): ModelProperties {
  const voices = (credentialText(credentials, 'voices') ?? 'alloy').split(',').map((voice) => voice.trim());
  return {
    default_voice: voices[0] ?? 'alloy',
    voices: voices.map((voice) => ({ mode: voice, name: voice, language: ['en-US', 'zh-Hans'] })),
    word_limit: numberOf(credentials, 'word_limit') ?? 4096,
    audio_type: credentialText(credentials, 'audio_type') ?? 'mp3',
    max_workers: 5,
  };
}

function generatedRules(credentials: Credentials): ParameterRule[] {
  const maxTokens =
    numberOf(credentials, 'max_tokens_to_sample') ?? numberOf(credentials, 'max_tokens') ?? 4096;
  const temperature = Number(credentialText(credentials, 'temperature') ?? 0.7);
  const rule = completeParameterRule;
  return [
    rule({ name: 'temperature', use_template: 'temperature', default: temperature, min: 0, max: 2 }),
    rule({ name: 'top_p', use_template: 'top_p', default: 1, min: 0, max: 1 }),
    rule({ name: 'frequency_penalty', use_template: 'frequency_penalty', default: 0, min: -2, max: 2 }),
    rule({ name: 'presence_penalty', use_template: 'presence_penalty', default: 0, min: -2, max: 2 }),
    rule({
      name: 'max_tokens',
      use_template: 'max_tokens',
      default: Math.min(512, maxTokens),
      min: 1,
      max: maxTokens,
    }),
  ];
}

/** Parameters that depend on what the server behind the form can do. */
function serverRules(provider: ProviderSchema, credentials: Credentials): ParameterRule[] {
  const rule = completeParameterRule;
  const rules: ParameterRule[] = [];
  const text = (en: string, zh: string) => ({ en_US: en, zh_Hans: zh });
  if (provider.runtime.custom_model === 'ollama') {
    return [
      rule({ name: 'top_k', use_template: 'top_k', default: 40, min: 1, max: 100 }),
      rule({
        name: 'repeat_penalty',
        label: text('Repeat penalty', '重复惩罚'),
        type: 'float',
        default: 1.1,
        min: -2,
        max: 2,
      }),
      rule({
        name: 'num_ctx',
        label: text('Context window', '上下文窗口'),
        type: 'int',
        default: 2048,
        min: 1,
      }),
      rule({ name: 'seed', label: text('Seed', '随机种子'), type: 'int', default: 0 }),
      rule({ name: 'keep_alive', label: text('Keep alive', '保持加载'), type: 'string', default: null }),
      rule({ name: 'think', label: text('Thinking', '思考'), type: 'boolean', default: null }),
      rule({
        name: 'format',
        label: text('Format', '格式'),
        type: 'string',
        default: null,
        options: ['json'],
      }),
      rule({ name: 'json_schema', use_template: 'json_schema', default: null }),
    ];
  }
  if (credentialText(credentials, 'structured_output_support') === 'supported') {
    const options = ['text', 'json_object', 'json_schema'];
    rules.push(rule({ name: 'response_format', use_template: 'response_format', default: null, options }));
    rules.push(rule({ name: 'json_schema', use_template: 'json_schema', default: null }));
  }
  const thought = credentialText(credentials, 'agent_thought_support');
  if (thought === 'supported') {
    rules.push(
      rule({
        name: 'enable_thinking',
        label: text('Thinking mode', '思考模式'),
        type: 'boolean',
        default: null,
      }),
    );
  }
  if (
    thought === 'supported' ||
    thought === 'only_thinking_supported' ||
    credentialText(credentials, 'reasoning_support') === 'support'
  ) {
    rules.push(
      rule({
        name: 'reasoning_effort',
        label: text('Reasoning effort', '推理强度'),
        type: 'string',
        default: null,
        options: ['low', 'medium', 'high'],
      }),
    );
  }
  if (thought === 'supported' || thought === 'only_thinking_supported') {
    const options = ['none', 'auto', 'deepseek', 'deepseek-legacy'];
    rules.push(
      rule({
        name: 'reasoning_format',
        label: text('Reasoning format', '推理格式'),
        type: 'string',
        default: null,
        options,
      }),
    );
  }
  if ((credentialText(credentials, 'web_search_support') ?? 'not_supported') !== 'not_supported') {
    rules.push(
      rule({ name: 'web_search', label: text('Web search', '联网搜索'), type: 'boolean', default: null }),
    );
  }
  return rules;
}

/** Prices that older forms asked for; kept as optional credentials. */
function pricingOf(credentials: Credentials): Pricing | null {
  const decimal = (variable: string) => {
    const text = credentialText(credentials, variable);
    return text !== undefined && /^\d+(?:\.\d+)?$/u.test(text) ? text : undefined;
  };
  const input = decimal('input_price');
  if (input === undefined || Number(input) === 0) return null;
  return {
    input,
    output: decimal('output_price') ?? null,
    cached_input: null,
    unit: decimal('unit') ?? '0',
    currency: credentialText(credentials, 'currency') ?? 'USD',
  };
}
