import type { NodeFailure, NodeReport } from '../core/outcome.ts';
import { NodeError } from '../errors.ts';

/** Message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A failure made of something thrown, keeping what is known of the attempt. `fallbackType` is for errors without a type. */
export function failureOf(error: unknown, report: NodeReport, fallbackType: string): NodeFailure {
  const errorType = error instanceof NodeError ? error.type : typeNameOf(error, fallbackType);
  return { ...report, status: 'failed', error: messageOf(error), errorType };
}

/** Errors of ports carry a class-like name; JavaScript's own names say nothing to an author of apps. */
function typeNameOf(error: unknown, fallbackType: string): string {
  if (!(error instanceof Error) || !/^[A-Z]\w*Error$/.test(error.name)) return fallbackType;
  return builtInNames.has(error.name) ? fallbackType : error.name;
}

const builtInNames = new Set([
  'Error',
  'TypeError',
  'RangeError',
  'SyntaxError',
  'ReferenceError',
  'EvalError',
  'URIError',
  'AggregateError',
]);
