import type { Usage } from '@trellis/contracts';
import type { ValueType } from '../values/types.ts';

/** Data of an event about a node, shared keys. */
export type NodeEventData = {
  id: string;
  node_id: string;
  node_type: string;
  title: string;
  index: number;
  predecessor_node_id: null;
  inputs: Readonly<Record<string, unknown>> | null;
  inputs_truncated: false;
  created_at: number;
  iteration_id: string | null;
  loop_id: string | null;
};

/** Data of `node_finished` and `node_retry`. */
export type NodeResultData = NodeEventData & {
  process_data: Readonly<Record<string, unknown>> | null;
  process_data_truncated: false;
  outputs: Readonly<Record<string, unknown>> | null;
  outputs_truncated: false;
  status: 'succeeded' | 'failed' | 'exception' | 'retry';
  error: string | null;
  elapsed_time: number;
  execution_metadata: Readonly<Record<string, unknown>> | null;
  finished_at: number;
  files: readonly unknown[];
};

/** Data of events about containers, shared keys. */
export type ContainerEventData = {
  id: string;
  node_id: string;
  node_type: string;
  title: string;
  created_at: number;
  extras: Readonly<Record<string, unknown>>;
};

/** Data of `iteration_completed` and `loop_completed`. */
export type ContainerResultData = ContainerEventData & {
  inputs: Readonly<Record<string, unknown>>;
  inputs_truncated: false;
  outputs: Readonly<Record<string, unknown>>;
  outputs_truncated: false;
  status: 'succeeded' | 'failed';
  error: string | null;
  elapsed_time: number;
  total_tokens: number;
  execution_metadata: Readonly<Record<string, unknown>>;
  finished_at: number;
  steps: number;
};

/** Result of a run as `workflow_finished` tells it; who started it is added by whoever knows. */
export type WorkflowResultData = {
  id: string;
  workflow_id: string;
  status: 'succeeded' | 'failed' | 'stopped' | 'partial-succeeded';
  outputs: Readonly<Record<string, unknown>>;
  /** Empty when nothing went wrong. */
  error: string;
  elapsed_time: number;
  total_tokens: number;
  total_steps: number;
  created_at: number;
  finished_at: number;
  exceptions_count: number;
  files: readonly unknown[];
};

/**
 * What a run says. `data` is what the service API puts on the wire (streaming protocol, workflow-type events);
 * clients additionally get the envelope of their app mode. Events with `internal` are for records and stores only.
 */
export type EngineEvent =
  | {
      event: 'workflow_started';
      data: {
        id: string;
        workflow_id: string;
        inputs: Readonly<Record<string, unknown>>;
        created_at: number;
        reason: 'initial' | 'resumption';
      };
    }
  | {
      event: 'workflow_finished';
      /** Sum over all model calls, failed attempts and containers included. */
      usage: Usage;
      /** Sources that answers cite, in order. */
      retrieverResources: readonly unknown[];
      data: WorkflowResultData;
    }
  | {
      event: 'workflow_paused';
      usage: Usage;
      data: {
        workflow_run_id: string;
        paused_nodes: readonly string[];
        outputs: Readonly<Record<string, unknown>>;
        reasons: readonly Readonly<Record<string, unknown>>[];
        status: 'paused';
        created_at: number;
        elapsed_time: number;
        total_tokens: number;
        total_steps: number;
      };
    }
  | {
      event: 'node_started';
      /** Present on containers, whose clients get `iteration_started` or `loop_started` instead. */
      internal?: true;
      data: NodeEventData & { extras: Readonly<Record<string, unknown>>; agent_strategy: unknown };
    }
  | {
      event: 'node_finished';
      /** Present on containers, and on nodes that were cut off when the run ended. */
      internal?: true;
      data: NodeResultData;
    }
  | { event: 'node_retry'; data: NodeResultData & { retry_index: number } }
  | {
      event: 'iteration_started' | 'loop_started';
      data: ContainerEventData & {
        metadata: Readonly<Record<string, unknown>>;
        inputs: Readonly<Record<string, unknown>>;
        inputs_truncated: false;
      };
    }
  | {
      event: 'iteration_next' | 'loop_next';
      data: ContainerEventData & { index: number; pre_loop_output?: Readonly<Record<string, unknown>> };
    }
  | { event: 'iteration_completed' | 'loop_completed'; data: ContainerResultData }
  | {
      event: 'text_chunk';
      /** Node and execution that the text belongs to. */
      nodeId: string;
      executionId: string;
      /** True on the last piece of a response. Pieces may be empty: they close a stream. */
      isFinal: boolean;
      data: { text: string; from_variable_selector: readonly string[] };
    }
  /**
   * All text shown so far is to be replaced by this one: a node whose text was unfinished runs again, or the run was
   * ended with a text of its own.
   */
  | {
      event: 'text_replace';
      /** True when the run was ended with this text. */
      isFinal?: true;
      data: { text: string };
    }
  | {
      event: 'reasoning_chunk';
      executionId: string;
      data: { reasoning: string; node_id: string; is_final: boolean };
    }
  | { event: 'agent_log'; data: Readonly<Record<string, unknown>> }
  | { event: 'human_input_required'; data: Readonly<Record<string, unknown>> }
  | {
      event: 'human_input_form_filled' | 'human_input_form_timeout';
      data: Readonly<Record<string, unknown>>;
    }
  | {
      event: 'variable_updated';
      internal: true;
      data: { node_id: string; selector: readonly string[]; value: unknown; value_type: ValueType };
    }
  | {
      event: 'retriever_resources';
      internal: true;
      data: { node_id: string; resources: readonly unknown[] };
    }
  /** Traversal, told when the run is traced: an edge was taken or skipped. */
  | {
      event: 'edge_taken' | 'edge_skipped';
      internal: true;
      data: { source: string; handle: string; target: string };
    };
