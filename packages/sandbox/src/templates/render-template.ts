import { parseExactJson } from '../exact-json.ts';
import { defaultTemplateLimits, type TemplateLimits } from '../limits.ts';
import { Budget } from './run/budget.ts';
import { Interpreter } from './run/interpreter.ts';
import { TemplateCache } from './template-cache.ts';
import { TemplateError } from './template-error.ts';
import { fromJson } from './values/from-json.ts';
import type { Value } from './values/model.ts';

/** One rendering. */
export interface RenderOptions {
  /** Jinja source. */
  readonly template: string;
  /** JSON values by name, or JSON text of an object in which floats such as `3.0` keep their type. */
  readonly variables: Readonly<Record<string, unknown>> | string;
  readonly limits?: Partial<Pick<TemplateLimits, 'fuel' | 'maxOutputLength'>>;
  /** Where parsed templates are kept for the next rendering. */
  readonly cache?: TemplateCache;
}

/**
 * Renders a Jinja template with Python's output forms (those of jinja2 3.1 in its default environment).
 * Synchronous and without a time limit: servers use `createTemplateRenderer`, which runs it elsewhere.
 *
 * Errors: `TemplateError`.
 */
export function renderTemplate(options: RenderOptions): string {
  const limits = { ...defaultTemplateLimits, ...options.limits };
  try {
    const template = (options.cache ?? new TemplateCache(1)).parse(options.template);
    const interpreter = new Interpreter({
      template,
      variables: readVariables(options.variables),
      budget: new Budget(limits.fuel),
    });
    return interpreter.run(limits.maxOutputLength);
  } catch (error) {
    throw asTemplateError(error);
  }
}

function readVariables(variables: Readonly<Record<string, unknown>> | string): Map<string, Value> {
  const values = typeof variables === 'string' ? parseExactJson(variables) : variables;
  if (values === null || typeof values !== 'object' || Array.isArray(values)) {
    throw new TemplateError('TypeError', 'the variables of a template must be an object');
  }
  return new Map(Object.entries(values).map(([name, value]) => [name, fromJson(value)]));
}

/** The language's own failures that a template can provoke, in the words of the template language. */
function asTemplateError(error: unknown): unknown {
  if (error instanceof RangeError && /call stack/i.test(error.message)) {
    return new TemplateError('RecursionError', 'maximum recursion depth exceeded');
  }
  if (error instanceof RangeError) {
    // Invalid string or array length, BigInt too big: sizes that the fuel should have refused.
    return new TemplateError('OverflowError', 'a value is too large');
  }
  return error;
}
