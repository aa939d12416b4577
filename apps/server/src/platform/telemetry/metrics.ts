import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { ModelCallMetrics, type ModelCallSample } from './metrics-model-calls.ts';
import { WorkflowRunMetrics, type WorkflowRunSample } from './metrics-workflow-runs.ts';

/** What is read at the moment somebody asks for the metrics. */
export interface MetricSources {
  runningTurns: () => number;
  runningWorkflows: () => number;
  openStreams: () => number;
  databaseFlushes: () => number;
  pool: { totalCount: number; idleCount: number; waitingCount: number };
}

/** Figures of this process in Prometheus's text format. Labels hold routes, models and states, never ids or texts. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests: Histogram<'route' | 'method' | 'status'>;
  readonly #turns: Counter<'mode' | 'status' | 'surface'>;
  readonly #tokens: Counter<'kind'>;
  readonly #modelCalls: ModelCallMetrics;
  readonly #workflowRuns: WorkflowRunMetrics;

  constructor(sources: MetricSources) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    this.#requests = new Histogram({
      name: 'trellis_http_request_seconds',
      help: 'Time to answer a request; of an event stream, to its end.',
      labelNames: ['route', 'method', 'status'],
      buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60],
      registers,
    });
    this.#turns = new Counter({
      name: 'trellis_turns_total',
      help: 'Turns that have ended.',
      labelNames: ['mode', 'status', 'surface'],
      registers,
    });
    this.#tokens = new Counter({
      name: 'trellis_turn_tokens_total',
      help: 'Tokens of ended turns.',
      labelNames: ['kind'],
      registers,
    });
    this.#modelCalls = new ModelCallMetrics(this.#registry);
    this.#workflowRuns = new WorkflowRunMetrics(this.#registry);
    const gauge = (name: string, help: string, read: () => number) =>
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(read());
        },
      });
    gauge('trellis_turns_running', 'Turns that this process carries out.', sources.runningTurns);
    gauge(
      'trellis_workflow_runs_running',
      'Runs of workflows and chatflows that this process carries out.',
      sources.runningWorkflows,
    );
    gauge('trellis_streams_open', 'Event streams that are open.', sources.openStreams);
    gauge(
      'trellis_database_flushes',
      'Grouped writes of turns and logs since the start.',
      sources.databaseFlushes,
    );
    gauge('trellis_database_connections', 'Connections of the pool.', () => sources.pool.totalCount);
    gauge('trellis_database_idle', 'Idle connections of the pool.', () => sources.pool.idleCount);
    gauge('trellis_database_waiting', 'Queries that wait for a connection.', () => sources.pool.waitingCount);
  }

  /** Counts an answered request. */
  request(sample: { route: string; method: string; status: number; seconds: number }): void {
    this.#requests.observe(
      { route: sample.route, method: sample.method, status: `${Math.floor(sample.status / 100)}xx` },
      sample.seconds,
    );
  }

  /** Counts an ended turn. */
  turn(sample: {
    mode: string;
    status: string;
    surface: string;
    promptTokens: number;
    completionTokens: number;
  }): void {
    this.#turns.inc({ mode: sample.mode, status: sample.status, surface: sample.surface });
    this.#tokens.inc({ kind: 'prompt' }, sample.promptTokens);
    this.#tokens.inc({ kind: 'completion' }, sample.completionTokens);
  }

  /** Counts an ended call of a language model. */
  modelCall(sample: ModelCallSample): void {
    this.#modelCalls.add(sample);
  }

  /** Counts a run of a graph that has ended, or pauses. */
  workflowRun(sample: WorkflowRunSample): void {
    this.#workflowRuns.add(sample);
  }

  /** Everything, as Prometheus reads it. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  /** Media type of {@link text}. */
  get contentType(): string {
    return this.#registry.contentType;
  }
}
