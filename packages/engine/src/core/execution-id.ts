import { hash } from 'node:crypto';

/**
 * Id of a node's execution: a UUID (version 8, RFC 9562) made of what identifies it, so that every replay of a run,
 * on any machine, finds the same one without writing it down.
 */
export function executionIdOf(runId: string, framePath: string, nodeId: string): string {
  const digest = hash('sha256', `${runId}\n${framePath}\n${nodeId}`, 'hex');
  const variant = ((Number.parseInt(digest.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `8${digest.slice(13, 16)}`,
    variant + digest.slice(17, 20),
    digest.slice(20, 32),
  ].join('-');
}

/** Key under which a node's outside effects are to be recognised when it has to run a second time. */
export function idempotencyKeyOf(runId: string, framePath: string, nodeId: string): string {
  return framePath === '' ? `${runId}:${nodeId}` : `${runId}:${nodeId}:${framePath}`;
}
