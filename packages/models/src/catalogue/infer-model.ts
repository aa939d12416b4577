import type { ModelType } from '../schema/common.ts';
import type { ModelProperties, ModelSchema } from '../schema/model.ts';
import { completeParameterRule } from '../schema/parameter-rule.ts';

const unknownContextSize = 128_000;

/**
 * A definition for a model that the catalogue does not know, so that apps with retired or brand-new ids still run.
 * Fine-tuned models (`ft:base:…`) take the definition of their base, without its price.
 */
export function inferModelSchema(options: {
  models: readonly ModelSchema[];
  type: ModelType;
  model: string;
}): ModelSchema {
  const { models, type, model } = options;
  const base = /^ft:([^:]+)/u.exec(model)?.[1];
  const known = models.find((candidate) => candidate.model_type === type && candidate.model === base);
  const label = { en_US: model, zh_Hans: model };
  if (known !== undefined)
    return { ...known, model, label, pricing: null, deprecated: false, inferred: true };
  return {
    model,
    label,
    model_type: type,
    features: type === 'llm' ? ['tool-call', 'multi-tool-call', 'stream-tool-call', 'agent-thought'] : null,
    fetch_from: 'predefined-model',
    model_properties: inferredProperties[type],
    deprecated: false,
    parameter_rules:
      type === 'llm'
        ? [
            completeParameterRule({ name: 'temperature', use_template: 'temperature', max: 2, default: 0.7 }),
            completeParameterRule({ name: 'top_p', use_template: 'top_p', default: 1 }),
            completeParameterRule({
              name: 'max_tokens',
              use_template: 'max_tokens',
              max: unknownContextSize,
              default: 4096,
            }),
          ]
        : [],
    pricing: null,
    inferred: true,
  };
}

const inferredProperties: Readonly<Record<ModelType, ModelProperties>> = {
  llm: { mode: 'chat', context_size: unknownContextSize },
  'text-embedding': { context_size: 8192, max_chunks: 1 },
  rerank: { context_size: 8192 },
  speech2text: {
    file_upload_limit: 25,
    supported_file_extensions: 'flac,mp3,mp4,mpeg,mpga,m4a,ogg,wav,webm',
  },
  tts: { word_limit: 2000, audio_type: 'mp3', default_voice: 'alloy', voices: [] },
  moderation: { max_chunks: 1, max_characters_per_chunk: 2000 },
};
