/** What a parameter rule inherits by `use_template`. */
export interface ParameterTemplate {
  label: { en_US: string; zh_Hans: string };
  help: { en_US: string; zh_Hans: string };
  type: 'float' | 'int' | 'string' | 'text';
  default?: number;
  min?: number;
  max?: number;
  precision?: number;
  options?: string[];
}

/** The templates that catalogue files may name. */
export const parameterTemplates: Readonly<Record<string, ParameterTemplate>> = {
  temperature: {
    label: { en_US: 'Temperature', zh_Hans: '温度' },
    help: {
      en_US: 'How freely words are chosen: near 0 answers repeat almost exactly, higher values vary more.',
      zh_Hans: '控制用词的随机程度：接近 0 时回答几乎固定，数值越高变化越大。',
    },
    type: 'float',
    default: 0,
    min: 0,
    max: 1,
    precision: 2,
  },
  top_p: {
    label: { en_US: 'Top P', zh_Hans: 'Top P' },
    help: {
      en_US: 'Only the most likely words whose chances add up to this share are considered.',
      zh_Hans: '只在累计概率达到该比例的最可能的词中选择。',
    },
    type: 'float',
    default: 1,
    min: 0,
    max: 1,
    precision: 2,
  },
  top_k: {
    label: { en_US: 'Top K', zh_Hans: 'Top K' },
    help: {
      en_US: 'Only this many of the most likely words are considered at each step.',
      zh_Hans: '每一步只考虑概率最高的若干个词。',
    },
    type: 'int',
    default: 50,
    min: 1,
    max: 100,
    precision: 0,
  },
  presence_penalty: {
    label: { en_US: 'Presence penalty', zh_Hans: '存在惩罚' },
    help: {
      en_US: 'Makes words less likely once they have appeared, which leads to new subjects.',
      zh_Hans: '降低已出现过的词再次出现的概率，促使谈论新内容。',
    },
    type: 'float',
    default: 0,
    min: 0,
    max: 1,
    precision: 2,
  },
  frequency_penalty: {
    label: { en_US: 'Frequency penalty', zh_Hans: '频率惩罚' },
    help: {
      en_US: 'Makes words less likely the more often they have appeared, which avoids repetition.',
      zh_Hans: '词出现得越多，再次出现的概率越低，从而减少重复。',
    },
    type: 'float',
    default: 0,
    min: 0,
    max: 1,
    precision: 2,
  },
  max_tokens: {
    label: { en_US: 'Max tokens', zh_Hans: '最大标记' },
    help: {
      en_US: 'Upper limit of the length of an answer, in tokens; a low limit may cut answers off.',
      zh_Hans: '回答长度的上限，以 token 计；过小会截断回答。',
    },
    type: 'int',
    default: 64,
    min: 1,
    max: 2048,
    precision: 0,
  },
  response_format: {
    label: { en_US: 'Response format', zh_Hans: '回复格式' },
    help: {
      en_US: 'Makes the model answer in this format, such as JSON.',
      zh_Hans: '让模型按指定格式（例如 JSON）回答。',
    },
    type: 'string',
    options: ['JSON', 'XML'],
  },
  json_schema: {
    label: { en_US: 'JSON schema', zh_Hans: 'JSON Schema' },
    help: {
      en_US: 'The JSON schema that answers must follow.',
      zh_Hans: '回答必须遵循的 JSON Schema。',
    },
    type: 'text',
  },
};
