import type { AgentData } from '@trellis/graph';
import type { PromptMessage } from './models.ts';
import type { ToolMessage } from './tools.ts';

/** A strategy that can be run. */
export interface ResolvedStrategy {
  readonly icon: string | null;
  /** Names of the parameters it knows. */
  readonly parameters: ReadonlySet<string>;
  /** Version of its description; strategies up to 0.0.1 do not know MCP tools. */
  readonly metaVersion: string | null;
  /** Runs it: tool messages, text in order. */
  invoke(call: {
    parameters: Readonly<Record<string, unknown>>;
    history: readonly PromptMessage[];
    userId: string;
    callDepth: number;
    idempotencyKey: string;
    signal: AbortSignal;
  }): AsyncIterable<ToolMessage>;
}

/** Agent strategies. */
export interface AgentPort {
  /** Finds the strategy that a node names. */
  resolve(data: AgentData, signal: AbortSignal): Promise<ResolvedStrategy>;
}
