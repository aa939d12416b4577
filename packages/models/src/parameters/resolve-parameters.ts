import type { ParameterRule } from '../schema/parameter-rule.ts';

/** A call parameter that does not fit its rule. */
export class ParameterError extends Error {
  override readonly name = 'ParameterError';
  readonly code = 'parameter_invalid';
  readonly parameter: string;

  constructor(parameter: string, problem: string) {
    super(`Model Parameter ${parameter} ${problem}`);
    this.parameter = parameter;
  }
}

/** Parameters as they go to the adapter. */
export interface ResolvedParameters {
  parameters: Record<string, unknown>;
  /** Stop sequences, taken out of the parameters. */
  stop: string[];
  /** What was changed to fit the model's rules, for the log. */
  adjustments: string[];
}

/**
 * Checks call parameters against a model's rules. A parameter that is not given is not sent, unless its rule requires
 * it; numbers outside the model's range are brought to its edge, because app files outlive the models they name;
 * parameters without a rule are dropped, except for models that have no definition (`passUnknown`).
 *
 * @throws ParameterError for a missing required value, a wrong type or an unknown option
 */
export function resolveParameters(
  rules: readonly ParameterRule[],
  given: Readonly<Record<string, unknown>>,
  options: { passUnknown?: boolean } = {},
): ResolvedParameters {
  const { stop: stopValue, ...rest } = given;
  const adjustments: string[] = [];
  const parameters: Record<string, unknown> = options.passUnknown === true ? { ...rest } : {};
  for (const rule of rules) {
    const value = valueFor(rule, given);
    if (value === undefined) continue;
    const checked = checkValue(rule, value);
    if (checked !== value) adjustments.push(`${rule.name}: ${String(value)} → ${String(checked)}`);
    parameters[rule.name] = checked;
  }
  return { parameters, stop: stopSequences(stopValue), adjustments };
}

function stopSequences(value: unknown): string[] {
  const list = Array.isArray(value) ? value : [value];
  return list.filter((text): text is string => typeof text === 'string' && text !== '');
}

function valueFor(rule: ParameterRule, given: Readonly<Record<string, unknown>>): unknown {
  const own = given[rule.name] ?? (rule.use_template === null ? undefined : given[rule.use_template]);
  if (own !== undefined && own !== null && own !== '') return own;
  if (!rule.required) return undefined;
  if (rule.default === null) throw new ParameterError(rule.name, 'is required.');
  return rule.default;
}

function checkValue(rule: ParameterRule, value: unknown): unknown {
  switch (rule.type) {
    case 'int':
    case 'float':
      return checkNumber(rule, value);
    case 'boolean':
      if (typeof value === 'boolean') return value;
      if (value === 'true' || value === 'false') return value === 'true';
      throw new ParameterError(rule.name, 'should be bool.');
    default:
      return checkString(rule, value);
  }
}

function checkNumber(rule: ParameterRule, value: unknown): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) {
    throw new ParameterError(rule.name, rule.type === 'int' ? 'should be int.' : 'should be float.');
  }
  if (rule.type === 'int' && !Number.isInteger(number)) throw new ParameterError(rule.name, 'should be int.');
  const lowest = rule.min ?? -Infinity;
  const highest = rule.max ?? Infinity;
  const decimals = rule.type === 'float' ? rule.precision : null;
  const rounded = decimals === null ? number : Number(number.toFixed(decimals));
  return Math.min(highest, Math.max(lowest, rounded));
}

function checkString(rule: ParameterRule, value: unknown): string {
  // Schemas are edited as text but some files carry them as objects.
  const text = rule.type === 'text' && typeof value === 'object' ? JSON.stringify(value) : value;
  if (typeof text !== 'string') throw new ParameterError(rule.name, 'should be string.');
  if (rule.options.length > 0 && !rule.options.includes(text)) {
    throw new ParameterError(rule.name, `should be one of ${rule.options.join(', ')}.`);
  }
  return text;
}
