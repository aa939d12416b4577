import { AsyncLocalStorage } from 'node:async_hooks';
import type { Span } from './tracing.ts';

/** What is known about the work under way: put on every line of the log and on spans. Ids only, never texts. */
export interface Correlated {
  requestId?: string;
  /** The trace of this work, 32 hexadecimal digits: as traced, or made from the request's id. */
  traceId?: string;
  /** What the caller named its own trace (spec: service API §1.4). */
  externalTraceId?: string | undefined;
  workspaceId?: string;
  appId?: string;
  runId?: string;
  accountId?: string;
  endUserId?: string;
  /** The span that is open now; new spans become its children. */
  span?: Span;
}

/**
 * Carries what is known about a piece of work along its asynchronous calls, so that a line written deep inside names
 * the request and the run it is about. The facts may grow on the way (`add`): a run's id is known long after the
 * request began.
 */
export class Correlation {
  readonly #storage = new AsyncLocalStorage<Correlated>();

  /** Does the work with these facts. */
  run<T>(facts: Correlated, work: () => T): T {
    return this.#storage.run(facts, work);
  }

  /** Does the work with further facts, which what surrounds it does not see. */
  runWith<T>(more: Correlated, work: () => T): T {
    return this.#storage.run({ ...this.#storage.getStore(), ...more }, work);
  }

  /** Adds to what is known from here on; without surrounding work there is nothing to add to. */
  add(more: Correlated): void {
    const facts = this.#storage.getStore();
    if (facts) Object.assign(facts, more);
  }

  /** What is known now. */
  get current(): Correlated | undefined {
    return this.#storage.getStore();
  }

  /** What is known now, named as in the log. */
  logFields(): Record<string, string> {
    return logFieldsOf(this.#storage.getStore());
  }
}

/** Facts by the names that the log has for them. */
export function logFieldsOf(facts: Correlated | undefined): Record<string, string> {
  const fields: Record<string, string> = {};
  if (facts === undefined) return fields;
  if (facts.traceId !== undefined) fields['trace_id'] = facts.traceId;
  if (facts.externalTraceId !== undefined) fields['external_trace_id'] = facts.externalTraceId;
  if (facts.requestId !== undefined) fields['request_id'] = facts.requestId;
  if (facts.workspaceId !== undefined) fields['workspace_id'] = facts.workspaceId;
  if (facts.appId !== undefined) fields['app_id'] = facts.appId;
  if (facts.runId !== undefined) fields['run_id'] = facts.runId;
  if (facts.accountId !== undefined) fields['account_id'] = facts.accountId;
  if (facts.endUserId !== undefined) fields['end_user_id'] = facts.endUserId;
  return fields;
}
