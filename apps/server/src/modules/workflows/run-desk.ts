import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import { ApiError, invalidParam, notFound } from '../../platform/errors.ts';
import { EventStream, JsonReply } from '../../platform/http/route.ts';
import { isUuid } from '../../platform/ids.ts';
import { readPromptConfig } from '../apps/prompt-config.ts';
import { type Audience, blockingAnswer, encodeEvents } from '../turns/encode.ts';
import type { Asker } from '../turns/turn.ts';
import type { TurnService } from '../turns/turn-service.ts';
import { blockingRunAnswer } from './blocking-answer.ts';
import type { RunCallbacks } from './callbacks/run-callbacks.ts';
import { type EncodeOptions, encodeRun } from './encode-run.ts';
import type { RunFollower } from './follow-run.ts';
import { assertSameRequest, requestFingerprint } from './idempotency.ts';
import type { AnsweredRequest, RunOpener, RunRequest } from './open-run.ts';
import type { Repetition, RunRepeater } from './repeat-run.ts';
import type { RunMessage, WorkflowRun } from './run.ts';
import { replaceText, sequenceOf } from './run-events.ts';
import type { RunService } from './run-service.ts';
import type { RunStore, StoredRun } from './run-store.ts';
import type { OpeningRun } from './run-writer.ts';
import type { DisplayLimits } from './shorten.ts';
import type { RunLoader } from './take-over.ts';

const runNotFound = 'Workflow run not found';

/** What the answer to a request for a run is. */
export type RunAnswer = EventStream | JsonReply<Record<string, unknown>> | Record<string, unknown>;

/** A run that goes on by itself, and where it was when it was asked for. */
interface AcceptedRun {
  run: WorkflowRun;
  status: StoredRun['status'];
}

/** What of a request an idempotency key belongs to. */
type KeyedRequest = Pick<
  RunRequest,
  'scope' | 'app' | 'userId' | 'idempotencyKey' | 'requestHash' | 'callbackUrl'
>;

/** Who deals with a run: the one it was started by, or anybody who works on its app. */
export interface RunViewer {
  appId: string;
  asker: Asker;
  worksOnApp?: boolean;
}

/** How an answer is given. */
export interface AnswerOptions {
  /** `async`: at once, with where to look. */
  mode: 'streaming' | 'blocking' | 'async';
  audience: Audience;
  /** Shortens what a stream tells of nodes. */
  display?: DisplayLimits;
}

/** How a client comes back to a run. */
export interface AttachOptions {
  audience: Audience;
  /** Shortens what is told of nodes. */
  display?: DisplayLimits;
  snapshot: boolean;
  continueOnPause: boolean;
  /** The newest event that the client has; its events are then numbered. */
  after?: number | undefined;
}

/** Takes requests for runs and answers them: what the service API, the web app and the console have in common. */
export class RunDesk {
  readonly #o: {
    opener: RunOpener;
    repeater: RunRepeater;
    callbacks: RunCallbacks;
    runs: RunService;
    follower: RunFollower;
    store: RunStore;
    loader: RunLoader;
    turns: TurnService;
  };

  constructor(options: {
    opener: RunOpener;
    repeater: RunRepeater;
    callbacks: RunCallbacks;
    runs: RunService;
    follower: RunFollower;
    store: RunStore;
    loader: RunLoader;
    turns: TurnService;
  }) {
    this.#o = options;
  }

  /** Accepts a run and answers with its events, or with its end. */
  async answer(request: Omit<RunRequest, 'streaming'>, options: AnswerOptions): Promise<RunAnswer> {
    const opened = await this.#open({ ...request, streaming: options.mode === 'streaming' });
    return 'preset' in opened ? this.#withoutRun(opened, options) : this.#told(opened, options);
  }

  /** Accepts a run whose end nobody waits for; 400 when moderation answers instead. */
  async accept(request: Omit<RunRequest, 'streaming'>): Promise<{ run: WorkflowRun }> {
    const opened = await this.#open({ ...request, streaming: false });
    if ('preset' in opened) throw invalidParam(opened.preset);
    return opened;
  }

  /** Tries a run again, or runs it again from a node, as a new run; 404 for a run that is not open to whoever asks. */
  async repeat(
    who: RunViewer & { scope: WorkspaceScope },
    request: { runId: string; repetition: Repetition } & Pick<RunRequest, 'idempotencyKey' | 'callbackUrl'>,
    options: AnswerOptions,
  ): Promise<RunAnswer> {
    const stored = await this.find(who.scope, who.appId, request.runId);
    if (!isOpenTo(stored, who)) throw notFound(`${runNotFound}.`);
    const run = await this.#o.loader.load(stored);
    if (!run) throw notFound('The version of the app that this run ran on no longer exists.');
    const { runId, repetition, idempotencyKey, callbackUrl } = request;
    const keyed = withFingerprint({ ...run, idempotencyKey, callbackUrl }, [runId, repetition]);
    const open = () => this.#o.repeater.open({ stored, run, repetition, sender: who }, keyed);
    return this.#told(await this.#accept(keyed, open), options);
  }

  #open(request: RunRequest): Promise<AcceptedRun | AnsweredRequest> {
    const keyed = withFingerprint(request, [request.inputs, request.files, request.versionId, request.chat]);
    return this.#accept(keyed, () => this.#o.opener.open(keyed));
  }

  /** The run that a request begins, or began before with the same idempotency key; or the answer instead of one. */
  async #accept<Opened extends OpeningRun | AnsweredRequest>(
    request: KeyedRequest,
    open: () => Promise<Opened>,
  ): Promise<AcceptedRun | Extract<Opened, AnsweredRequest>> {
    const { runs, callbacks } = this.#o;
    const known = await this.#byKey(request);
    if (known) return known;
    runs.assertCapacity(request.app);
    if (request.callbackUrl) await callbacks.accept(request.scope, request.app.id, request.callbackUrl);
    const opening: OpeningRun | AnsweredRequest = await open();
    if ('preset' in opening) return opening as Extract<Opened, AnsweredRequest>;
    if (await runs.start(opening)) return { run: opening.run, status: 'running' };
    const first = await this.#byKey(request);
    if (!first) throw new ApiError('conflict');
    return first;
  }

  /** A run from its first event: the same idempotency key gives the same run. */
  async #told({ run, status }: AcceptedRun, { mode, audience, display }: AnswerOptions): Promise<RunAnswer> {
    if (mode === 'async') return acceptedAnswer(run, status);
    const events = this.#o.follower.follow(run, { after: 0 });
    if (mode === 'blocking') return blockingRunAnswer(run, events, audience);
    return streamOf(run, events, { audience, display });
  }

  /** Answers a chatflow's turn with a text of its own: a message like any other, of a graph that did not run. */
  async #withoutRun(
    { turn, features, preset }: AnsweredRequest,
    { mode, audience }: AnswerOptions,
  ): Promise<RunAnswer> {
    const config = readPromptConfig({ ...features });
    const started = await this.#o.turns.start({ ...turn, config }, preset);
    if (mode === 'streaming') return new EventStream(encodeEvents(started, audience));
    return blockingAnswer(started.turn, await started.outcome, audience);
  }

  /** Stops a run if it is this asker's; anything else is left alone without a word. */
  async stop(scope: WorkspaceScope, by: RunViewer, runId: string): Promise<void> {
    const stored = isUuid(runId) ? await this.#o.store.find(scope, by.appId, runId) : null;
    if (!stored || !isOpenTo(stored, by)) return;
    // Nobody carries a paused run out: it is taken up to be ended.
    if (stored.status === 'paused') {
      await this.#o.runs.resume(runId, (paused) => this.#o.loader.load(paused));
    }
    await this.#o.runs.stop(runId);
  }

  /** A run of the app, or 404. */
  async find(scope: WorkspaceScope, appId: string, runId: string): Promise<StoredRun> {
    const stored = isUuid(runId) ? await this.#o.store.find(scope, appId, runId) : null;
    if (!stored) throw notFound(`${runNotFound}.`);
    return stored;
  }

  /** The events of a run for somebody who comes back to it (spec: service API §8.3). */
  async attach(
    scope: WorkspaceScope,
    by: RunViewer,
    input: { runId: string; options: AttachOptions },
  ): Promise<EventStream> {
    const { runId, options } = input;
    const stored = isUuid(runId) ? await this.#o.store.find(scope, by.appId, runId) : null;
    if (!stored || !isOpenTo(stored, by)) throw notFound(runNotFound);
    const run = await this.#o.loader.load(stored);
    if (!run) throw notFound(runNotFound);
    const withSequence = options.after !== undefined;
    const events = this.#attached(run, stored, options);
    return streamOf(run, events, { audience: options.audience, display: options.display, withSequence });
  }

  async *#attached(
    run: WorkflowRun,
    stored: StoredRun,
    options: AttachOptions,
  ): AsyncGenerator<readonly RunMessage[], void, undefined> {
    const { follower } = this.#o;
    const { continueOnPause } = options;
    if (options.after !== undefined) {
      yield* follower.follow(run, { after: options.after, continueOnPause });
      return;
    }
    if (stored.status !== 'running' && stored.status !== 'paused') {
      const { messages } = await follower.soFar(run);
      const end = messages.findLast(({ event }) => event.event === 'workflow_finished');
      // Moderation's last look comes after the log's end: what it left is in the record.
      const isModerated = run.definition.features.sensitive_word_avoidance.enabled;
      yield [isModerated || !end ? endOf(stored, run) : end];
      return;
    }
    if (!options.snapshot) {
      yield* follower.follow(run, { after: await follower.newest(run), continueOnPause });
      return;
    }
    const soFar = await follower.soFar(run);
    yield snapshotOf(run, soFar);
    if (stored.status === 'paused' && !continueOnPause) return;
    yield* follower.follow(run, { after: soFar.newest, continueOnPause });
  }

  async #byKey(request: KeyedRequest): Promise<AcceptedRun | null> {
    const { idempotencyKey, scope, app, userId } = request;
    if (idempotencyKey === undefined) return null;
    const stored = await this.#o.store.findByKey(scope, { appId: app.id, userId, idempotencyKey });
    if (!stored) return null;
    assertSameRequest(stored.request_hash, request.requestHash);
    const run = await this.#o.loader.load(stored);
    return run && { run, status: stored.status };
  }
}

/** The request with the fingerprint of what it asks for, where a key makes that matter. */
function withFingerprint<R extends { idempotencyKey?: string | undefined }>(request: R, asked: unknown) {
  const requestHash = request.idempotencyKey === undefined ? undefined : requestFingerprint(asked);
  return { ...request, requestHash };
}

function isOpenTo(stored: StoredRun, { asker, worksOnApp }: RunViewer): boolean {
  if (worksOnApp) return true;
  return asker.endUserId !== null
    ? stored.end_user_id === asker.endUserId
    : stored.account_id !== null && stored.account_id === asker.accountId;
}

function streamOf(
  run: WorkflowRun,
  events: AsyncIterable<readonly RunMessage[]>,
  options: EncodeOptions,
): EventStream {
  return new EventStream(encodeRun(run, events, options), { 'x-workflow-run-id': run.id });
}

/** The answer to a request that does not wait: which run it is, and where its state can be asked for. */
function acceptedAnswer(run: WorkflowRun, status: StoredRun['status']) {
  const { turn } = run;
  return new JsonReply<Record<string, unknown>>(
    {
      task_id: run.id,
      workflow_run_id: run.id,
      status,
      ...(turn === null ? {} : { conversation_id: turn.conversationId, message_id: turn.messageId }),
    },
    { status: 202, headers: { location: `/v1/workflows/run/${run.id}` } },
  );
}

/** The state of a run told again: where it began, its text, its nodes without details, and what it waits for. */
function snapshotOf(
  run: WorkflowRun,
  soFar: { messages: readonly RunMessage[]; text: string },
): RunMessage[] {
  const snapshot: RunMessage[] = [];
  const waiting: RunMessage[] = [];
  for (const message of soFar.messages) {
    const { event, sequence } = message;
    if (event.event === 'workflow_started') {
      waiting.length = 0;
      if (snapshot.length > 0) continue;
      snapshot.push(message);
      if (run.mode === 'advanced-chat') {
        snapshot.push({ sequence, event: replaceText(run.mode, soFar.text) });
      }
    } else if (event.event === 'node_started') {
      snapshot.push(message);
    } else if (event.event === 'node_finished') {
      const data = { ...event.data, inputs: null, process_data: null, outputs: null };
      snapshot.push({ sequence, event: { event: event.event, data } });
    } else if (event.event === 'human_input_required' || event.event === 'workflow_paused') {
      waiting.push(message);
    }
  }
  return [...snapshot, ...waiting];
}

/** The end of a run whose log does not tell it. */
function endOf(stored: StoredRun, run: WorkflowRun): RunMessage {
  const finishedAt = stored.finished_at ?? stored.created_at;
  return {
    sequence: sequenceOf(1, 0),
    event: {
      event: 'workflow_finished',
      data: {
        id: stored.id,
        workflow_id: stored.workflow_id,
        status: stored.status,
        outputs: stored.outputs,
        error: stored.error ?? '',
        elapsed_time: stored.elapsed_seconds,
        total_tokens: stored.total_tokens,
        total_steps: stored.total_steps,
        created_by: run.createdBy,
        created_at: Math.floor(stored.created_at.getTime() / 1_000),
        finished_at: Math.floor(finishedAt.getTime() / 1_000),
        exceptions_count: stored.exceptions_count,
        files: [],
      },
    },
  };
}
