import { z } from 'zod';
import { nodeData } from './common.ts';
import { flag, list, looseText, numberOrNull, orElse, textOrEmpty } from './fields.ts';

/** Kinds of form fields that a start node (and the form of a basic app) may ask for. */
export const startVariableTypes = [
  'text-input',
  'paragraph',
  'select',
  'number',
  'checkbox',
  'file',
  'file-list',
  'json_object',
  'external_data_tool',
  'url',
  'files',
  'json',
] as const;

/** A kind of form field. */
export type StartVariableType = (typeof startVariableTypes)[number];

/** A JSON schema as forms store it: a mapping, or one as JSON text; null where there is none. */
export const storedJsonSchema = z
  .unknown()
  .optional()
  .transform((value, context): Record<string, unknown> | null => {
    if (value === undefined || value === null) return null;
    let schema = value;
    if (typeof value === 'string') {
      if (value.trim() === '') return null;
      try {
        schema = JSON.parse(value);
      } catch {
        context.addIssue({ code: 'custom', message: 'must be JSON' });
        return z.NEVER;
      }
    }
    if (typeof schema === 'object' && schema !== null && !Array.isArray(schema)) {
      return Object.fromEntries(Object.entries(schema));
    }
    context.addIssue({ code: 'custom', message: 'must be a JSON object' });
    return z.NEVER;
  });

/**
 * One field of the input form. `max_length` counts characters of a text or files of a `file-list`;
 * `json_schema` (Draft 7) describes a `json_object` and may be stored as JSON text.
 */
export const startVariable = z.looseObject({
  variable: looseText,
  label: textOrEmpty,
  type: orElse(z.enum(startVariableTypes), () => 'text-input' as const),
  required: flag,
  max_length: numberOrNull,
  options: list(looseText),
  default: z.unknown().optional(),
  hide: flag,
  allowed_file_types: list(looseText),
  allowed_file_extensions: list(looseText),
  allowed_file_upload_methods: list(looseText),
  json_schema: storedJsonSchema,
});

/** One field of the input form, see `startVariable`. */
export type StartVariable = z.output<typeof startVariable>;

/** Data of a start node: the form that a run's inputs fill. */
export const startData = nodeData('start', { variables: list(startVariable) });

/** Data of a start node. */
export type StartData = z.output<typeof startData>;
