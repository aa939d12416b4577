import type { AppEvent, Usage } from '@trellis/contracts';
import type { EngineEvent, WorkflowResultData } from '@trellis/engine';
import type { RunMessage, WorkflowRun } from './run.ts';

/** Sequence numbers of one record are this far apart from those of the next. */
const perRecord = 1_000_000;
/** Events that one event of the engine can become on the wire. */
const perEvent = 4;

/** The number of an event: the log record that it belongs to, and its place among the events of that record. */
export function sequenceOf(record: number, position: number): number {
  return record * perRecord + position * perEvent;
}

/** The log record that a sequence number belongs to, and whether events of that record may still be missing. */
export function recordOf(sequence: number): number {
  return Math.floor(sequence / perRecord);
}

/** What is told at the end besides what the engine knows. */
export interface EndFacts {
  usage: Usage;
  retrieverResources: unknown[];
}

/**
 * Turns the events of the engine into those that clients get. A chatflow's text is its message; its end is told
 * before the run's, a failure after it.
 */
export class RunEventMapper {
  readonly #run: Pick<WorkflowRun, 'mode' | 'createdBy' | 'turn'>;
  readonly #facts: () => EndFacts;

  constructor(run: Pick<WorkflowRun, 'mode' | 'createdBy' | 'turn'>, facts: () => EndFacts) {
    this.#run = run;
    this.#facts = facts;
  }

  /** The client events of one event of the engine, numbered; none for internal ones. */
  map(event: EngineEvent, sequence: number): RunMessage[] {
    if ('internal' in event && event.internal) return [];
    const { mode } = this.#run;
    switch (event.event) {
      case 'workflow_finished':
        return this.#finished(event.data, sequence);
      case 'text_chunk': {
        const { text, from_variable_selector } = event.data;
        if (text === '') return [];
        const selector = [...from_variable_selector];
        return mode === 'workflow'
          ? [{ sequence, event: { event: 'text_chunk', data: { text, from_variable_selector: selector } } }]
          : [{ sequence, event: { event: 'message', answer: text, from_variable_selector: selector } }];
      }
      case 'text_replace':
        return [
          { sequence, event: replaceText(mode, event.data.text, event.isFinal ? 'output_moderation' : '') },
        ];
      case 'reasoning_chunk': {
        const messageId = this.#run.turn?.messageId;
        const data = messageId === undefined ? event.data : { message_id: messageId, ...event.data };
        return [{ sequence, event: { event: 'reasoning_chunk', data } }];
      }
      default:
        return [{ sequence, event: { event: event.event, data: event.data } }];
    }
  }

  #finished(result: WorkflowResultData, sequence: number): RunMessage[] {
    const { mode, createdBy } = this.#run;
    const data = finishedData(result, createdBy);
    const finished: AppEvent = { event: 'workflow_finished', data };
    if (mode === 'workflow') return [{ sequence, event: finished }];
    if (result.status === 'failed') {
      return [
        { sequence, event: finished },
        { sequence: sequence + 1, event: { event: 'error', ...runFailed(result.error) } },
      ];
    }
    const { usage, retrieverResources } = this.#facts();
    const end: AppEvent = {
      event: 'message_end',
      metadata: { annotation_reply: null, retriever_resources: retrieverResources, usage },
      files: [...result.files],
    };
    const order = result.status === 'stopped' ? [finished, end] : [end, finished];
    return order.map((event, place) => ({ sequence: sequence + place, event }));
  }
}

/** `workflow_finished` as clients get it: with who started the run, in the order of the contract. */
export function finishedData(
  result: WorkflowResultData,
  createdBy: WorkflowRun['createdBy'],
): Record<string, unknown> {
  const { id, workflow_id, status, outputs, error, elapsed_time, total_tokens, total_steps } = result;
  const { created_at, finished_at, exceptions_count, files } = result;
  return {
    id,
    workflow_id,
    status,
    outputs,
    error,
    elapsed_time,
    total_tokens,
    total_steps,
    created_by: createdBy,
    created_at,
    finished_at,
    exceptions_count,
    files,
  };
}

/** The text so far, to be shown instead of what was shown, with the contract's word for why. */
export function replaceText(
  mode: WorkflowRun['mode'],
  text: string,
  reason: '' | 'output_moderation' = '',
): AppEvent {
  return mode === 'workflow'
    ? { event: 'text_replace', data: { text } }
    : { event: 'message_replace', answer: text, reason };
}

/** What callers of a chatflow are told when its run failed. */
export function runFailed(error: string): { code: string; message: string; status: number } {
  return { code: 'invalid_param', message: `Run failed: ${error}`, status: 400 };
}
