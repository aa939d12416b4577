import type { EngineEvent, RunControl, WorkflowResultData } from '@trellis/engine';
import type { OutputGuard } from '../moderation/output-guard.ts';
import type { RunMessage } from './run.ts';
import { replaceText } from './run-events.ts';
import type { RunTotals } from './run-totals.ts';

const stopReason = 'Stopped by output moderation.';

/** Moderates what a chatflow says: while it runs, and once more when its text is whole. */
export class AnswerWatch {
  readonly #guard: OutputGuard;
  readonly #totals: RunTotals;
  /** The text that a hit ended the run with, until the run says so itself. */
  #ending: string | null = null;

  constructor(guard: OutputGuard, totals: RunTotals) {
    this.#guard = guard;
    this.#totals = totals;
  }

  /**
   * Looks at the text after an event that has been counted. Answers what is to be told instead of the event; null to
   * tell it as it is. A hit ends the run: that, and the text, are in its log, so that whoever goes on with it knows.
   */
  async after(
    event: EngineEvent,
    { sequence, control }: { sequence: number; control: RunControl },
  ): Promise<RunMessage[] | null> {
    if (event.event === 'text_replace' && event.isFinal) this.#ending = null;
    if (event.event !== 'text_chunk') return null;
    // The run ends at once; what it still had on its way is not told.
    if (this.#ending !== null) return [];
    const verdict = await this.#guard.look(this.#totals.text);
    if (verdict === null) return null;
    if (verdict.ends) {
      this.#ending = verdict.text;
      control.abort(stopReason, verdict.text);
      return [];
    }
    this.#totals.text = verdict.text;
    return [{ sequence, event: replaceText('advanced-chat', verdict.text, 'output_moderation') }];
  }

  /** The last look, before the end is written down: the text that takes the place of the run's own, if any. */
  async atEnd(): Promise<string | null> {
    if (this.#totals.isModerated) return null;
    const text = this.#ending ?? (await this.#guard.finish(this.#totals.text))?.text ?? null;
    if (text === null) return null;
    this.#totals.text = text;
    this.#totals.isModerated = true;
    return text;
  }
}

/** The end of a run whose text was replaced: what it put out does not keep what it must not say. */
export function withAnswer(data: WorkflowResultData, answer: string): WorkflowResultData {
  return { ...data, outputs: { ...data.outputs, answer } };
}

/** The events that close a run whose text was replaced: first the text, then the end without the old one. */
export function moderatedEnd(closing: readonly RunMessage[], answer: string): RunMessage[] {
  const [first] = closing;
  if (!first) return [];
  return [
    { sequence: first.sequence, event: replaceText('advanced-chat', answer, 'output_moderation') },
    ...closing.map(({ sequence, event }) => ({
      sequence: sequence + 1,
      event:
        event.event === 'workflow_finished'
          ? { ...event, data: { ...event.data, outputs: { ...outputsOf(event.data), answer } } }
          : event,
    })),
  ];
}

function outputsOf(data: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { outputs } = data;
  return typeof outputs === 'object' && outputs !== null ? { ...outputs } : {};
}
