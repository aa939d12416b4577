import type { Budget } from '../run/budget.ts';
import { TemplateError } from '../template-error.ts';
import { getItem } from '../values/access.ts';
import { type Arguments, Markup, textOf, Undefined, type Value } from '../values/model.ts';

/** What a filter or test may use besides its value and arguments. */
export interface FilterContext {
  readonly budget: Budget;
  /** Whether output is being escaped where the filter stands. */
  readonly autoescape: boolean;
  /** Applies another filter by name. Errors: `TemplateRuntimeError` when there is none. */
  applyFilter(name: string, value: Value, args: Arguments): Value;
  /** Applies a test by name. Errors: `TemplateRuntimeError` when there is none. */
  applyTest(name: string, value: Value, args: Arguments): boolean;
}

/** `value | name(args)` */
export type Filter = (value: Value, args: Arguments, context: FilterContext) => Value;

/** Filters by name. */
export type FilterTable = readonly (readonly [name: string, filter: Filter])[];

/** Reads an attribute path such as `a.b.0` from each element of a sequence. */
export function attributeGetter(
  attribute: Value | undefined,
  context: FilterContext,
  options: { readonly ignoreCase?: boolean; readonly missing?: Value } = {},
): (item: Value) => Value {
  const parts = attributeParts(attribute);
  const { missing } = options;
  return (item) => {
    let value = item;
    for (const part of parts) {
      context.budget.spend(1);
      value = getItem(value, part, context.budget);
      if (value instanceof Undefined && missing !== undefined) value = missing;
    }
    return options.ignoreCase ? ignoreCase(value) : value;
  };
}

/** Text in small letters, other values as they are: the key of comparisons that ignore case. */
export function ignoreCase(value: Value): Value {
  const text = textOf(value);
  return text === undefined ? value : text.toLowerCase();
}

/** Keeps safe HTML safe. */
export function like(value: Value, text: string): Value {
  return value instanceof Markup ? new Markup(text) : text;
}

/** The error of an argument that a filter does not accept. */
export function argumentError(message: string): TemplateError {
  return new TemplateError('FilterArgumentError', message);
}

function attributeParts(attribute: Value | undefined): Value[] {
  if (attribute === undefined || attribute === null) return [];
  const text = textOf(attribute);
  if (text === undefined) return [attribute];
  return text.split('.').map((part) => (/^\d+$/.test(part) ? BigInt(part) : part));
}
