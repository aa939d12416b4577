import type { NodeFailure } from '../core/outcome.ts';
import { NodeError } from '../errors.ts';
import { messageOf } from '../nodes/error-of.ts';

/** The failure that a thrown error means. What nodes do not throw on purpose is a `WorkflowNodeError`. */
export function outcomeOfError(error: unknown): NodeFailure {
  if (error instanceof NodeError) return { status: 'failed', error: error.message, errorType: error.type };
  return { status: 'failed', error: messageOf(error), errorType: 'WorkflowNodeError' };
}
