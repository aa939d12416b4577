import { z } from 'zod';
import { memoryConfig, modelConfig, nodeData, visionConfig } from './common.ts';
import { flag, list, looseText, orElse, selector, textOrEmpty } from './fields.ts';

/** Types of extracted parameters. */
export const extractedParameterTypes = [
  'string',
  'number',
  'boolean',
  'array[string]',
  'array[number]',
  'array[object]',
  'array[boolean]',
] as const;

/** A type of an extracted parameter. */
export type ExtractedParameterType = (typeof extractedParameterTypes)[number];

/** A parameter to find in a text. The old types `bool` and `select` become `boolean` and `string`. */
export const extractedParameter = z.looseObject({
  name: looseText.refine((name) => name !== '__reason' && name !== '__is_success', 'is a reserved name'),
  type: z
    .enum([...extractedParameterTypes, 'bool', 'select'])
    .transform(
      (type): ExtractedParameterType => (type === 'bool' ? 'boolean' : type === 'select' ? 'string' : type),
    ),
  description: textOrEmpty,
  required: flag,
  options: list(looseText),
});

/** A parameter to find in a text, see `extractedParameter`. */
export type ExtractedParameter = z.output<typeof extractedParameter>;

/** Data of a parameter-extractor node. */
export const parameterExtractorData = nodeData('parameter-extractor', {
  query: selector,
  model: modelConfig,
  vision: visionConfig,
  memory: memoryConfig,
  parameters: list(extractedParameter),
  instruction: textOrEmpty,
  reasoning_mode: orElse(z.enum(['function_call', 'prompt']), () => 'function_call' as const),
});

/** Data of a parameter-extractor node. */
export type ParameterExtractorData = z.output<typeof parameterExtractorData>;
