import type { AppEvent, MessageMetadata } from '@trellis/contracts';
import type { AppSnapshot } from '../../platform/auth/principals.ts';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import type { LiveRun } from '../../platform/runs/live-run.ts';
import type { PromptConfig } from '../apps/prompt-config.ts';

/** Where a turn came from; stored on conversations and messages. */
export type Surface = 'service-api' | 'web-app' | 'explore' | 'debugger' | 'trigger';

/** Who asked. Exactly one of the two is set. */
export interface Asker {
  endUserId: string | null;
  accountId: string | null;
}

/** A file of a turn, checked for its owner. */
export interface TurnFile {
  type: string;
  transferMethod: 'local_file' | 'remote_url' | 'tool_file';
  url: string | null;
  uploadFileId: string | null;
}

/** What is written down when a turn is accepted, whatever kind of app answers it. */
export interface OpenedTurn {
  /** The run's id, told to clients as `task_id`. */
  runId: string;
  messageId: string;
  conversationId: string;
  isNewConversation: boolean;
  conversationName: string;
  introduction: string;
  scope: WorkspaceScope;
  app: AppSnapshot;
  /** The stored configuration of a prompt app; null for a debug run with its own, and for graphs. */
  configId: string | null;
  overrideConfig: Record<string, unknown> | null;
  /** The model of a prompt app. */
  model: { provider: string; name: string } | null;
  surface: Surface;
  asker: Asker;
  query: string;
  inputs: Record<string, unknown>;
  files: readonly TurnFile[];
  parentMessageId: string | null;
  createdAt: Date;
  autoName: boolean;
  /** The answer is to be spoken while it is written (`text_to_speech.autoPlay` of a streamed turn). */
  speaks: boolean;
}

/** A turn of a prompt app that has been accepted: everything its runner needs, all of it checked. */
export interface Turn extends OpenedTurn {
  config: PromptConfig;
}

/** How a turn ended. */
export interface TurnOutcome {
  status: 'succeeded' | 'failed' | 'stopped';
  answer: string;
  metadata: MessageMetadata;
  /** What the model was sent; shown as the prompt log. */
  prompt: unknown[];
  error: { code: string; message: string; status: number } | null;
  modelProvider: string | null;
  modelId: string | null;
}

/** A turn as whoever follows it needs it, wherever it is carried out. */
export interface FollowedTurn {
  turn: Pick<Turn, 'runId' | 'messageId' | 'conversationId' | 'createdAt' | 'app'>;
  live: LiveRun<AppEvent>;
  outcome: Promise<Pick<TurnOutcome, 'answer' | 'metadata' | 'error'>>;
}

/** A turn under way: what follows it and what it will end as. */
export interface StartedTurn {
  turn: Turn;
  live: LiveRun<AppEvent>;
  outcome: Promise<TurnOutcome>;
}
