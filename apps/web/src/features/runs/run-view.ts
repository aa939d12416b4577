import type { NodeExecution, PausedForm, RunStatus } from '../../api/runs.ts';

/** What stands on a run's events; `data` depends on the event and is read with care. */
export interface RunEvent {
  readonly event: string;
  readonly task_id?: string;
  readonly workflow_run_id?: string;
  readonly message_id?: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly answer?: string;
  readonly code?: string;
  readonly message?: string;
}

/** How a node stands. `exception`: it failed, and the run went on with what was set for that case. */
export type NodeStatus = 'running' | 'paused' | 'succeeded' | 'failed' | 'exception' | 'stopped';

/** One execution of a node. */
export interface RunNode {
  readonly key: string;
  readonly nodeId: string;
  readonly type: string;
  readonly title: string;
  readonly status: NodeStatus;
  readonly error: string;
  /** Seconds; null while it runs. */
  readonly elapsed: number | null;
  readonly tokens: number;
  readonly inputs: unknown;
  readonly processData: unknown;
  readonly outputs: unknown;
  /** Some of these values are shortened. */
  readonly truncated: boolean;
  /** Attempts that failed before this one. */
  readonly retries: number;
  /** The iteration or loop in which it ran. */
  readonly parentKey: string | null;
  /** Place of its round in that container, from 0. */
  readonly round: number;
  /** Containers: rounds begun so far, and how many there will be where that is known. */
  readonly rounds: number;
  readonly length: number | null;
}

/** A run as it is shown, from its events or from its records. */
export interface RunView {
  readonly runId: string | undefined;
  /** Chatflows: the message that the run answers. */
  readonly messageId: string | undefined;
  readonly status: RunStatus;
  readonly inputs: unknown;
  readonly outputs: unknown;
  readonly error: string;
  readonly elapsed: number | null;
  readonly tokens: number;
  readonly steps: number;
  /** The text that was streamed. */
  readonly text: string;
  /** In the order of their start. */
  readonly nodes: readonly RunNode[];
  /** What a paused run waits for. */
  readonly forms: readonly PausedForm[];
}

/** The iteration or loop that a node of the graph belongs to; null at the top level. */
export type ContainerOf = (nodeId: string) => string | null;

/** A run of which nothing is known yet. */
export const beginningRun: RunView = {
  runId: undefined,
  messageId: undefined,
  status: 'running',
  inputs: null,
  outputs: null,
  error: '',
  elapsed: null,
  tokens: 0,
  steps: 0,
  text: '',
  nodes: [],
  forms: [],
};

type Data = Readonly<Record<string, unknown>>;

const textOf = (value: unknown) => (typeof value === 'string' ? value : '');
const numberOf = (value: unknown) => (typeof value === 'number' ? value : 0);
const dataOf = (value: unknown): Data => (typeof value === 'object' && value !== null ? (value as Data) : {});

/** The nodes of one round of a container, or of the top level. */
export function childrenOf(view: RunView, parentKey: string | null, round = 0): RunNode[] {
  return view.nodes.filter(
    (node) => node.parentKey === parentKey && (parentKey === null || node.round === round),
  );
}

/** The run after an event; events that tell nothing new about it leave it as it is. */
export function applyRunEvent(view: RunView, event: RunEvent, containerOf: ContainerOf): RunView {
  const data = event.data ?? {};
  switch (event.event) {
    case 'workflow_started':
      return {
        ...view,
        runId: textOf(data['id']) || event.workflow_run_id,
        messageId: event.message_id,
        status: 'running',
        inputs: data['inputs'] ?? view.inputs,
        forms: [],
        nodes: view.nodes.map((node) => (node.status === 'paused' ? { ...node, status: 'running' } : node)),
      };
    case 'node_started': {
      const node = newNode(view, data, containerOf);
      // A node that waited for a person is told of again when its run goes on.
      const isKnown = view.nodes.some(({ key }) => key === node.key);
      return isKnown
        ? changeByKey(view, node.key, (known) => ({ ...known, status: 'running' }))
        : { ...view, nodes: [...view.nodes, node] };
    }
    case 'node_retry':
    case 'node_finished':
      return finishNode(view, data, containerOf);
    case 'iteration_started':
    case 'loop_started':
      return { ...view, nodes: [...view.nodes, startedContainer(view, data, containerOf)] };
    case 'iteration_next':
    case 'loop_next':
      return changeLast(view, textOf(data['node_id']), (node) => ({
        ...node,
        rounds: Math.max(node.rounds, numberOf(data['index']) + 1),
      }));
    case 'iteration_completed':
    case 'loop_completed':
      return changeLast(view, textOf(data['node_id']), (node) => ({ ...node, ...resultOf(data) }));
    case 'text_chunk':
      return { ...view, text: view.text + textOf(data['text']) };
    case 'text_replace':
      return { ...view, text: textOf(data['text']) };
    case 'message':
      return { ...view, text: view.text + (event.answer ?? '') };
    case 'message_replace':
      return { ...view, text: event.answer ?? '' };
    case 'human_input_required':
      return {
        ...changeLast(view, textOf(data['node_id']), (node) => ({ ...node, status: 'paused' })),
        forms: [...view.forms, toPausedForm(data)],
      };
    case 'workflow_paused':
      return { ...view, status: 'paused', ...totalsOf(data) };
    case 'workflow_finished':
      return endRun(view, data);
    case 'error':
      return endRun(view, { status: 'failed', error: event.message });
    default:
      return view;
  }
}

/** A stored run as it is shown. */
export function viewOfExecutions(
  run: {
    id: string;
    status: RunStatus;
    inputs: unknown;
    outputs: unknown;
    error: string | null;
    elapsed_time: number;
    total_tokens: number;
    total_steps: number;
  },
  executions: readonly NodeExecution[],
  containerOf: ContainerOf,
): RunView {
  let view: RunView = { ...beginningRun, runId: run.id, inputs: run.inputs };
  for (const execution of executions) {
    const data: Data = { ...execution };
    const node = { ...newNode(view, data, containerOf), ...resultOf(data) };
    const length = numberOf(dataOf(execution.execution_metadata)['iteration_length']) || null;
    view = { ...view, nodes: [...view.nodes, { ...node, length }] };
    view = withRound(view, node);
  }
  const ended = run.status === 'running' || run.status === 'paused' ? view : endRun(view, { ...run });
  return {
    ...ended,
    status: run.status,
    outputs: run.outputs,
    error: run.error ?? '',
    elapsed: run.elapsed_time,
    tokens: run.total_tokens,
    steps: run.total_steps,
  };
}

function instanceOf(view: RunView, nodeId: string | null): RunNode | undefined {
  return nodeId === null ? undefined : view.nodes.findLast((node) => node.nodeId === nodeId);
}

function newNode(view: RunView, data: Data, containerOf: ContainerOf): RunNode {
  const nodeId = textOf(data['node_id']);
  const container = containerOf(nodeId) ?? (textOf(data['loop_id'] ?? data['iteration_id']) || null);
  const parent = instanceOf(view, container);
  return {
    key: textOf(data['id']),
    nodeId,
    type: textOf(data['node_type']),
    title: textOf(data['title']),
    status: 'running',
    error: '',
    elapsed: null,
    tokens: 0,
    inputs: data['inputs'] ?? null,
    processData: null,
    outputs: null,
    truncated: false,
    retries: 0,
    parentKey: parent?.key ?? null,
    round: parent ? (roundIn(parent, data) ?? Math.max(0, parent.rounds - 1)) : 0,
    rounds: 0,
    length: null,
  };
}

/** Events about containers name the node, not the execution: each start is an execution of its own. */
function startedContainer(view: RunView, data: Data, containerOf: ContainerOf): RunNode {
  const node = newNode(view, data, containerOf);
  const before = view.nodes.filter(({ nodeId }) => nodeId === node.nodeId).length;
  const length = dataOf(data['metadata'])['iteration_length'] ?? dataOf(data['metadata'])['loop_length'];
  return { ...node, key: `${node.nodeId}#${before}`, length: typeof length === 'number' ? length : null };
}

/** The round that a finished node tells it was in. */
function roundIn(parent: RunNode, data: Data): number | undefined {
  const index = dataOf(data['execution_metadata'])[parent.type === 'loop' ? 'loop_index' : 'iteration_index'];
  return typeof index === 'number' ? index : undefined;
}

function resultOf(data: Data) {
  const status = textOf(data['status']);
  const metadata = dataOf(data['execution_metadata']);
  return {
    status: (status === 'retry' ? 'running' : status || 'succeeded') as NodeStatus,
    error: textOf(data['error']),
    elapsed: typeof data['elapsed_time'] === 'number' ? data['elapsed_time'] : null,
    tokens: numberOf(data['total_tokens'] ?? metadata['total_tokens']),
    inputs: data['inputs'] ?? null,
    processData: data['process_data'] ?? null,
    outputs: data['outputs'] ?? null,
    truncated: ['inputs_truncated', 'process_data_truncated', 'outputs_truncated'].some(
      (flag) => data[flag] === true,
    ),
  };
}

function finishNode(view: RunView, data: Data, containerOf: ContainerOf): RunView {
  const key = textOf(data['id']);
  const known = view.nodes.find((node) => node.key === key) ?? newNode(view, data, containerOf);
  const parent = view.nodes.find((node) => node.key === known.parentKey);
  const isRetry = data['status'] === 'retry';
  const node: RunNode = {
    ...known,
    ...resultOf(data),
    retries: known.retries + (isRetry ? 1 : 0),
    round: (parent && roundIn(parent, data)) ?? known.round,
  };
  const nodes = view.nodes.includes(known)
    ? view.nodes.map((other) => (other === known ? node : other))
    : [...view.nodes, node];
  return withRound({ ...view, nodes }, node);
}

/** A container has begun at least the rounds of its nodes. */
function withRound(view: RunView, child: RunNode): RunView {
  if (child.parentKey === null) return view;
  return changeByKey(view, child.parentKey, (parent) => ({
    ...parent,
    rounds: Math.max(parent.rounds, child.round + 1),
  }));
}

function changeByKey(view: RunView, key: string, change: (node: RunNode) => RunNode): RunView {
  return { ...view, nodes: view.nodes.map((node) => (node.key === key ? change(node) : node)) };
}

function changeLast(view: RunView, nodeId: string, change: (node: RunNode) => RunNode): RunView {
  const last = instanceOf(view, nodeId);
  return last ? changeByKey(view, last.key, change) : view;
}

function totalsOf(data: Data) {
  return {
    elapsed: typeof data['elapsed_time'] === 'number' ? data['elapsed_time'] : null,
    tokens: numberOf(data['total_tokens']),
    steps: numberOf(data['total_steps']),
  };
}

function endRun(view: RunView, data: Data): RunView {
  const status = (textOf(data['status']) || 'succeeded') as RunStatus;
  const wasEnded = view.status !== 'running' && view.status !== 'paused';
  // A failed chatflow tells its end twice: as the end of the run, and as an error of the answer.
  if (wasEnded && data['id'] === undefined) return view;
  const cut: NodeStatus = status === 'stopped' ? 'stopped' : 'failed';
  return {
    ...view,
    status,
    outputs: data['outputs'] ?? view.outputs,
    error: textOf(data['error']),
    ...totalsOf(data),
    forms: [],
    nodes: view.nodes.map((node) =>
      node.status === 'running' || node.status === 'paused' ? { ...node, status: cut } : node,
    ),
  };
}

function toPausedForm(data: Data): PausedForm {
  return {
    form_id: textOf(data['form_id']),
    node_id: textOf(data['node_id']),
    form_token: textOf(data['form_token']) || null,
    form_content: textOf(data['form_content']),
    inputs: (data['inputs'] ?? []) as PausedForm['inputs'],
    resolved_default_values: dataOf(data['resolved_default_values']) as Record<string, string>,
    user_actions: (data['actions'] ?? data['user_actions'] ?? []) as PausedForm['user_actions'],
    expiration_time: numberOf(data['expiration_time']),
  };
}
