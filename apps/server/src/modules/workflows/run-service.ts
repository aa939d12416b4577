import {
  type EngineEvent,
  executeRun,
  isEnded,
  RunControl,
  type RunLimits,
  type RunRecord,
  resumeRun,
  type WorkflowResultData,
} from '@trellis/engine';
import type { Logger } from 'pino';
import type { AppSnapshot } from '../../platform/auth/principals.ts';
import { type ActiveLimitSettings, activeLimit, tooManyRequests } from '../../platform/runs/active-limit.ts';
import type { LiveRun, StopReason } from '../../platform/runs/live-run.ts';
import { type OwnedRunLog, RunLostError } from '../../platform/runs/owned-run-log.ts';
import type { RunRegistry } from '../../platform/runs/run-registry.ts';
import type { Observer } from '../../platform/telemetry/observer.ts';
import type { ModelService } from '../models/service.ts';
import { OutputGuard } from '../moderation/output-guard.ts';
import type { ModerationPolicies } from '../moderation/policy.ts';
import { TurnSpeech } from '../turns/speech.ts';
import { AnswerWatch, moderatedEnd, withAnswer } from './answer-watch.ts';
import type { ConversationVariableStore } from './conversation-variable-store.ts';
import { decodeLog } from './decode-log.ts';
import { EventNumbers } from './event-numbers.ts';
import { NodeSpans } from './node-spans.ts';
import type { EnginePortFactory } from './ports/engine-ports.ts';
import type { RunMessage, RunOutcome, WorkflowRun } from './run.ts';
import { RunEventMapper, sequenceOf } from './run-events.ts';
import { RunFold, shownResources } from './run-fold.ts';
import { RunJournal } from './run-journal.ts';
import { failedOutcome, internalError, outcomeOf } from './run-outcome.ts';
import type { RunStore, StoredRun } from './run-store.ts';
import { RunTotals } from './run-totals.ts';
import type { OpeningRun, RunWriter } from './run-writer.ts';

/** What carries runs out. */
export interface RunServiceOptions {
  registry: RunRegistry<RunMessage>;
  writer: RunWriter;
  runLog: OwnedRunLog;
  store: RunStore;
  variables: ConversationVariableStore;
  ports: EnginePortFactory;
  observer: Observer;
  models: ModelService;
  moderation: { policies: ModerationPolicies; failClosed: boolean };
  log: Logger;
  ownerId: string;
  limits: RunLimits;
  maxParallelNodes: number;
  /** Longest time of a whole run in milliseconds; ends it like a stop. */
  runTimeoutMs: number;
  activeRequests: ActiveLimitSettings;
  /** Told about every run that has ended or pauses; must not throw. */
  onEnded?: (run: WorkflowRun, outcome: RunOutcome) => void;
}

/** A run that this process carries out. */
export interface LocalRun {
  run: WorkflowRun;
  live: LiveRun<RunMessage>;
  /** Records that were in the log when this process took the run up; their events are not in `live`. */
  recordsBefore: number;
  /** Cost, text and sources so far. */
  totals: RunTotals;
  /** Moderates what it says; null where nothing does. */
  watch: AnswerWatch | null;
  /** Speaks what it says; null where nobody listens. */
  speech: TurnSpeech | null;
  /** Sequence number of the newest event. */
  newest: number;
  /** True once the event that ends this stretch has been published. */
  closed: boolean;
  /** Whether that event was a pause. */
  paused: boolean;
}

/** Carries runs of graphs out, whatever becomes of their client; what it starts can go on in another process. */
export class RunService {
  readonly #o: RunServiceOptions;
  readonly #local = new Map<string, LocalRun>();

  constructor(options: RunServiceOptions) {
    this.#o = options;
  }

  /** 429 when the app has as many runs under way as it may. */
  assertCapacity(app: AppSnapshot): void {
    const limit = activeLimit(app, this.#o.activeRequests);
    if (limit !== null && this.#o.registry.countOf(app.id) >= limit) throw tooManyRequests(app.id, limit);
  }

  /** Runs of this process, by id. */
  localIds(): string[] {
    return [...this.#local.keys()];
  }

  /** The run, if this process carries it out. */
  find(runId: string): LocalRun | undefined {
    return this.#local.get(runId);
  }

  /**
   * Writes the run down and begins it. When this resolves the run will reach a final state, come what may; false when
   * another run has its idempotency key. 429 when the app has as many runs under way as it may.
   */
  async start(opening: OpeningRun): Promise<boolean> {
    const { app } = opening.run;
    const { activeRequests, registry, writer } = this.#o;
    // Nothing is awaited between looking and reserving: of a burst, only as many pass as there are places.
    this.assertCapacity(app);
    const release = registry.reserve(app.id);
    const limit = activeRequests.acrossProcesses ? activeLimit(app, activeRequests) : null;
    try {
      const outcome = await writer.open(opening, limit);
      if (outcome === 'full') throw tooManyRequests(app.id, limit);
      if (outcome === 'known') return false;
    } finally {
      release();
    }
    this.#begin(opening.run, opening.records ?? [], { toldBefore: 0 });
    return true;
  }

  /** Goes on with a run that this process has claimed. */
  async recover(run: WorkflowRun): Promise<void> {
    const records = decodeLog(await this.#o.runLog.read(run.id));
    this.#begin(run, records, { toldBefore: records.length });
  }

  /** Goes on with a paused run that this process has taken up; false when it does not wait. */
  async resume(runId: string, load: (stored: StoredRun) => Promise<WorkflowRun | null>): Promise<boolean> {
    const stored = await this.#o.store.resume(this.#o.ownerId, runId);
    if (!stored) return false;
    const run = await load(stored);
    if (run) await this.recover(run);
    else await this.#o.store.abandon(this.#o.ownerId, runId, 'The app of this run no longer exists.');
    return true;
  }

  /** Stops a run wherever it is carried out. */
  stop(runId: string): Promise<void> {
    return this.#o.registry.stop(runId);
  }

  /** `toldBefore` of the records were told by whoever wrote them; those of a run that begins as another's are not. */
  #begin(run: WorkflowRun, records: readonly RunRecord[], { toldBefore }: { toldBefore: number }): void {
    this.#o.registry.start({
      id: run.id,
      appId: run.app.id,
      work: async (live) => {
        const totals = new RunTotals();
        const local: LocalRun = {
          run,
          live,
          recordsBefore: toldBefore,
          totals,
          watch: this.#watchOf(run, { totals, live }),
          speech: run.speaks ? this.#speechOf(run, live) : null,
          newest: sequenceOf(records.length, 0),
          closed: false,
          paused: false,
        };
        this.#local.set(run.id, local);
        try {
          await this.#observed(run, () => this.#carryOut(local, records));
        } finally {
          this.#local.delete(run.id);
        }
      },
    });
  }

  #watchOf(
    run: WorkflowRun,
    { totals, live }: { totals: RunTotals; live: LiveRun<RunMessage> },
  ): AnswerWatch | null {
    if (run.turn === null) return null;
    const { moderation, log } = this.#o;
    const settings = run.definition.features.sensitive_word_avoidance;
    const policy = moderation.policies.of({ scope: run.scope, appId: run.app.id, settings });
    if (policy === null || policy.checkOutput === null) return null;
    const { failClosed } = moderation;
    return new AnswerWatch(new OutputGuard({ policy, failClosed, signal: live.signal, log }), totals);
  }

  #speechOf(run: WorkflowRun, live: LiveRun<RunMessage>): TurnSpeech {
    const { models, log } = this.#o;
    return new TurnSpeech({
      scope: run.scope,
      runId: run.id,
      voice: run.definition.features.text_to_speech.voice,
      models,
      log,
      // Sound is told once and is in no log: it has the number of what came before it.
      publish: (event) => live.publish({ sequence: this.#local.get(run.id)?.newest ?? 0, event }),
      signal: live.signal,
    });
  }

  /** Carries a run out as a span, and where the log knows which run it is about. */
  #observed(run: WorkflowRun, work: () => Promise<RunOutcome | null>): Promise<void> {
    const { workspaceId } = run.scope;
    return this.#o.observer.during(
      {
        name: 'workflow run',
        kind: 'internal',
        facts: { runId: run.id, workspaceId, appId: run.app.id },
        attributes: {
          'trellis.run_id': run.id,
          'trellis.workspace_id': workspaceId,
          'trellis.app_id': run.app.id,
          'trellis.app_mode': run.mode,
          'trellis.conversation_id': run.turn?.conversationId,
          'trellis.surface': run.surface,
          'trellis.triggered_from': run.triggeredFrom,
        },
      },
      async (span) => {
        const outcome = await work();
        span?.set({ 'trellis.status': outcome?.status ?? 'given-back' });
        if (outcome?.status === 'failed') span?.fail(outcome.failure?.code ?? 'run_failed');
      },
    );
  }

  /** How the run ended here; null when another process goes on with it. */
  async #carryOut(local: LocalRun, records: readonly RunRecord[]): Promise<RunOutcome | null> {
    const { run, live } = local;
    const giveUp = new AbortController();
    const control = new RunControl();
    const timer = setTimeout(() => live.stop('time-limit'), this.#o.runTimeoutMs);
    obey(live.signal, control, giveUp);
    const open = this.#o.ports.open(run);
    const spans = new NodeSpans(this.#o.observer, run.id);
    try {
      const outcome =
        (await this.#endInLog(local, records)) ??
        (await this.#execute(local, records, { giveUp, control, spans, ports: open.ports }));
      await this.#close(local, outcome);
      await local.speech?.finish();
      return outcome;
    } catch (error) {
      if (!(error instanceof RunLostError) && !giveUp.signal.aborted) return await this.#failed(local, error);
      await this.#giveBack(run, error);
      return null;
    } finally {
      clearTimeout(timer);
      spans.close();
      await open.close();
    }
  }

  /**
   * Takes up what the log holds, and tells what of it nobody has been told. The outcome of a run whose log is complete:
   * its process died between the last record and the run's row.
   */
  async #endInLog(local: LocalRun, records: readonly RunRecord[]): Promise<RunOutcome | null> {
    const { run, totals, recordsBefore } = local;
    if (records.length === 0) return null;
    const fold = new RunFold(run, this.#o.limits);
    let last: { events: readonly EngineEvent[]; messages: RunMessage[] } = { events: [], messages: [] };
    for (const record of records) {
      if (fold.count > recordsBefore) this.#publish(local, last.messages);
      last = fold.feed(record);
    }
    totals.adopt(fold.totals);
    const end = last.events.findLast(({ event }) => event === 'workflow_finished');
    if (fold.status !== null && isEnded(fold.status) && end?.event === 'workflow_finished') {
      return this.#ended(local, end.data, last.messages);
    }
    if (fold.count > recordsBefore) this.#publish(local, last.messages);
    return null;
  }

  async #execute(
    local: LocalRun,
    records: readonly RunRecord[],
    hold: {
      giveUp: AbortController;
      control: RunControl;
      spans: NodeSpans;
      ports: ReturnType<EnginePortFactory['open']>['ports'];
    },
  ): Promise<RunOutcome> {
    const { run, totals, watch } = local;
    const { giveUp, control, spans, ports } = hold;
    const journal = new RunJournal({
      log: this.#o.runLog,
      runId: run.id,
      written: records.length,
      onRecord: (record) => totals.account(record),
      onBroken: (error) => giveUp.abort(error),
    });
    const numbers = new EventNumbers(journal);
    const environment = {
      plan: run.definition.plan,
      log: journal,
      ports,
      environment: run.definition.environment,
      limits: this.#o.limits,
      maxParallelNodes: this.#o.maxParallelNodes,
      control,
      signal: giveUp.signal,
      onEvent: (event: EngineEvent) => {
        numbers.add();
        spans.take(event);
      },
      onObserverError: (error: unknown) =>
        this.#o.log.error({ err: error, run_id: run.id }, 'a run could not be observed, and goes on'),
    };
    const mapper = new RunEventMapper(run, () => ({
      usage: totals.usage,
      retrieverResources: shownResources(run, totals),
    }));
    const saved: Promise<void>[] = [...this.#saveConversation(run, totals)];
    const stream =
      records.length === 0
        ? executeRun({ ...environment, run: { runId: run.id, workflowId: run.workflowId, ...run.input } })
        : resumeRun({ ...environment, records });
    for await (const event of stream) {
      totals.take(event);
      const sequence = numbers.next();
      if (event.event === 'workflow_finished') {
        await Promise.all(saved);
        return this.#ended(local, event.data, mapper.map(event, sequence));
      }
      if (event.event === 'workflow_paused') {
        await Promise.all(saved);
        return outcomeOf(run, { data: event.data, totals, closing: mapper.map(event, sequence) });
      }
      if (event.event === 'variable_updated') saved.push(...this.#saveVariable(run, event.data));
      const instead = watch && (await watch.after(event, { sequence, control }));
      this.#publish(local, instead ?? mapper.map(event, sequence));
    }
    throw new Error('the run ended without saying so');
  }

  /** The outcome of a run that said it was over, after moderation's last look at what it had said. */
  async #ended(local: LocalRun, data: WorkflowResultData, closing: RunMessage[]): Promise<RunOutcome> {
    const { run, totals, watch } = local;
    const answer = data.status === 'failed' || !watch ? null : await watch.atEnd();
    if (answer === null) return outcomeOf(run, { data, totals, closing });
    return outcomeOf(run, {
      data: withAnswer(data, answer),
      totals,
      closing: moderatedEnd(closing, answer),
    });
  }

  /** Values that were in the log when the run was taken over may not have reached their rows. */
  #saveConversation(run: WorkflowRun, totals: RunTotals): Promise<void>[] {
    return [...totals.conversation].flatMap(([name, value]) =>
      this.#saveVariable(run, { selector: ['conversation', name], value }),
    );
  }

  #saveVariable(run: WorkflowRun, change: { selector: readonly string[]; value: unknown }): Promise<void>[] {
    const [owner, name] = change.selector;
    if (owner !== 'conversation' || name === undefined || run.turn === null) return [];
    const { variables, log } = this.#o;
    return [
      variables.save(run.scope, run.turn.conversationId, { name, value: change.value }).catch((error) => {
        log.error({ err: error, run_id: run.id }, 'a conversation variable could not be saved');
      }),
    ];
  }

  #publish(local: LocalRun, messages: readonly RunMessage[]): void {
    for (const message of messages) {
      local.newest = message.sequence;
      if (local.speech) speak(local.speech, message.event);
      local.live.publish(message);
    }
  }

  /** The record comes before the closing event: who reads the run's detail right after it finds the result. */
  async #close(local: LocalRun, outcome: RunOutcome): Promise<void> {
    const { run } = local;
    try {
      await this.#o.writer.end({ run, outcome });
    } catch (error) {
      // The log holds the end: whoever claims the run writes the row from it.
      this.#o.log.error({ err: error, run_id: run.id }, 'the end of a run could not be written down');
    }
    this.#publish(local, outcome.closing);
    local.closed = true;
    local.paused = outcome.status === 'paused';
    this.#o.onEnded?.(run, outcome);
  }

  /** This process may not or cannot go on; another one will. */
  async #giveBack(run: WorkflowRun, error: unknown): Promise<void> {
    const { log, store, ownerId } = this.#o;
    log.warn({ err: error, run_id: run.id }, 'a run is left to another process');
    await store
      .release(ownerId, run.id)
      .catch((cause) => log.error({ err: cause, run_id: run.id }, 'a run could not be given back'));
  }

  async #failed(local: LocalRun, error: unknown): Promise<RunOutcome> {
    const { run, totals } = local;
    this.#o.log.error({ err: error, run_id: run.id, app_id: run.app.id }, 'a run could not be carried out');
    const message = error instanceof Error ? error.message : String(error);
    const outcome = failedOutcome(run, message, totals);
    const failure = { event: 'error' as const, ...internalError };
    const closed: RunOutcome = {
      ...outcome,
      closing: [{ sequence: local.newest + 1, event: failure }],
      failure: internalError,
    };
    await this.#close(local, closed);
    return closed;
  }
}

function speak(speech: TurnSpeech, event: RunMessage['event']): void {
  if (event.event === 'message') speech.add(event.answer);
  else if (event.event === 'message_replace') speech.replace(event.answer);
  else if (event.event === 'text_chunk') speech.add(String(event.data['text'] ?? ''));
  else if (event.event === 'text_replace') speech.replace(String(event.data['text'] ?? ''));
}

/** A stop of a person or of the clock ends the run; a lost lease only ends its stay in this process. */
function obey(signal: AbortSignal, control: RunControl, giveUp: AbortController): void {
  const act = () => {
    const reason = signal.reason as StopReason;
    if (reason === 'lease-lost') giveUp.abort(new Error('this process may not go on with the run'));
    else if (reason === 'time-limit') control.abort('The run took longer than an app may.');
    else control.abort('Stopped by user.');
  };
  if (signal.aborted) act();
  else signal.addEventListener('abort', act, { once: true });
}
