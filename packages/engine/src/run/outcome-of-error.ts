import type { NodeFailure } from '../core/outcome.ts';
import { NodeError } from '../errors.ts';

/** The failure that a thrown error means. What nodes do not throw on purpose is a `WorkflowNodeError`. */
export function outcomeOfError(error: unknown): NodeFailure {
  if (error instanceof NodeError) return { status: 'failed', error: error.message, errorType: error.type };
  const message = error instanceof Error ? error.message : String(error);
  return { status: 'failed', error: message, errorType: 'WorkflowNodeError' };
}
