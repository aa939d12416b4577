import { z } from 'zod';
import { nodeData } from './common.ts';
import { list, orElse, textOrEmpty, variableBinding } from './fields.ts';

/** Types that an output of a code node may declare. */
export const codeOutputTypes = [
  'string',
  'number',
  'object',
  'boolean',
  'array[string]',
  'array[number]',
  'array[object]',
  'array[boolean]',
] as const;

/** A declared output of a code node; `children` describes the keys of an object. */
export interface CodeOutput {
  type: (typeof codeOutputTypes)[number];
  children: Record<string, CodeOutput> | null;
}

/** A declared output of a code node. */
export const codeOutput: z.ZodType<CodeOutput> = z.looseObject({
  type: z.enum(codeOutputTypes),
  get children() {
    return z
      .record(z.string(), codeOutput)
      .nullish()
      .transform((value) => value ?? null);
  },
});

/** Data of a code node: `code` defines `main`, whose parameters are `variables` and whose result is `outputs`. */
export const codeData = nodeData('code', {
  variables: list(variableBinding),
  code_language: orElse(z.enum(['python3', 'javascript']), () => 'python3' as const),
  code: textOrEmpty,
  outputs: orElse(z.record(z.string(), codeOutput), (): Record<string, CodeOutput> => ({})),
});

/** Data of a code node. */
export type CodeData = z.output<typeof codeData>;
