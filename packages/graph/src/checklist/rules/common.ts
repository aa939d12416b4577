import { objectsOf, textsOf } from '../../graph/json.ts';
import { type Finding, required } from '../issues.ts';

/** The finding of the first rule that finds something. */
export function firstOf(...rules: (() => Finding | null)[]): Finding | null {
  for (const rule of rules) {
    const finding = rule();
    if (finding) return finding;
  }
  return null;
}

/** Whether a value is not filled in: absent, null, or text without any letter. */
export function isBlank(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

/** Whether a value is not filled in; an empty list is not, false and 0 are. */
export function isEmptyValue(value: unknown): boolean {
  return isBlank(value) || (Array.isArray(value) && value.length === 0);
}

/** Whether a selector does not name a variable yet. */
export function isUnsetSelector(stored: unknown): boolean {
  const selector = textsOf(stored);
  return selector.length === 0 || selector.some((part) => part === '');
}

/** The first thing that is missing in named inputs: names before sources. */
export function missingBinding(stored: unknown): Finding | null {
  const bindings = objectsOf(stored);
  if (bindings.some((binding) => isBlank(binding['variable']))) return required('variable_name');
  const isUnset = bindings.some((binding) => isUnsetSelector(binding['value_selector']));
  return isUnset ? required('variable_value') : null;
}
