import type { Usage } from '@trellis/contracts';
import { emptyUsage } from '@trellis/contracts';
import type { PlannedNode } from '../plan/plan.ts';
import { type FileValue, isFile } from '../values/file.ts';
import type { ContainerEventData, NodeEventData, NodeResultData } from './events.ts';
import type { NodeReport } from './outcome.ts';
import type { Execution, Frame } from './state.ts';

/** Whole seconds since the epoch, the form of times on the wire. */
export function seconds(atMs: number): number {
  return Math.floor(atMs / 1000);
}

/** Seconds between two times, with milliseconds. */
export function elapsed(fromMs: number, toMs: number): number {
  return Math.max(0, toMs - fromMs) / 1000;
}

/** Containers that a frame is in, innermost of each kind. */
function containersOf(frame: Frame): { iteration: Frame['parent']; loop: Frame['parent'] } {
  let iteration: Frame['parent'] = null;
  let loop: Frame['parent'] = null;
  for (let parent = frame.parent; parent !== null; parent = parent.frame.parent) {
    if (parent.node.type === 'iteration') iteration ??= parent;
    else loop ??= parent;
  }
  return { iteration, loop };
}

/** The keys that events about a node share. */
export function nodeEventData(frame: Frame, node: PlannedNode, execution: Execution): NodeEventData {
  const { iteration, loop } = containersOf(frame);
  return {
    id: execution.id,
    node_id: node.id,
    node_type: node.type,
    title: node.title,
    index: execution.index,
    predecessor_node_id: null,
    inputs: null,
    inputs_truncated: false,
    created_at: seconds(execution.startedAt),
    iteration_id: iteration?.node.id ?? null,
    loop_id: loop?.node.id ?? null,
  };
}

/** Keys that an ended attempt adds. */
export interface AttemptResult {
  readonly status: NodeResultData['status'];
  readonly error: string | null;
  readonly at: number;
  readonly report: NodeReport;
}

/** Data of `node_finished` and `node_retry`. */
export function nodeResultData(
  frame: Frame,
  node: PlannedNode,
  execution: Execution,
  { status, error, at, report }: AttemptResult,
): NodeResultData {
  return {
    ...nodeEventData(frame, node, execution),
    inputs: report.inputs ?? null,
    process_data: report.processData ?? null,
    process_data_truncated: false,
    outputs: report.outputs ?? null,
    outputs_truncated: false,
    status,
    error,
    elapsed_time: elapsed(execution.startedAt, at),
    execution_metadata: executionMetadata(frame, report),
    finished_at: seconds(at),
    files: filesIn(report.outputs),
  };
}

function executionMetadata(frame: Frame, report: NodeReport): Readonly<Record<string, unknown>> | null {
  const metadata: Record<string, unknown> = {};
  if (report.usage !== undefined && report.usage !== emptyUsage) {
    Object.assign(metadata, usageMetadata(report.usage));
  }
  Object.assign(metadata, report.metadata);
  const { iteration, loop } = frame.parent === null ? { iteration: null, loop: null } : containersOf(frame);
  if (iteration !== null) {
    metadata['iteration_id'] = iteration.node.id;
    metadata['iteration_index'] = iteration.index;
  }
  if (loop !== null) {
    metadata['loop_id'] = loop.node.id;
    metadata['loop_index'] = loop.index;
  }
  for (const _key in metadata) return metadata;
  return null;
}

/** Tokens and price as execution metadata. */
export function usageMetadata(usage: Usage): Record<string, unknown> {
  return { total_tokens: usage.total_tokens, total_price: usage.total_price, currency: usage.currency };
}

/** The keys that events about a container share. */
export function containerEventData(node: PlannedNode, execution: Execution): ContainerEventData {
  return {
    id: node.id,
    node_id: node.id,
    node_type: node.type,
    title: node.title,
    created_at: seconds(execution.startedAt),
    extras: {},
  };
}

/** Files among the values of a mapping, also those in lists. */
export function filesIn(values: Readonly<Record<string, unknown>> | undefined): FileValue[] {
  const files: FileValue[] = [];
  for (const key in values) {
    const value = values[key];
    if (Array.isArray(value)) {
      if (isFile(value[0])) files.push(...value.filter(isFile));
    } else if (isFile(value)) {
      files.push(value);
    }
  }
  return files;
}
