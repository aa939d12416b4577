import type { ExtractedParameter } from '@trellis/graph';
import type { ModelReference, ModelTool, PromptMessage } from '../../ports/index.ts';

/** What an extractor is asked. */
export interface Extraction {
  readonly model: ModelReference;
  readonly query: string;
  readonly instruction: string;
  readonly parameters: readonly ExtractedParameter[];
  /** The conversation so far as text; empty without memory. */
  readonly histories: string;
}

/** Name of the function that a model calls with what it found. */
export const extractFunction = 'extract_parameters';

/** JSON Schema of the parameters. */
export function parameterSchema(parameters: readonly ExtractedParameter[]): Record<string, unknown> {
  const properties = Object.fromEntries(
    parameters.map(({ name, type, description, options }) => {
      const element = /^array\[(\w+)\]$/.exec(type)?.[1];
      const typed = element === undefined ? { type } : { type: 'array', items: { type: element } };
      return [name, { description, ...typed, ...(options.length > 0 ? { enum: options } : {}) }];
    }),
  );
  return {
    type: 'object',
    properties,
    required: parameters.filter(({ required }) => required).map(({ name }) => name),
  };
}

/** The function offered to models that can call functions. */
export function extractTool(parameters: readonly ExtractedParameter[]): ModelTool {
  return {
    name: extractFunction,
    description: 'Takes the parameters found in the text.',
    parameters: parameterSchema(parameters),
  };
}

const exampleSchema = {
  type: 'object',
  properties: { location: { type: 'string', description: 'The place asked about' } },
  required: ['location'],
};
const exampleText = 'What is the weather today in San Francisco?';
const exampleFound = '{"location": "San Francisco"}';

function guidance({ instruction, histories }: Extraction): string {
  const wanted =
    instruction === '' ? '' : `\nFollow these instructions:\n<instruction>\n${instruction}\n</instruction>`;
  const before =
    histories === '' ? '' : `\nThe conversation so far:\n<histories>\n${histories}\n</histories>`;
  return `${wanted}${before}`;
}

/** Messages for a model that calls a function: two worked examples, then the text. */
export function functionMessages(extraction: Extraction): PromptMessage[] {
  const system = `You find structured information in texts. Call the function ${extractFunction} with the values that the text gives for its parameters; do not make values up.${guidance(extraction)}`;
  const ask = (text: string) =>
    `Extract the parameters from this text by calling the function:\n<text>\n${text}\n</text>`;
  return [
    { role: 'system', content: system },
    ...exampleCall('example_1', ask(exampleText), exampleFound),
    ...exampleCall('example_2', ask('I want to eat some apple pie.'), '{"food": "apple pie"}'),
    { role: 'user', content: ask(extraction.query) },
  ];
}

function exampleCall(id: string, text: string, found: string): PromptMessage[] {
  return [
    { role: 'user', content: text },
    {
      role: 'assistant',
      content: 'I call the function.',
      toolCalls: [{ id, name: extractFunction, arguments: found }],
    },
    { role: 'tool', content: 'Understood.', toolCallId: id },
    { role: 'assistant', content: 'The parameters are extracted.' },
  ];
}

/** Messages for a model that answers in text: schema and text in, one JSON object out. */
export function textMessages(extraction: Extraction): PromptMessage[] {
  const system = `You find structured information in texts. You get a JSON Schema and a text. Answer with one JSON object that follows the schema and nothing else; leave out what the text does not say.${guidance(extraction)}`;
  const ask = (schema: unknown, text: string) =>
    `<schema>\n${JSON.stringify(schema)}\n</schema>\n<text>\n${text}\n</text>`;
  const asked = ask(parameterSchema(extraction.parameters), extraction.query);
  if (extraction.model.mode === 'completion') {
    const example = `Human: ${ask(exampleSchema, exampleText)}\nAssistant: ${exampleFound}`;
    return [{ role: 'user', content: `${system}\n\n${example}\n\nHuman: ${asked}\nAssistant:` }];
  }
  return [
    { role: 'system', content: system },
    { role: 'user', content: ask(exampleSchema, exampleText) },
    { role: 'assistant', content: exampleFound },
    { role: 'user', content: asked },
  ];
}
