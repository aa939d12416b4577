import { isObject } from '../graph/json.ts';
import type { StartVariable } from '../nodes/start.ts';
import { schemaFault } from './schema-fault.ts';

/** Codes of what can be wrong with the inputs of a run. */
export type InputErrorCode =
  | 'required'
  | 'not_text'
  | 'too_long'
  | 'not_an_option'
  | 'not_a_number'
  | 'not_a_boolean'
  | 'not_a_file'
  | 'not_a_list_of_files'
  | 'too_many_files'
  | 'not_an_object'
  | 'not_by_schema';

/** An input that does not fit the form. */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly code: InputErrorCode;
  readonly variable: string;

  constructor(code: InputErrorCode, variable: string, message: string) {
    super(message);
    this.code = code;
    this.variable = variable;
  }
}

/**
 * The values that a run begins with: each field of the form checked and converted, fields without input with their
 * default or null. Inputs that the form does not have are dropped, and so is what is no file in a list of files.
 * Whether files exist is for the caller to check.
 *
 * @throws {InputError} for the first field that does not fit
 */
export function checkInputs(
  form: readonly StartVariable[],
  inputs: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const checked: Record<string, unknown> = {};
  for (const field of form) {
    if (field.type === 'external_data_tool') continue;
    const given = Object.hasOwn(inputs, field.variable) ? inputs[field.variable] : undefined;
    checked[field.variable] = checkInput(field, given);
  }
  return checked;
}

// Empty text counts as an answer where text is asked for, and as none elsewhere.
const textTypes: ReadonlySet<string> = new Set(['text-input', 'paragraph', 'url', 'select']);

function isUnset(field: StartVariable, given: unknown): boolean {
  if (given === undefined || given === null) return true;
  if (given === '') return !textTypes.has(field.type);
  return Array.isArray(given) && given.length === 0;
}

function checkInput(field: StartVariable, given: unknown): unknown {
  if (field.required && isUnset(field, given)) {
    throw new InputError('required', field.variable, `${field.variable} is required in input form`);
  }
  if (given === undefined || given === null) return field.default ?? null;
  return readers[field.type]?.(field, given) ?? null;
}

type InputReader = (field: StartVariable, value: unknown) => unknown;

function fail(field: StartVariable, code: InputErrorCode, must: string): never {
  throw new InputError(code, field.variable, `${field.variable} in input form ${must}`);
}

function readText(field: StartVariable, value: unknown): string {
  if (typeof value !== 'string') fail(field, 'not_text', 'must be a string');
  return value.replaceAll('\0', '');
}

const readLimitedText: InputReader = (field, value) => {
  const text = readText(field, value);
  if (field.max_length !== null && [...text].length > field.max_length) {
    fail(field, 'too_long', `must be less than ${field.max_length} characters`);
  }
  return text;
};

const readOption: InputReader = (field, value) => {
  const text = readText(field, value);
  if (!field.options.includes(text)) {
    fail(field, 'not_an_option', `must be one of the following: ${field.options.join(', ')}`);
  }
  return text;
};

const readNumber: InputReader = (field, value) => {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (typeof value !== 'string') fail(field, 'not_a_number', 'must be a valid number');
  const text = value.trim();
  if (text === '') return null;
  const number = /^[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(number)) fail(field, 'not_a_number', 'must be a valid number');
  return number;
};

const truths = new Set(['true', '1', 'yes', 'on']);
const falsehoods = new Set(['false', '0', 'no', 'off']);

const readBoolean: InputReader = (field, value) => {
  if (typeof value === 'boolean') return value;
  const text =
    typeof value === 'string' || typeof value === 'number' ? String(value).trim().toLowerCase() : '';
  if (truths.has(text)) return true;
  if (falsehoods.has(text)) return false;
  return fail(field, 'not_a_boolean', 'must be a boolean');
};

const readFile: InputReader = (field, value) => {
  if (value === '') return null;
  return isObject(value) ? value : fail(field, 'not_a_file', 'must be a file');
};

const readFiles: InputReader = (field, value) => {
  if (value === '') return [];
  if (!Array.isArray(value)) return fail(field, 'not_a_list_of_files', 'must be a list of files');
  const files = value.filter(isObject);
  if (field.max_length !== null && files.length > field.max_length) {
    fail(field, 'too_many_files', `must have at most ${field.max_length} files`);
  }
  return files;
};

const readObject: InputReader = (field, value) => {
  let object = value;
  if (typeof value === 'string') {
    if (value.trim() === '') return null;
    try {
      object = JSON.parse(value);
    } catch {
      object = null;
    }
  }
  if (!isObject(object)) return fail(field, 'not_an_object', 'must be a JSON object');
  const fault = field.json_schema === null ? null : schemaFault(object, field.json_schema);
  return fault === null ? object : fail(field, 'not_by_schema', `does not match its JSON schema: ${fault}`);
};

const readers: Partial<Record<StartVariable['type'], InputReader>> = {
  'text-input': readLimitedText,
  paragraph: readLimitedText,
  url: readLimitedText,
  select: readOption,
  number: readNumber,
  checkbox: readBoolean,
  file: readFile,
  'file-list': readFiles,
  files: readFiles,
  json_object: readObject,
  json: readObject,
};
