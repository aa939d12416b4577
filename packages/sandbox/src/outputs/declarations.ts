/** The types that an output of a code node can be declared with. */
export const outputTypes = [
  'string',
  'number',
  'object',
  'boolean',
  'array[string]',
  'array[number]',
  'array[object]',
  'array[boolean]',
] as const;

/** One of {@link outputTypes}. */
export type OutputType = (typeof outputTypes)[number];

/** One declared output; `children` describes the fields of an object. */
export interface OutputDeclaration {
  readonly type: OutputType;
  readonly children?: OutputDeclarations | null | undefined;
}

/** Declared outputs by name. */
export type OutputDeclarations = Readonly<Record<string, OutputDeclaration>>;
