import type { EngineEvent } from '@trellis/engine';
import type { Observer } from '../../platform/telemetry/observer.ts';
import type { Span } from '../../platform/telemetry/tracing.ts';

/** A span for each node of a run, from its first start to its end, all of its attempts included. */
export class NodeSpans {
  readonly #observer: Observer;
  readonly #runId: string;
  readonly #open = new Map<string, Span>();

  constructor(observer: Observer, runId: string) {
    this.#observer = observer;
    this.#runId = runId;
  }

  /** Takes an event into account; only starts and ends of nodes matter. */
  take(event: EngineEvent): void {
    if (event.event === 'node_started') this.#start(event.data);
    else if (event.event === 'node_finished') this.#end(event.data);
  }

  /** Ends what is open: the run pauses, or goes on elsewhere. */
  close(): void {
    for (const span of this.#open.values()) span.end();
    this.#open.clear();
  }

  #start({ id, node_id, node_type }: Extract<EngineEvent, { event: 'node_started' }>['data']): void {
    const span = this.#observer.start({
      name: `node ${node_type}`,
      kind: 'internal',
      attributes: {
        'trellis.run_id': this.#runId,
        'trellis.node_id': node_id,
        'trellis.node_type': node_type,
      },
    });
    if (span) this.#open.set(id, span);
  }

  #end({ id, status }: Extract<EngineEvent, { event: 'node_finished' }>['data']): void {
    const span = this.#open.get(id);
    if (!span) return;
    this.#open.delete(id);
    span.set({ 'trellis.status': status });
    if (status !== 'succeeded') span.fail('node_failed');
    span.end();
  }
}
