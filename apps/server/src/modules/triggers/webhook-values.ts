import { isObject, type webhookBodyTypes } from '@trellis/graph';
import { parsePlainJson } from './plain-json.ts';
import { ReceivedFile } from './webhook-body.ts';

/** A type that a value of a webhook call may be declared to have. */
export type WebhookValueType = (typeof webhookBodyTypes)[number];

/** The value in a box, so that null says "of another type". */
export type Fitting = { value: unknown } | null;

const booleans: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['yes', true],
  ['false', false],
  ['0', false],
  ['no', false],
]);

/** The text of a query or a form as a value of the declared type; null when it is none. */
export function convertedValue(type: WebhookValueType, text: string): Fitting {
  switch (type) {
    case 'string':
      return { value: text };
    case 'number': {
      const number = text.trim() === '' ? Number.NaN : Number(text);
      return Number.isFinite(number) ? { value: number } : null;
    }
    case 'boolean': {
      const value = booleans.get(text.trim().toLowerCase());
      return value === undefined ? null : { value };
    }
    default:
      return checkedValue(type, parsed(text));
  }
}

/** A value of a JSON body if it has the declared type, else null: nothing is converted. */
export function checkedValue(type: WebhookValueType, value: unknown): Fitting {
  return isOf(type, value) ? { value } : null;
}

function isOf(type: WebhookValueType, value: unknown): boolean {
  switch (type) {
    case 'string':
    case 'boolean':
      return typeof value === type;
    case 'number':
      return typeof value === 'number' && Number.isFinite(value);
    case 'object':
      return isObject(value);
    case 'file':
      return value instanceof ReceivedFile;
    case 'array[string]':
    case 'array[number]':
    case 'array[boolean]':
    case 'array[object]': {
      const item = type.slice('array['.length, -1) as WebhookValueType;
      return Array.isArray(value) && value.every((entry) => isOf(item, entry));
    }
  }
}

function parsed(text: string): unknown {
  try {
    return parsePlainJson(text);
  } catch {
    return undefined;
  }
}
