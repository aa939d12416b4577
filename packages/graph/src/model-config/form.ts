import { z } from 'zod';
import { isObject } from '../graph/json.ts';
import { type StartVariable, startVariable } from '../nodes/start.ts';

/** Names of the fields that the form of a basic app may have. */
export const formFieldTypes = [
  'text-input',
  'paragraph',
  'select',
  'number',
  'checkbox',
  'file',
  'file-list',
  'json_object',
  'external_data_tool',
] as const;

/** Letters, ideographs, digits, underscores and emoji; 1 to 100, not beginning with a digit. */
export const variableNamePattern =
  /^(?!\d)[\u4E00-\u9FA5A-Za-z0-9_\u{1F300}-\u{1F64F}\u{1F680}-\u{1F6FF}]{1,100}$/u;

function formTypeOf(entry: unknown): (typeof formFieldTypes)[number] | null {
  if (!isObject(entry)) return null;
  const [name, ...others] = Object.keys(entry);
  return others.length === 0 ? (formFieldTypes.find((known) => known === name) ?? null) : null;
}

/**
 * One field of the form, stored as a mapping of one key, its type (`{select: {variable: …}}`), read as a start
 * variable. `external_data_tool` fields are filled by a tool instead of the user.
 */
export const formField = z.unknown().transform((entry, context): StartVariable => {
  const type = formTypeOf(entry);
  const content = type !== null && isObject(entry) ? entry[type] : null;
  if (type === null || !isObject(content)) {
    context.addIssue({
      code: 'custom',
      message: `must be a mapping of one key of ${formFieldTypes.join(', ')}`,
    });
    return z.NEVER;
  }
  const { type: toolType, ...rest } = content;
  const parsed = startVariable.safeParse({ ...rest, type });
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      context.addIssue({ code: 'custom', path: [type, ...issue.path], message: issue.message });
    }
    return z.NEVER;
  }
  const report = (key: string, message: string) =>
    context.addIssue({ code: 'custom', path: [type, key], message });
  const field = parsed.data;
  if (typeof content['label'] !== 'string' || field.label === '') report('label', 'is required');
  if (!variableNamePattern.test(field.variable)) report('variable', 'is not a valid name');
  if (type === 'select' && field.default && !field.options.includes(String(field.default))) {
    report('default', 'must be one of the options');
  }
  return toolType === undefined ? field : { ...field, tool_type: toolType };
});
