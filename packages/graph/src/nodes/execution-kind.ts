import type { NodeData, NodeType } from './registry.ts';

/** How the engine treats a node. */
export type ExecutionKind = 'root' | 'response' | 'branch' | 'container' | 'executable';

const kinds: Partial<Record<NodeType, ExecutionKind>> = {
  start: 'root',
  datasource: 'root',
  'trigger-webhook': 'root',
  'trigger-schedule': 'root',
  'trigger-plugin': 'root',
  answer: 'response',
  end: 'response',
  'knowledge-index': 'response',
  'if-else': 'branch',
  'question-classifier': 'branch',
  'human-input': 'branch',
  iteration: 'container',
  loop: 'container',
};

/** How the engine treats a node: a node with a fail branch is a branch node whatever its type. */
export function executionKindOf(data: Pick<NodeData, 'type' | 'error_strategy'>): ExecutionKind {
  const kind = kinds[data.type] ?? 'executable';
  return kind === 'executable' && data.error_strategy === 'fail-branch' ? 'branch' : kind;
}

/** Whether a run of the whole graph may begin at a node of this type. */
export function isRootType(type: NodeType): boolean {
  return kinds[type] === 'root';
}

/** Whether nodes of this type are the start of a container's children. */
export function isContainerStartType(type: NodeType): boolean {
  return type === 'iteration-start' || type === 'loop-start';
}

/** Whether nodes of this type start a run from outside: webhook, schedule or plugin event. */
export function isTriggerType(type: string): boolean {
  return type.startsWith('trigger-');
}
