import { Counter, Histogram, type Registry } from 'prom-client';

/** A run of a graph that has ended, or pauses. */
export interface WorkflowRunSample {
  mode: string;
  status: string;
  /** How it came about, such as `app-run`. */
  trigger: string;
  /** Seconds in which it ran; those in which it waited for somebody do not count. */
  seconds: number;
}

/** Figures of runs of graphs. */
export class WorkflowRunMetrics {
  readonly #runs: Counter<'mode' | 'status' | 'trigger'>;
  readonly #seconds: Histogram<'mode' | 'status'>;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#runs = new Counter({
      name: 'trellis_workflow_runs_total',
      help: 'Runs of workflows and chatflows that have ended or paused.',
      labelNames: ['mode', 'status', 'trigger'],
      registers,
    });
    this.#seconds = new Histogram({
      name: 'trellis_workflow_run_seconds',
      help: 'Time that runs of workflows and chatflows took, pauses not counted.',
      labelNames: ['mode', 'status'],
      buckets: [0.05, 0.2, 1, 5, 20, 60, 300, 1_200],
      registers,
    });
  }

  /** Counts a run. */
  add({ mode, status, trigger, seconds }: WorkflowRunSample): void {
    this.#runs.inc({ mode, status, trigger });
    this.#seconds.observe({ mode, status }, seconds);
  }
}
