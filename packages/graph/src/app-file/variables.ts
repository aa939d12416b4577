import { isObject, type JsonObject, textOf } from '../graph/json.ts';

/** Types of environment variables. */
export const environmentVariableTypes = ['string', 'number', 'secret'] as const;

/** Types of conversation variables. */
export const conversationVariableTypes = [
  'string',
  'number',
  'boolean',
  'object',
  'array[string]',
  'array[number]',
  'array[object]',
  'array[boolean]',
] as const;

/** A constant of an app; a `secret` is kept encrypted and left out of exports. */
export interface EnvironmentVariable extends JsonObject {
  id: string;
  name: string;
  description: string;
  value_type: (typeof environmentVariableTypes)[number];
  value: string | number;
  selector: string[];
}

/** A variable that lives as long as a conversation; `value` is what a new conversation begins with. */
export interface ConversationVariable extends JsonObject {
  id: string;
  name: string;
  description: string;
  value_type: (typeof conversationVariableTypes)[number];
  value: unknown;
  selector: string[];
}

/** Codes of what can be wrong with a variable. */
export type VariableErrorCode =
  | 'not_a_list'
  | 'missing_name'
  | 'missing_value_type'
  | 'missing_value'
  | 'unknown_value_type'
  | 'value_mismatch'
  | 'too_large'
  | 'duplicate_id';

/** A variable that is not accepted. */
export class VariableError extends Error {
  override readonly name = 'VariableError';
  readonly code: VariableErrorCode;
  readonly variableName: string;

  constructor(code: VariableErrorCode, variableName: string, message: string) {
    super(message);
    this.code = code;
    this.variableName = variableName;
  }
}

/** Largest variable in bytes, the default of `MAX_VARIABLE_SIZE`. */
export const defaultMaxVariableBytes = 204_800;

/**
 * Reads the environment variables of an app. Ids may be missing (empty text) but not be equal.
 *
 * @throws {VariableError}
 */
export function readEnvironmentVariables(
  stored: unknown,
  maxBytes: number = defaultMaxVariableBytes,
): EnvironmentVariable[] {
  return readVariables(stored, {
    scope: 'env',
    types: environmentVariableTypes,
    maxBytes,
  }) as EnvironmentVariable[];
}

/**
 * Reads the conversation variables of an app.
 *
 * @throws {VariableError}
 */
export function readConversationVariables(
  stored: unknown,
  maxBytes: number = defaultMaxVariableBytes,
): ConversationVariable[] {
  return readVariables(stored, {
    scope: 'conversation',
    types: conversationVariableTypes,
    maxBytes,
  }) as ConversationVariable[];
}

interface Rules {
  scope: 'env' | 'conversation';
  types: readonly string[];
  maxBytes: number;
}

function readVariables(stored: unknown, rules: Rules): (EnvironmentVariable | ConversationVariable)[] {
  if (stored === undefined || stored === null) return [];
  if (!Array.isArray(stored))
    throw new VariableError('not_a_list', '', `${rules.scope} variables must be a list`);
  const variables = stored.map((entry) => readVariable(entry, rules));
  if (rules.scope === 'env') requireUniqueIds(variables);
  return variables;
}

function requireUniqueIds(variables: ConversationVariable[]): void {
  const seen = new Set<string>();
  for (const { id, name } of variables) {
    if (id !== '' && seen.has(id)) {
      throw new VariableError('duplicate_id', name, `two variables have the id ${id}`);
    }
    seen.add(id);
  }
}

function readVariable(entry: unknown, rules: Rules): ConversationVariable {
  const mapping = isObject(entry) ? entry : {};
  const name = textOf(mapping['name']);
  if (name === '') throw new VariableError('missing_name', '', 'a variable has no name');
  const { value_type: type, value } = mapping;
  if (type === undefined || type === null || type === '') {
    throw new VariableError('missing_value_type', name, `the variable ${name} has no value_type`);
  }
  if (value === undefined || value === null) {
    throw new VariableError('missing_value', name, `the variable ${name} has no value`);
  }
  if (typeof type !== 'string' || !rules.types.includes(type)) {
    throw new VariableError(
      'unknown_value_type',
      name,
      `the variable ${name} has the unknown type ${textOf(type)}`,
    );
  }
  if (!fitsType(type, value)) {
    throw new VariableError(
      'value_mismatch',
      name,
      `the value of the variable ${name} is not of type ${type}`,
    );
  }
  const bytes = new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value)).length;
  if (bytes > rules.maxBytes) {
    throw new VariableError('too_large', name, `the variable ${name} is larger than ${rules.maxBytes} bytes`);
  }
  return {
    ...mapping,
    id: textOf(mapping['id']),
    name,
    description: textOf(mapping['description']),
    value_type: type as ConversationVariable['value_type'],
    value,
    selector: [rules.scope, name],
  };
}

/** Whether a value is of the type that a variable declares. */
export function fitsType(type: string, value: unknown): boolean {
  const element = /^array\[(\w+)\]$/.exec(type)?.[1];
  if (element !== undefined) {
    return Array.isArray(value) && value.every((item) => element === 'any' || fitsType(element, item));
  }
  switch (type) {
    case 'string':
    case 'secret':
      return typeof value === 'string';
    case 'number':
      return typeof value === 'number' && Number.isFinite(value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'object':
      return isObject(value);
    default:
      return false;
  }
}
