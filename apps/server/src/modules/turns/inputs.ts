import { schemaFault, storedJsonSchema } from '@trellis/graph';
import { storableText } from '../../platform/database-json.ts';
import { invalidParam } from '../../platform/errors.ts';
import type { FormField } from '../apps/prompt-config.ts';

const truths = new Set<unknown>([true, 1, 'true', 'yes', 'on', '1']);
const falsehoods = new Set<unknown>([false, 0, 'false', 'no', 'off', '0']);

/** Checks a file mapping of an input; see `files.ts`. */
export type CheckFileInput = (field: FormField, value: unknown) => Promise<unknown>;

/**
 * Checks a turn's inputs against the app's form (spec: service API §1.10). Keys that the form does not have are
 * dropped; absent optional ones take their default.
 */
export async function checkInputs(
  fields: readonly FormField[],
  inputs: Record<string, unknown>,
  checkFile: CheckFileInput,
): Promise<Record<string, unknown>> {
  const result: Record<string, unknown> = {};
  for (const field of fields) {
    if (field.control === 'external_data_tool') continue;
    result[field.variable] = await checkInput(field, inputs[field.variable], checkFile);
  }
  return result;
}

async function checkInput(field: FormField, value: unknown, checkFile: CheckFileInput): Promise<unknown> {
  const isFile = field.control === 'file' || field.control === 'file-list';
  const unset = value === undefined || value === null || (isFile && value === '' && !field.required);
  if (unset) {
    if (field.required) throw invalidParam(`${field.variable} is required in input form`, field.variable);
    return defaultOf(field);
  }
  switch (field.control) {
    case 'text-input':
    case 'paragraph':
      return checkText(field, value);
    case 'select':
      return checkOption(field, value);
    case 'number':
      return checkNumber(field, value);
    case 'checkbox':
      return checkBoolean(field, value);
    case 'json_object':
      return checkObject(field, value);
    case 'file':
    case 'file-list':
      return checkFile(field, value);
    default:
      return checkText(field, value);
  }
}

function defaultOf(field: FormField): unknown {
  const value = field.settings['default'];
  if (value === undefined || value === null) return null;
  if (field.control === 'number') return value === '' ? null : Number(value);
  if (field.control === 'checkbox') return truths.has(value);
  return value;
}

function checkText(field: FormField, value: unknown): string {
  if (typeof value !== 'string')
    throw invalidParam(`${field.variable} in input form must be a string`, field.variable);
  const maxLength = field.settings['max_length'];
  if (typeof maxLength === 'number' && maxLength > 0 && value.length > maxLength) {
    throw invalidParam(
      `${field.variable} in input form must be less than ${maxLength} characters`,
      field.variable,
    );
  }
  return storableText(value);
}

function checkOption(field: FormField, value: unknown): string {
  const options = Array.isArray(field.settings['options']) ? field.settings['options'] : [];
  if (typeof value !== 'string' || !options.includes(value)) {
    throw invalidParam(
      `${field.variable} in input form must be one of the following: ${options.join(', ')}`,
      field.variable,
    );
  }
  return value;
}

function checkNumber(field: FormField, value: unknown): number | null {
  if (value === '') return null;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) {
    throw invalidParam(`${field.variable} in input form must be a valid number`, field.variable);
  }
  return number;
}

function checkBoolean(field: FormField, value: unknown): boolean {
  const plain = typeof value === 'string' ? value.toLowerCase() : value;
  if (truths.has(plain)) return true;
  if (falsehoods.has(plain)) return false;
  throw invalidParam(`${field.variable} in input form must be a boolean value`, field.variable);
}

function checkObject(field: FormField, value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidParam(`${field.variable} in input form must be a JSON object`, field.variable);
  }
  const schema = storedJsonSchema.safeParse(field.settings['json_schema']);
  const fault = schema.success && schema.data !== null ? schemaFault(value, schema.data) : null;
  if (fault !== null) {
    throw invalidParam(
      `${field.variable} in input form does not match its JSON schema: ${fault}`,
      field.variable,
    );
  }
  return value as Record<string, unknown>;
}
