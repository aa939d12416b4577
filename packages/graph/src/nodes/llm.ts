import { z } from 'zod';
import { memoryConfig, modelConfig, nodeData, visionConfig } from './common.ts';
import { flag, list, looseText, orElse, selector, textOrEmpty, variableBinding } from './fields.ts';

const promptText = {
  id: looseText.nullish(),
  text: textOrEmpty,
  edition_type: orElse(z.enum(['basic', 'jinja2', '']), () => 'basic' as const).transform((edition) =>
    edition === 'jinja2' ? ('jinja2' as const) : ('basic' as const),
  ),
  jinja2_text: textOrEmpty,
};

/** One message of a chat prompt. With edition `jinja2` the text is `jinja2_text`. */
export const chatPrompt = z.looseObject({
  ...promptText,
  role: orElse(z.enum(['system', 'user', 'assistant']), () => 'user' as const),
});

/** One message of a chat prompt, see `chatPrompt`. */
export type ChatPrompt = z.output<typeof chatPrompt>;

/** The prompt of a completion model. */
export const completionPrompt = z.looseObject(promptText);

/** The prompt of a completion model, see `completionPrompt`. */
export type CompletionPrompt = z.output<typeof completionPrompt>;

const contextOff = () => ({ enabled: false, variable_selector: [] as string[] });

/**
 * Data of an llm node.
 *
 * `prompt_template` is a list for chat models and one mapping for completion models.
 * `structured_output_enabled` also reads its other stored spelling, `structured_output_switch_on`.
 */
export const llmData = nodeData('llm', {
  model: modelConfig,
  prompt_template: orElse(z.union([z.array(chatPrompt), completionPrompt]), (): ChatPrompt[] => []),
  prompt_config: orElse(z.looseObject({ jinja2_variables: list(variableBinding) }), () => ({
    jinja2_variables: [],
  })),
  memory: memoryConfig,
  context: orElse(z.looseObject({ enabled: flag, variable_selector: selector }), contextOff),
  vision: visionConfig,
  structured_output_enabled: z.boolean().nullish(),
  structured_output_switch_on: z.boolean().nullish(),
  structured_output: z
    .looseObject({ schema: z.record(z.string(), z.unknown()).nullish() })
    .nullish()
    .transform((value) => value ?? null),
  reasoning_format: orElse(z.enum(['tagged', 'separated']), () => 'tagged' as const),
}).transform((data) => ({
  ...data,
  structured_output_enabled: data.structured_output_enabled ?? data.structured_output_switch_on ?? false,
}));

/** Data of an llm node. */
export type LlmData = z.output<typeof llmData>;
