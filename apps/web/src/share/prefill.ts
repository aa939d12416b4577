import type { FileReference } from '../api/messages.ts';
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

/** The inputs of a stored message as the form takes them, so that its conversation can go on. */
export function restore(
  variables: readonly FormVariable[],
  inputs: Readonly<Record<string, unknown>>,
): VariableValues {
  const values: Record<string, unknown> = {};
  for (const { variable, type } of variables) {
    const value = inputs[variable];
    if (value === undefined || value === null) continue;
    if (type === 'json_object') values[variable] = typeof value === 'string' ? value : JSON.stringify(value);
    else if (type === 'file') values[variable] = referenceTo(value);
    else if (type === 'file-list') values[variable] = Array.isArray(value) ? value.map(referenceTo) : [];
    else values[variable] = value;
  }
  return values;
}

/** A stored file as a request names it. */
function referenceTo(value: unknown): FileReference {
  const file = value as Record<'type' | 'transfer_method', string> & Record<string, unknown>;
  const { type, transfer_method } = file;
  if (transfer_method === 'remote_url')
    return { type, transfer_method, url: String(file['remote_url'] ?? file['url']) };
  const id = file['upload_file_id'] ?? file['related_id'];
  return { type, transfer_method: 'local_file', upload_file_id: String(id) };
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
