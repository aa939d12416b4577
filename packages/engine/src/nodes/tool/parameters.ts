import type { ToolData, TypedValue } from '@trellis/graph';
import { NodeError } from '../../errors.ts';
import type { ToolParameter } from '../../ports/index.ts';
import { isFile } from '../../values/file.ts';
import type { PoolReader } from '../../values/pool.ts';
import { renderTemplate } from '../../values/template.ts';
import { maskSecret } from '../../values/text.ts';
import { isObject } from '../../values/types.ts';

/** Parameters and form settings of a tool node, told apart. */
export interface ToolInputs {
  readonly parameters: Readonly<Record<string, TypedValue>>;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Settings written as `{type, value}` are parameters, unless a parameter of that name is there; others are settings. */
export function toolInputs(data: ToolData): ToolInputs {
  const parameters: Record<string, TypedValue> = { ...data.tool_parameters };
  const settings: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(data.tool_configurations)) {
    if (isTyped(value)) parameters[name] ??= value;
    else if (isObject(value) && !isFile(value)) parameters[name] ??= { type: 'constant', value };
    else settings[name] = value;
  }
  return { parameters, settings };
}

function isTyped(value: unknown): value is TypedValue {
  if (!isObject(value)) return false;
  const { type } = value;
  return (type === 'mixed' || type === 'variable' || type === 'constant') && 'value' in value;
}

/**
 * Values for a tool. Parameters the tool does not know become null.
 *
 * @throws {NodeError} `ToolParameterError` for a missing variable of a required parameter, and for mixed values that
 * are no text
 */
export function resolveParameters(
  given: Readonly<Record<string, TypedValue>>,
  declared: readonly ToolParameter[],
  pool: PoolReader,
): Record<string, unknown> {
  const byName = new Map(declared.map((parameter) => [parameter.name, parameter]));
  const values: Record<string, unknown> = {};
  for (const [name, typed] of Object.entries(given)) {
    if (typed.value === null || typed.value === undefined) continue;
    const parameter = byName.get(name);
    if (parameter === undefined) {
      values[name] = null;
      continue;
    }
    const value = resolveValue(name, typed, pool);
    if (value !== undefined) values[name] = value;
    else if (parameter.required)
      throw new NodeError('ToolParameterError', `Variable of parameter ${name} not found`);
  }
  return values;
}

/** The value, or undefined where a variable does not exist. */
function resolveValue(name: string, { type, value }: TypedValue, pool: PoolReader): unknown {
  if (type === 'variable') {
    const selector = Array.isArray(value) ? value.map(String) : [];
    return pool.get(selector)?.value;
  }
  if (typeof value === 'string') return renderTemplate(value, pool);
  if (type === 'constant') return value;
  throw new NodeError('ToolParameterError', `The value of parameter ${name} must be text`);
}

/** Parameters for the record: secret ones masked. */
export function recordedParameters(
  values: Readonly<Record<string, unknown>>,
  declared: readonly ToolParameter[],
): Record<string, unknown> {
  const secrets = new Set(declared.flatMap(({ name, isSecret }) => (isSecret ? [name] : [])));
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      secrets.has(name) ? maskSecret(String(value)) : value,
    ]),
  );
}
