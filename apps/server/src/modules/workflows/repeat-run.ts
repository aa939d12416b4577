import { type Plan, type RunLimits, type RunRecord, recordsBefore, recordsToRetry } from '@trellis/engine';
import { isRootType } from '@trellis/graph';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import { ApiError, invalidParam, notFound } from '../../platform/errors.ts';
import { newId, nilUuid } from '../../platform/ids.ts';
import type { OwnedRunLog } from '../../platform/runs/owned-run-log.ts';
import type { ConversationStore } from '../conversations/store.ts';
import type { ModerationPolicies } from '../moderation/policy.ts';
import { conversationNameFor } from '../turns/open-turn.ts';
import type { Asker, OpenedTurn } from '../turns/turn.ts';
import { decodeLog } from './decode-log.ts';
import { editedVariables } from './edited-variables.ts';
import { moderationTimeoutMs, type RunRequest } from './open-run.ts';
import type { RunOrigin, WorkflowRun } from './run.ts';
import type { RunInputs } from './run-inputs.ts';
import type { RunStore, StoredRun } from './run-store.ts';
import type { OpeningRun } from './run-writer.ts';

/** What of a run is to be done again: what failed, or a node and all behind it with other values. */
export type Repetition =
  | { kind: 'retry' }
  | { kind: 'rerun'; nodeId: string; inputs: Readonly<Record<string, unknown>> };

/** A run that is to be repeated, loaded for whoever asks. */
export interface RepeatedRun {
  stored: StoredRun;
  run: WorkflowRun;
  repetition: Repetition;
  /** Who sends edited inputs: files among them must be theirs. */
  sender: { scope: WorkspaceScope; asker: Asker };
}

/** What the new run is asked for with. */
export type RepeatExtras = Pick<RunRequest, 'idempotencyKey' | 'requestHash' | 'callbackUrl'>;

/**
 * Makes new runs of old ones: on the same version of the graph, for the same user, with what the old run's nodes came to
 * already in the log. A chatflow's run answers beside the old message: same question, same place in the conversation.
 */
export class RunRepeater {
  readonly #o: {
    runStore: RunStore;
    runLog: OwnedRunLog;
    inputs: RunInputs;
    conversations: ConversationStore;
    moderation: ModerationPolicies;
    limits: RunLimits;
  };

  constructor(options: {
    runStore: RunStore;
    runLog: OwnedRunLog;
    inputs: RunInputs;
    conversations: ConversationStore;
    moderation: ModerationPolicies;
    limits: RunLimits;
  }) {
    this.#o = options;
  }

  /** 409 for a run that has not ended, 400 where nothing failed or a value does not fit, 404 for an unknown node. */
  async open(repeated: RepeatedRun, extras: RepeatExtras = {}): Promise<OpeningRun> {
    const { stored, run, repetition } = repeated;
    assertRepeatable(stored, repetition);
    const id = newId();
    const createdAt = new Date();
    const logged = decodeLog(await this.#o.runLog.read(run.id));
    const part = await this.#part(repeated, { logged, runId: id, at: createdAt.getTime() });
    const turn = await this.#turn(repeated, { runId: id, createdAt });
    const input = {
      ...run.input,
      inputs: part.inputs,
      system: { ...run.input.system, workflow_run_id: id },
    };
    const origin: RunOrigin = {
      runId: run.id,
      kind: repetition.kind,
      nodeId: repetition.kind === 'rerun' ? repetition.nodeId : null,
    };
    return {
      run: {
        ...run,
        id,
        input,
        createdAt,
        origin,
        turn,
        idempotencyKey: extras.idempotencyKey ?? null,
        requestHash: extras.requestHash ?? null,
        callbackUrl: extras.callbackUrl ?? null,
      },
      turn,
      records: part.records.map((record) =>
        record.type === 'run-started' ? { ...record, ...input } : record,
      ),
    };
  }

  /** The log that the new run begins with, and what the form holds now. */
  async #part(
    { stored, run, repetition, sender }: RepeatedRun,
    from: { logged: readonly RunRecord[]; runId: string; at: number },
  ): Promise<{ records: RunRecord[]; inputs: Readonly<Record<string, unknown>> }> {
    const { logged, runId, at } = from;
    const { inputs } = run.input;
    if (repetition.kind === 'retry') return { records: recordsToRetry(logged, { runId, at }), inputs };
    const { definition } = run;
    const { nodeId } = repetition;
    const node = assertReached(definition.plan, nodeId, logged);
    // A failure beside the node would end the new run at once.
    const records = stored.status === 'failed' ? recordsToRetry(logged, { runId, at }) : logged;
    const place = { plan: definition.plan, nodeId, runId, at };
    if (isRootType(node.type)) {
      const edited = await this.#formInputs(run, repetition.inputs, sender);
      const looked = await this.#moderated(run, { ...inputs, ...edited });
      return { records: recordsBefore(records, place), inputs: looked };
    }
    const variables = editedVariables(await this.#moderated(run, repetition.inputs), {
      definition,
      records: recordsBefore(records, place),
      limits: this.#o.limits,
    });
    return { records: recordsBefore(records, { ...place, variables }), inputs };
  }

  /** Edited fields of the form; those that are left out keep their values. */
  async #formInputs(
    { definition }: WorkflowRun,
    edited: Readonly<Record<string, unknown>>,
    sender: RepeatedRun['sender'],
  ): Promise<Record<string, unknown>> {
    const known = new Set(definition.form.map(({ variable }) => variable));
    const unknown = Object.keys(edited).find((name) => !known.has(name));
    if (unknown !== undefined) {
      throw invalidParam(`inputs.${unknown}: the form has no such field`, 'inputs');
    }
    const fields = definition.form.filter(({ variable }) => Object.hasOwn(edited, variable));
    return this.#o.inputs.check(sender, fields, edited);
  }

  /** Edited values as moderation leaves them; 400 with its words where it would answer instead. */
  async #moderated(
    run: WorkflowRun,
    inputs: Readonly<Record<string, unknown>>,
  ): Promise<Readonly<Record<string, unknown>>> {
    const settings = run.definition.features.sensitive_word_avoidance;
    const policy = this.#o.moderation.of({ scope: run.scope, appId: run.app.id, settings });
    if (policy === null) return inputs;
    const said = { inputs: { ...inputs }, query: run.turn?.query ?? '' };
    const verdict = await policy.checkInput(said, AbortSignal.timeout(moderationTimeoutMs));
    if (verdict.kind === 'answer') throw invalidParam(verdict.text);
    return verdict.kind === 'replace' ? verdict.inputs : inputs;
  }

  async #turn(
    { stored, run }: RepeatedRun,
    of: { runId: string; createdAt: Date },
  ): Promise<OpenedTurn | null> {
    if (run.turn === null) return null;
    const { conversationId, messageId, parentMessageId, query } = run.turn;
    const conversation = await this.#o.conversations.findOf(run.scope, {
      appId: run.app.id,
      asker: run.asker,
      id: conversationId,
    });
    if (!conversation) throw notFound('Conversation Not Exists.');
    if (conversation.status !== 'normal') throw new ApiError('conversation_completed');
    return {
      ...of,
      messageId: newId(),
      conversationId,
      isNewConversation: false,
      conversationName: conversationNameFor(query),
      introduction: '',
      scope: run.scope,
      app: run.app,
      configId: null,
      overrideConfig: null,
      model: null,
      surface: run.surface,
      asker: run.asker,
      query,
      inputs: { ...run.input.inputs },
      files: await this.#o.runStore.filesOfMessage(stored),
      // Messages of the API form one line: the sibling of one hangs on what came before it.
      parentMessageId:
        parentMessageId === nilUuid
          ? await this.#o.runStore.messageBefore(run.scope, { conversationId, messageId })
          : parentMessageId,
      autoName: false,
      speaks: false,
    };
  }
}

function assertRepeatable({ status }: StoredRun, { kind }: Repetition): void {
  if (status === 'running' || status === 'paused') {
    throw new ApiError('conflict', 'The run has not ended yet; stop it or wait for its end.');
  }
  if (kind === 'retry' && status !== 'failed' && status !== 'stopped') {
    throw invalidParam('Nothing failed in this run: there is nothing to try again.');
  }
}

/** The node, if a run can begin again with it. */
function assertReached(plan: Plan, nodeId: string, logged: readonly RunRecord[]) {
  const node = plan.top.byId.get(nodeId);
  if (node === undefined) {
    if (!plan.top.allIds.includes(nodeId)) throw notFound('The node does not exist.');
    throw invalidParam('The node is inside an iteration or loop; run again from that one.', 'node_id');
  }
  const isReached = logged.some(
    (record) => record.type === 'node-started' && record.frame === '' && record.node === nodeId,
  );
  if (!isReached) throw invalidParam('The run did not come to this node.', 'node_id');
  return node;
}
