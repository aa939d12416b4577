import {
  type DeclaredVariable,
  type EngineEvent,
  executeRun,
  inferType,
  type NodeResultData,
  RunControl,
  type RunLimits,
  shownType,
  type ValueType,
  type VariableUpdate,
} from '@trellis/engine';
import { type GraphNode, isRootType } from '@trellis/graph';
import { invalidParam, notFound } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import type { Definitions } from './definition.ts';
import type { DraftVariable, DraftVariableInput, DraftVariableStore } from './draft-variable-store.ts';
import type { RunAsker } from './open-run.ts';
import type { EnginePortFactory } from './ports/engine-ports.ts';
import { type NodeExecution, toExecution } from './run-history.ts';
import type { RunInputs } from './run-inputs.ts';
import type { WorkflowRow } from './store.ts';

/** A node to be tried alone. */
export interface StepRequest {
  who: RunAsker;
  draft: WorkflowRow;
  nodeId: string;
  inputs: Record<string, unknown>;
  query?: string | undefined;
  files: unknown[];
  /** Ends the trial when the person goes away. */
  signal: AbortSignal;
}

/** A trial under way: its events, and what the node came to. */
export interface Step {
  runId: string;
  events: AsyncIterable<EngineEvent>;
}

/** Tries single nodes of a draft on what nodes before them last put out (spec: workflow §11). */
export class SingleStepRunner {
  readonly #o: {
    definitions: Definitions;
    variables: DraftVariableStore;
    inputs: RunInputs;
    ports: EnginePortFactory;
    limits: RunLimits;
  };

  constructor(options: {
    definitions: Definitions;
    variables: DraftVariableStore;
    inputs: RunInputs;
    ports: EnginePortFactory;
    limits: RunLimits;
  }) {
    this.#o = options;
  }

  /** Runs the node to its end and answers its record; what it put out is kept for the nodes behind it. */
  async run(request: StepRequest): Promise<NodeExecution> {
    const step = await this.start(request);
    for await (const _event of step.events);
    const record = await this.#o.variables.nodeRun(request.who.scope, request.draft.appId, request.nodeId);
    if (!record) throw new Error('a trial left no record');
    return record as NodeExecution;
  }

  /** Starts the node; its record is kept when the events have been read to the end. */
  async start(request: StepRequest): Promise<Step> {
    const { who, draft, nodeId } = request;
    const { graph, plan, environment } = await this.#o.definitions.readNode(who.scope, draft, nodeId);
    const node = graph.nodes.find(({ id }) => id === nodeId);
    if (!node) throw notFound('The node does not exist.');
    const owner = { appId: draft.appId, accountId: who.userId };
    await this.#o.variables.putMissing(who.scope, owner, conversationDefaults(draft));
    const stored = await this.#o.variables.list(who.scope, owner);
    const given = await this.#revived(who, readInputs(node, request.inputs));
    const files = (await this.#o.inputs.revive(who, 'files', request.files)) as unknown[];
    const inputs = await this.#formInputs(request, node);
    const runId = newId();
    const open = this.#o.ports.open({
      id: runId,
      scope: who.scope,
      app: who.app,
      asker: who.asker,
      turn: null,
    });
    const control = new RunControl();
    request.signal.addEventListener('abort', () => control.abort('Stopped by user.'), { once: true });
    const events = executeRun({
      plan,
      log: forgetfulLog,
      ports: open.ports,
      environment,
      limits: this.#o.limits,
      control,
      run: {
        runId,
        workflowId: draft.id,
        inputs,
        system: systemOf({ ...request, files }, stored, given),
        conversation: conversationOf(stored, given),
        variables: variablesOf(stored, given),
      },
    });
    return { runId, events: this.#recorded(request, { runId, events, close: open.close }) };
  }

  async *#recorded(
    request: StepRequest,
    step: { runId: string; events: AsyncIterable<EngineEvent>; close: () => Promise<void> },
  ): AsyncGenerator<EngineEvent, void, undefined> {
    const updates: DraftVariableInput[] = [];
    let result: NodeResultData | undefined;
    try {
      for await (const event of step.events) {
        if (event.event === 'node_finished' && event.data.node_id === request.nodeId) result = event.data;
        if (event.event === 'variable_updated') updates.push(...conversationUpdate(event.data));
        yield event;
      }
    } finally {
      await step.close();
    }
    if (result) await this.#keep(request, result, updates);
  }

  async #keep(
    { who, draft, nodeId }: StepRequest,
    result: NodeResultData,
    updates: readonly DraftVariableInput[],
  ): Promise<void> {
    const owner = { appId: draft.appId, accountId: who.userId };
    const outputs = outputVariables(nodeId, result.node_type, result.outputs ?? {});
    await this.#o.variables.put(who.scope, owner, [...outputs, ...updates]);
    const record = { ...toExecution({ ...result, index: 1 }, who), triggered_from: 'single-step' };
    await this.#o.variables.putNodeRuns(who.scope, owner, new Map([[nodeId, record]]));
  }

  /** What was given, with files as nodes see them. */
  async #revived(who: RunAsker, given: Given): Promise<Given> {
    const revived = new Map<string, { selector: [string, string]; value: unknown }>();
    for (const [key, { selector, value }] of given) {
      revived.set(key, { selector, value: await this.#o.inputs.revive(who, selector[1], value) });
    }
    return revived;
  }

  /** Start-like nodes take the form's inputs; other nodes take none. */
  async #formInputs({ who, inputs }: StepRequest, node: GraphNode): Promise<Record<string, unknown>> {
    if (!isRootType(node.type)) return {};
    return node.type === 'start' ? this.#o.inputs.check(who, node.data.variables, inputs) : inputs;
  }
}

/** A trial is not carried on anywhere: nothing of it needs to be durable. */
const forgetfulLog = { append: () => {}, flush: async () => {} };

/** Outputs of a node that are kept; those that nobody can refer to are left out. */
export function outputVariables(
  nodeId: string,
  nodeType: string,
  outputs: Readonly<Record<string, unknown>>,
): DraftVariableInput[] {
  const hidden = new Set(nodeType === 'llm' ? ['finish_reason'] : nodeType === 'loop' ? ['loop_round'] : []);
  return Object.entries(outputs)
    .filter(([name]) => !hidden.has(name))
    .map(([name, value]) => ({ nodeId, name, valueType: shownType(inferType(value)), value }));
}

function conversationDefaults(draft: WorkflowRow): DraftVariableInput[] {
  return draft.conversationVariables.map(({ name, value_type, value, description }) => ({
    nodeId: 'conversation',
    name,
    valueType: value_type,
    value,
    description,
  }));
}

function conversationUpdate(data: {
  selector: readonly string[];
  value: unknown;
  value_type: ValueType;
}): DraftVariableInput[] {
  const [owner, name] = data.selector;
  if (owner !== 'conversation' || name === undefined) return [];
  return [{ nodeId: 'conversation', name, valueType: shownType(data.value_type), value: data.value }];
}

/** What a request says about variables, by owner and name. */
type Given = ReadonlyMap<string, { selector: [string, string]; value: unknown }>;

/** `node.name`, `#node.name#`, `#context#` and `#files#` name variables; other keys are fields of a form. */
function readInputs(node: GraphNode, inputs: Readonly<Record<string, unknown>>): Given {
  const given = new Map<string, { selector: [string, string]; value: unknown }>();
  for (const [key, value] of Object.entries(inputs)) {
    const selector = selectorOf(node, key);
    if (selector) given.set(selector.join('.'), { selector, value });
  }
  return given;
}

function selectorOf(node: GraphNode, key: string): [string, string] | null {
  const { data } = node;
  if (key === '#context#') {
    return data.type === 'llm' ? pairOf(data.context.variable_selector) : null;
  }
  if (key === '#files#') return 'vision' in data ? pairOf(visionSelector(data.vision)) : null;
  return pairOf(key.replace(/^#|#$/g, '').split('.'));
}

function visionSelector(vision: unknown): readonly string[] {
  const configs = (vision as { configs?: { variable_selector?: string[] } | null }).configs;
  return configs?.variable_selector ?? [];
}

function pairOf(selector: readonly string[]): [string, string] | null {
  const [owner, name] = selector;
  if (owner === undefined || name === undefined || selector.length !== 2) return null;
  return [owner, name];
}

const reserved = new Set(['sys', 'env', 'conversation']);

function variablesOf(stored: readonly DraftVariable[], given: Given): VariableUpdate[] {
  const fromDraft = stored
    .filter(({ nodeId, name }) => !reserved.has(nodeId) && !given.has(`${nodeId}.${name}`))
    .map(({ nodeId, name, value }) => ({ selector: [nodeId, name], type: inferType(value), value }));
  const fromRequest = [...given.values()]
    .filter(({ selector }) => !reserved.has(selector[0]))
    .map(({ selector, value }) => ({ selector, type: inferType(value), value }));
  return [...fromDraft, ...fromRequest];
}

function conversationOf(stored: readonly DraftVariable[], given: Given): DeclaredVariable[] {
  return stored
    .filter(({ nodeId }) => nodeId === 'conversation')
    .map(({ name, valueType, value }) => ({
      name,
      type: valueType as ValueType,
      value: given.get(`conversation.${name}`)?.value ?? value,
    }));
}

function systemOf(
  { who, draft, query, files }: StepRequest,
  stored: readonly DraftVariable[],
  given: Given,
): Record<string, unknown> {
  const system: Record<string, unknown> = {
    files: [],
    user_id: who.userId,
    app_id: draft.appId,
    workflow_id: draft.id,
  };
  for (const { nodeId, name, value } of stored) if (nodeId === 'sys') system[name] = value;
  for (const { selector, value } of given.values()) if (selector[0] === 'sys') system[selector[1]] = value;
  if (query !== undefined) system['query'] = query;
  if (files.length > 0) system['files'] = files;
  return system;
}

/** 400 for a node that is not of the kind that a route tries. */
export function assertNodeType(draft: WorkflowRow, nodeId: string, type: string): void {
  const nodes = (draft.graph as { nodes?: { id?: unknown; data?: { type?: unknown } }[] }).nodes ?? [];
  const node = nodes.find(({ id }) => id === nodeId);
  if (!node) throw notFound('The node does not exist.');
  if (node.data?.type !== type) throw invalidParam(`The node is not of the type ${type}.`, 'node_id');
}
