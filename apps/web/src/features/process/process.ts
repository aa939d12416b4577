/**
 * A run of a graph as its visitors see it: which steps it takes, what it waits for, what came out. Visitors are told
 * neither the graph nor what goes in and out of its steps.
 */
export interface Process {
  readonly runId: string | undefined;
  readonly status: ProcessStatus;
  /** In the order of their start. */
  readonly steps: readonly ProcessStep[];
  /** What a paused run waits for. */
  readonly forms: readonly WaitingForm[];
  /** The text that was streamed, for graphs without messages. */
  readonly text: string;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly files: readonly unknown[];
  readonly error: string;
  /** Seconds; null while it runs. */
  readonly elapsed: number | null;
}

/** How a run stands. */
export type ProcessStatus = 'running' | 'paused' | 'succeeded' | 'failed' | 'stopped' | 'partial-succeeded';

/** One step; iterations and loops are steps that hold others. */
export interface ProcessStep {
  readonly key: string;
  readonly nodeId: string;
  readonly type: string;
  readonly title: string;
  readonly status: 'running' | 'succeeded' | 'failed' | 'exception' | 'stopped';
  readonly elapsed: number | null;
  /** Node of the iteration or loop around it. */
  readonly containerId: string | null;
  /** Rounds begun so far, and how many there will be where that is known. */
  readonly rounds: number;
  readonly length: number | null;
}

/** A form that a person has to answer before the run goes on. */
export interface WaitingForm {
  readonly nodeId: string;
  readonly title: string;
  /** Absent where this page is not the place to answer. */
  readonly token: string | null;
  readonly content: string;
  readonly inputs: readonly FormInput[];
  readonly actions: readonly FormAction[];
  readonly defaults: Readonly<Record<string, string>>;
  /** In seconds. */
  readonly expiresAt: number;
}

/** A field of a form. */
export interface FormInput {
  readonly type: string;
  readonly output_variable_name: string;
  readonly option_source?: { readonly type: string; readonly value?: readonly string[] };
  readonly allowed_file_types?: readonly string[];
  readonly allowed_file_extensions?: readonly string[];
  readonly number_limits?: number;
}

/** A button of a form. */
export interface FormAction {
  readonly id: string;
  readonly title: string;
  readonly button_style: 'primary' | 'default' | 'accent' | 'ghost';
}

/** A form as its own address tells it. */
export interface FormContents {
  readonly form_content: string;
  readonly inputs: readonly FormInput[];
  readonly user_actions: readonly FormAction[];
  readonly resolved_default_values: Readonly<Record<string, string>>;
  readonly expiration_time: number;
}

/** What stands on an event of a run. */
export interface ProcessEvent {
  readonly event: string;
  readonly workflow_run_id?: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** A run of which nothing is known yet. */
export const newProcess: Process = {
  runId: undefined,
  status: 'running',
  steps: [],
  forms: [],
  text: '',
  outputs: {},
  files: [],
  error: '',
  elapsed: null,
};

type Data = Readonly<Record<string, unknown>>;
const textOf = (value: unknown) => (typeof value === 'string' ? value : '');
const numberOf = (value: unknown) => (typeof value === 'number' ? value : null);

/** Whether a run has come to its end. */
export function hasEnded(process: Process): boolean {
  return process.status !== 'running' && process.status !== 'paused';
}

/** The run after an event; the same object where the event tells nothing of it. */
export function applyProcessEvent(process: Process, event: ProcessEvent): Process {
  const data = event.data ?? {};
  switch (event.event) {
    case 'workflow_started': {
      const runId = textOf(data['id']) || event.workflow_run_id;
      // A run that is told again from its beginning replaces what was known of it.
      if (data['reason'] !== 'resumption') return { ...newProcess, runId };
      return { ...process, runId, status: 'running', forms: [] };
    }
    case 'node_started': {
      const step = stepOf(data, textOf(data['id']));
      // A step that waited for a person is told of again when its run goes on.
      const steps = process.steps.filter(({ key }) => key !== step.key);
      return { ...process, steps: [...steps, step] };
    }
    case 'node_finished':
      return changeStep(process, (step) => step.key === textOf(data['id']), endOf(data));
    case 'iteration_started':
    case 'loop_started': {
      const metadata = (data['metadata'] ?? {}) as Data;
      const length = numberOf(metadata['iteration_length'] ?? metadata['loop_length']);
      const step = { ...stepOf(data, `${textOf(data['node_id'])}-${process.steps.length}`), length };
      return { ...process, steps: [...process.steps, step] };
    }
    case 'iteration_next':
    case 'loop_next':
      return changeStep(process, isRunning(data), (step) => ({
        ...step,
        rounds: Math.max(step.rounds, (numberOf(data['index']) ?? 0) + 1),
      }));
    case 'iteration_completed':
    case 'loop_completed':
      return changeStep(process, isRunning(data), endOf(data));
    case 'text_chunk':
      return { ...process, text: process.text + textOf(data['text']) };
    case 'text_replace':
      return { ...process, text: textOf(data['text']) };
    case 'human_input_required': {
      const form = formOf(data);
      const others = process.forms.filter(({ nodeId }) => nodeId !== form.nodeId);
      return { ...process, forms: [...others, form] };
    }
    case 'human_input_form_filled':
    case 'human_input_form_timeout':
      return { ...process, forms: process.forms.filter(({ nodeId }) => nodeId !== data['node_id']) };
    case 'workflow_paused':
      return { ...process, status: 'paused' };
    case 'workflow_finished':
      return finish(process, data, event.workflow_run_id);
    default:
      return process;
  }
}

function finish(process: Process, data: Data, runId: string | undefined): Process {
  const status = textOf(data['status']) as ProcessStatus;
  return {
    ...process,
    runId: process.runId ?? runId,
    status,
    forms: [],
    outputs: (data['outputs'] ?? {}) as Data,
    files: Array.isArray(data['files']) ? data['files'] : [],
    error: textOf(data['error']),
    elapsed: numberOf(data['elapsed_time']),
    steps: process.steps.map((step) => (step.status === 'running' ? { ...step, status: 'stopped' } : step)),
  };
}

function stepOf(data: Data, key: string): ProcessStep {
  return {
    key,
    nodeId: textOf(data['node_id']),
    type: textOf(data['node_type']),
    title: textOf(data['title']),
    status: 'running',
    elapsed: null,
    containerId: textOf(data['iteration_id']) || textOf(data['loop_id']) || null,
    rounds: 0,
    length: null,
  };
}

function isRunning(data: Data) {
  return (step: ProcessStep) => step.nodeId === data['node_id'] && step.status === 'running';
}

function endOf(data: Data) {
  return (step: ProcessStep): ProcessStep => ({
    ...step,
    status: textOf(data['status']) as ProcessStep['status'],
    elapsed: numberOf(data['elapsed_time']),
  });
}

function changeStep(
  process: Process,
  which: (step: ProcessStep) => boolean,
  change: (step: ProcessStep) => ProcessStep,
): Process {
  return { ...process, steps: process.steps.map((step) => (which(step) ? change(step) : step)) };
}

function formOf(data: Data): WaitingForm {
  return {
    nodeId: textOf(data['node_id']),
    title: textOf(data['node_title']),
    token: textOf(data['form_token']) || null,
    content: textOf(data['form_content']),
    inputs: (data['inputs'] ?? []) as readonly FormInput[],
    actions: (data['actions'] ?? []) as readonly FormAction[],
    defaults: (data['resolved_default_values'] ?? {}) as Readonly<Record<string, string>>,
    expiresAt: numberOf(data['expiration_time']) ?? 0,
  };
}

/** A form's address tells the same form in other words. */
export function toWaitingForm(contents: FormContents, token: string): WaitingForm {
  return {
    nodeId: '',
    title: '',
    token,
    content: contents.form_content,
    inputs: contents.inputs,
    actions: contents.user_actions,
    defaults: contents.resolved_default_values,
    expiresAt: contents.expiration_time,
  };
}
