import type { EngineEvent } from '../core/events.ts';
import { idempotencyKeyOf } from '../core/execution-id.ts';
import type { NodeOutcome } from '../core/outcome.ts';
import type { NodePlace, RunRecord } from '../core/records.ts';
import { activeMs, timeExceeded } from '../core/run-end.ts';
import type { Execution, RunState, Task } from '../core/state.ts';
import { type LiveEvent, nextTask, type StepResult, step } from '../core/step.ts';
import { shownText } from '../core/streaming.ts';
import type { NodeContext } from '../nodes/node-context.ts';
import { retryDelayMs } from '../plan/failure-policy.ts';
import { outcomeOfError } from './outcome-of-error.ts';
import { interruptedTasks } from './replay.ts';
import type { RunEnvironment } from './run-options.ts';
import { StreamTape } from './stream-tape.ts';

const defaultParallelNodes = 10;

/** What reaches the driver from running nodes, timers and the control. */
type Message =
  | { readonly kind: 'live'; readonly event: LiveEvent }
  | { readonly kind: 'agent-log'; readonly event: Extract<EngineEvent, { event: 'agent_log' }> }
  | {
      readonly kind: 'outcome';
      readonly task: Task;
      readonly execution: Execution;
      readonly attempt: number;
      readonly outcome: NodeOutcome;
      readonly tape: StreamTape;
    }
  | { readonly kind: 'retry-due'; readonly task: Task }
  | { readonly kind: 'order'; readonly record: (at: number) => RunRecord }
  | { readonly kind: 'broken'; readonly error: unknown };

/**
 * Carries out one run: executes what `step` orders, appends what happened to the log, and hands on what is to be
 * told. All state is in `RunState`; what the driver holds can be lost at any moment.
 */
export class RunDriver {
  readonly #options: RunEnvironment;
  readonly #state: RunState;
  readonly #inbox: Message[] = [];
  readonly #outbox: EngineEvent[] = [];
  readonly #running = new Map<Execution, AbortController>();
  readonly #stop = new AbortController();
  #wake: (() => void) | null = null;
  #limitArmed = false;
  #passedBreakpoint: Task | null = null;

  constructor(options: RunEnvironment, state: RunState) {
    this.#options = options;
    this.#state = state;
  }

  /** Takes what a step brought about: events to tell, nodes to execute or cut off. */
  take(result: StepResult): void {
    for (const event of result.events) this.#tell(event);
    for (const command of result.commands) {
      if (command.kind === 'execute') this.#execute(command.task, command.execution);
      else this.#cancel(command.task);
    }
  }

  /** Picks up a run where its log ends. */
  recover(): void {
    const state = this.#state;
    if (state.status === 'paused') {
      this.#record({ type: 'run-resumed', at: this.#now() });
      this.#passedBreakpoint = nextTask(state) ?? null;
    } else {
      this.#record({ type: 'run-recovered', at: this.#now() });
    }
    const interrupted = interruptedTasks(state);
    if (interrupted.some(mayHaveShownText)) {
      this.#tell({ event: 'text_replace', data: { text: shownText(state) } });
    }
    for (const { execution, ...task } of interrupted) this.#execute(task, execution);
    for (const task of state.retrying) this.#retryLater(task);
  }

  /** Runs until the end or a pause. */
  async *drive(): AsyncGenerator<EngineEvent, void, void> {
    const { control, signal } = this.#options;
    const detach = control?.attach((command) => {
      this.#post({ kind: 'order', record: (at) => recordOf(command, at) });
    });
    const giveUp = () => this.#post({ kind: 'broken', error: signal?.reason });
    signal?.addEventListener('abort', giveUp, { once: true });
    try {
      while (true) {
        this.#work();
        if (this.#state.status !== 'running') break;
        for (const event of this.#outbox.splice(0)) {
          yield event;
          signal?.throwIfAborted();
        }
        if (this.#inbox.length === 0) await this.#message();
      }
      await this.#options.log.flush();
      yield* this.#outbox.splice(0);
    } finally {
      detach?.();
      signal?.removeEventListener('abort', giveUp);
      this.#stop.abort();
      for (const controller of this.#running.values()) controller.abort();
    }
  }

  /** Does everything that can be done without waiting. */
  #work(): void {
    this.#startReady();
    for (let message = this.#inbox.shift(); message !== undefined; message = this.#inbox.shift()) {
      this.#receive(message);
      if (this.#state.status !== 'running') return;
      this.#startReady();
    }
  }

  #tell(event: EngineEvent): void {
    this.#outbox.push(event);
    try {
      this.#options.onEvent?.(event);
    } catch (error) {
      // Whoever watches is not part of the run: it goes on as if nobody had.
      this.#options.onObserverError?.(error, event);
    }
  }

  #message(): Promise<void> {
    this.#armLimit();
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #post(message: Message): void {
    this.#inbox.push(message);
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }

  #now(): number {
    return this.#options.ports.clock.now();
  }

  #record(record: RunRecord): void {
    this.#options.log.append(record);
    this.take(step(this.#state, record));
  }

  #startReady(): void {
    const { maxParallelNodes = defaultParallelNodes, breakpoints } = this.#options;
    while (this.#state.running < maxParallelNodes) {
      const task = nextTask(this.#state);
      if (task === undefined) return;
      const isPassed =
        this.#passedBreakpoint?.node === task.node && this.#passedBreakpoint.frame === task.frame;
      if (breakpoints?.has(task.node.id) && !isPassed && !this.#state.pausing) {
        const message = `Breakpoint at ${task.node.title || task.node.id}`;
        this.#record({ type: 'pause-requested', at: this.#now(), message });
        continue;
      }
      this.#record({ type: 'node-started', at: this.#now(), ...placeOf(task) });
    }
  }

  #receive(message: Message): void {
    switch (message.kind) {
      case 'live':
        this.take(step(this.#state, message.event));
        break;
      case 'agent-log':
        this.#tell(message.event);
        break;
      case 'outcome':
        this.#settle(message);
        break;
      case 'retry-due':
        if (this.#state.retrying.has(message.task)) {
          this.#record({ type: 'node-started', at: this.#now(), ...placeOf(message.task) });
        }
        break;
      case 'order':
        this.#record(message.record(this.#now()));
        break;
      case 'broken':
        throw message.error;
    }
  }

  #execute(task: Task, execution: Execution): void {
    const { body } = task.node;
    if (body.kind !== 'run') return;
    const controller = new AbortController();
    this.#running.set(execution, controller);
    const tape = new StreamTape(task);
    const report = (outcome: NodeOutcome) =>
      this.#post({ kind: 'outcome', task, execution, attempt: execution.attempts, outcome, tape });
    const context = this.#context(task, { execution, tape, signal: controller.signal });
    const run = () => body.runner.run(context);
    const fail = (error: unknown) => report(outcomeOfError(error));
    if (body.runner.hasSideEffects) {
      this.#options.log.flush().then(
        () => {
          if (controller.signal.aborted) return;
          settle(run, report, fail);
        },
        (error: unknown) => this.#post({ kind: 'broken', error }),
      );
    } else {
      settle(run, report, fail);
    }
  }

  #context(
    task: Task,
    { execution, tape, signal }: { execution: Execution; tape: StreamTape; signal: AbortSignal },
  ): NodeContext {
    const { input, runId } = this.#state;
    const { frame, node } = task;
    const place = placeOf(task);
    return {
      node,
      pool: frame.pool,
      ports: this.#options.ports,
      runId,
      userId: String(input.system['user_id'] ?? ''),
      inputs: input.inputs,
      system: input.system,
      callDepth: this.#options.callDepth ?? 0,
      executionId: execution.id,
      idempotencyKey: idempotencyKeyOf(runId, frame.path, node.id),
      signal,
      stream: (name, text, isFinal) => {
        if (signal.aborted) return;
        tape.add(name, text, isFinal);
        this.#post({ kind: 'live', event: { type: 'node-streamed', ...place, name, text, isFinal } });
      },
      log: (data) => {
        const event = {
          event: 'agent_log' as const,
          data: { node_execution_id: execution.id, node_id: node.id, ...data },
        };
        this.#post({ kind: 'agent-log', event });
      },
    };
  }

  #settle({ task, execution, attempt, outcome, tape }: Extract<Message, { kind: 'outcome' }>): void {
    this.#running.delete(execution);
    if (execution.attempts !== attempt || execution.phase !== 'running') return;
    const at = this.#now();
    const place = placeOf(task);
    if (outcome.status === 'paused') {
      this.#record({ type: 'node-paused', at, ...place, reason: outcome.reason });
      return;
    }
    const streams = tape.finish(outcome);
    const delayMs = outcome.status === 'failed' ? this.#retryDelay(task, execution) : undefined;
    this.#record({
      type: 'node-finished',
      at,
      ...place,
      outcome,
      ...(streams.length > 0 ? { streams } : {}),
      ...(delayMs !== undefined ? { retryDelayMs: delayMs } : {}),
    });
    if (delayMs !== undefined) {
      for (const waiting of this.#state.retrying) {
        if (waiting.node === task.node && waiting.frame === task.frame) this.#retryLater(waiting);
      }
    }
  }

  #retryDelay({ node }: Task, { attempts }: Execution): number | undefined {
    const { retry } = node.failure;
    if (retry === null || attempts > retry.maxRetries) return undefined;
    return retryDelayMs(retry, attempts, this.#options.ports.random?.() ?? 0);
  }

  #retryLater(task: Task): void {
    const dueAt = task.frame.executions.get(task.node.id)?.retryAt ?? 0;
    const { clock } = this.#options.ports;
    clock.sleep(Math.max(0, dueAt - clock.now()), this.#stop.signal).then(
      () => this.#post({ kind: 'retry-due', task }),
      () => undefined,
    );
  }

  #cancel({ frame, node }: Task): void {
    const execution = frame.executions.get(node.id);
    if (execution === undefined) return;
    this.#running.get(execution)?.abort();
    this.#running.delete(execution);
  }

  /** A run that hangs in a node is stopped too when its time is over. */
  #armLimit(): void {
    if (this.#limitArmed) return;
    this.#limitArmed = true;
    const { maxTimeMs } = this.#state.setting.limits;
    const leftMs = maxTimeMs - activeMs(this.#state, this.#now()) + 1;
    this.#options.ports.clock.sleep(Math.max(0, leftMs), this.#stop.signal).then(
      () => {
        const reason = timeExceeded(activeMs(this.#state, this.#now()), maxTimeMs);
        if (reason !== null)
          this.#post({ kind: 'order', record: (at) => ({ type: 'run-aborted', at, reason }) });
      },
      () => undefined,
    );
  }
}

function placeOf({ frame, node }: Task): NodePlace {
  return { frame: frame.path, node: node.id };
}

function recordOf(
  command: Parameters<Parameters<NonNullable<RunEnvironment['control']>['attach']>[0]>[0],
  at: number,
): RunRecord {
  switch (command.kind) {
    case 'abort':
      return {
        type: 'run-aborted',
        at,
        reason: command.reason,
        ...(command.text === undefined ? {} : { text: command.text }),
      };
    case 'pause':
      return { type: 'pause-requested', at, message: command.message };
    case 'update-variables':
      return { type: 'variables-updated', at, updates: command.updates };
  }
}

/** Runs a node; results that are there at once are reported at once. */
function settle(
  run: () => NodeOutcome | Promise<NodeOutcome>,
  report: (outcome: NodeOutcome) => void,
  fail: (error: unknown) => void,
): void {
  try {
    const outcome = run();
    if (outcome instanceof Promise) outcome.then(report, fail);
    else report(outcome);
  } catch (error) {
    fail(error);
  }
}

function mayHaveShownText({ frame, node }: Task): boolean {
  const { stream } = frame;
  if (stream === null || stream.active < 0) return false;
  return (
    stream.plan.responses[stream.active]?.template.segments.some(
      (segment) => segment.kind === 'variable' && segment.selector[0] === node.id,
    ) ?? false
  );
}
