import type { ErrorFields } from './error-fields.ts';
import type { LogRecord } from './log-record.ts';

/** Makes lines for programs (spec: console §5.7): one JSON object each. */
export function jsonLine({ timeMs, severity, service, message, fields }: LogRecord): string {
  const { trace_id, caller, err, ...attributes } = fields;
  const { workspace_id, account_id, end_user_id } = attributes;
  const error = err as ErrorFields | undefined;
  const identity = {
    tenant_id: workspace_id,
    user_id: account_id ?? end_user_id,
    user_type: account_id === undefined ? (end_user_id === undefined ? undefined : 'end_user') : 'account',
  };
  return `${JSON.stringify({
    ts: new Date(timeMs).toISOString(),
    severity,
    service,
    caller,
    trace_id,
    message,
    identity: Object.values(identity).some((value) => value !== undefined) ? identity : undefined,
    attributes: { ...attributes, ...(error === undefined ? {} : { error: withoutStack(error) }) },
    stack: error?.stack,
  })}\n`;
}

function withoutStack({ stack: _stack, cause, ...rest }: ErrorFields): Record<string, unknown> {
  return cause === undefined ? rest : { ...rest, cause: withoutStack(cause) };
}
