import type { FormVariable } from '../api/model-config.ts';
import type { VariableValues } from '../features/chat/variables-form.tsx';

/**
 * Values from the address as the form takes them: texts are cut to their length, numbers and check boxes are read,
 * choices must be among the options. What does not fit a variable, and names of no variable, are left out.
 */
export function prefill(
  variables: readonly FormVariable[],
  handed: Readonly<Record<string, string>>,
): VariableValues {
  const values: Record<string, unknown> = {};
  for (const variable of variables) {
    const text = handed[variable.variable];
    const value = text === undefined ? undefined : read(variable, text);
    if (value !== undefined) values[variable.variable] = value;
  }
  return values;
}

function read(variable: FormVariable, text: string): unknown {
  switch (variable.type) {
    case 'text-input':
    case 'paragraph':
      return variable.max_length ? text.slice(0, variable.max_length) : text;
    case 'number':
      return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : undefined;
    case 'select':
      return variable.options.includes(text) ? text : undefined;
    case 'checkbox':
      return ['true', '1', 'yes', 'on'].includes(text.toLowerCase());
    case 'json_object':
      return text;
    default:
      return undefined;
  }
}
