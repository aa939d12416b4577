import type { AppEvent, Usage } from '@trellis/contracts';
import type { RunInput } from '@trellis/engine';
import type { GraphAppMode } from '@trellis/graph';
import type { AppSnapshot } from '../../platform/auth/principals.ts';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import type { LiveRun } from '../../platform/runs/live-run.ts';
import type { Asker, OpenedTurn, Surface } from '../turns/turn.ts';
import type { Definition } from './definition.ts';

/** Who a run was started by, as its end tells it. */
export type RunCreator = { id: string; user: string } | { id: string; name: string; email: string };

/** How a run came about, as records name it. */
export type RunTrigger = 'debugging' | 'app-run' | 'webhook' | 'schedule' | 'plugin';

/** How runs of a published app come about: what its logs show. */
export const publishedTriggers: readonly RunTrigger[] = ['app-run', 'webhook', 'schedule', 'plugin'];

/** The run that another one began as. */
export interface RunOrigin {
  runId: string;
  /** Tried again where it failed, or run again from a node. */
  kind: 'retry' | 'rerun';
  /** The node that a rerun begins with. */
  nodeId: string | null;
}

/** A run of a graph that has been accepted, or taken over: everything that carrying it out needs. */
export interface WorkflowRun {
  /** Also told to clients as `task_id`. */
  id: string;
  mode: GraphAppMode;
  scope: WorkspaceScope;
  app: AppSnapshot;
  definition: Definition;
  /** The version that clients are told: of a debug run the draft, whose snapshot `definition` is. */
  workflowId: string;
  triggeredFrom: RunTrigger;
  surface: Surface;
  asker: Asker;
  /** `sys.user_id`. */
  userId: string;
  createdBy: RunCreator;
  input: RunInput;
  createdAt: Date;
  /** The same key from the same user gives the same run. */
  idempotencyKey: string | null;
  /** Fingerprint of the request that has the key. */
  requestHash: string | null;
  /** Null for a run from the start. */
  origin: RunOrigin | null;
  /** Where its pauses and its end are told; null when nobody asked for that. */
  callbackUrl: string | null;
  /** The message that this run answers; chatflows only. */
  turn: RunTurn | null;
  /** What it says is to be spoken while it is written. */
  speaks: boolean;
}

/** The place of a chatflow run in its conversation. */
export type RunTurn = Pick<
  OpenedTurn,
  | 'conversationId'
  | 'messageId'
  | 'parentMessageId'
  | 'isNewConversation'
  | 'autoName'
  | 'query'
  | 'createdAt'
>;

/** An event on its way to clients. */
export interface RunMessage {
  /** Rises with each event of the run; the same for the same event wherever it is read from. */
  sequence: number;
  event: AppEvent;
}

/** Statuses of a run that will say nothing more. */
export type RunEndStatus = 'succeeded' | 'failed' | 'stopped' | 'partial-succeeded';

/** How a run ended, or where it waits. */
export interface RunOutcome {
  status: RunEndStatus | 'paused';
  outputs: Readonly<Record<string, unknown>>;
  error: string;
  elapsedSeconds: number;
  totalTokens: number;
  totalSteps: number;
  exceptionsCount: number;
  /** Text of a chatflow. */
  answer: string;
  /** Whether moderation put that text in the place of the run's own. */
  isModerated: boolean;
  usage: Usage;
  retrieverResources: unknown[];
  files: readonly unknown[];
  finishedAt: Date | null;
  /** The events that closed this stretch, as clients get them. */
  closing: RunMessage[];
  /** Set when the run could not be carried out at all. */
  failure: { code: string; message: string; status: number } | null;
}

/** A run under way in this process. */
export interface StartedRun {
  run: WorkflowRun;
  live: LiveRun<RunMessage>;
}
