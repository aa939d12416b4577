import type { Logger } from 'pino';
import type { RunLog } from '../../platform/runs/run-log.ts';

/** How often the text of running turns goes into the log. */
const flushEveryMs = 250;

/**
 * Puts the text of all running turns into the run log four times a second. Tokens only add to a string; one timer
 * serves all turns, so what is written depends on the time that passes and not on the number of tokens.
 */
export class TextLogger {
  readonly #log: RunLog;
  readonly #logger: Logger;
  readonly #open = new Set<TurnText>();
  readonly #timer: NodeJS.Timeout;

  constructor(options: { runLog: RunLog; log: Logger }) {
    this.#log = options.runLog;
    this.#logger = options.log;
    this.#timer = setInterval(() => this.#flush(), flushEveryMs);
    this.#timer.unref();
  }

  /** Starts logging a turn's text; `close` ends it. */
  open(runId: string): TurnText {
    const text = new TurnText(runId, (closed) => this.#open.delete(closed));
    this.#open.add(text);
    return text;
  }

  /** Stops the timer. */
  close(): void {
    clearInterval(this.#timer);
  }

  #flush(): void {
    for (const text of this.#open) {
      const record = text.take();
      if (!record) continue;
      this.#log.append(record).catch((error) => {
        this.#logger.error(
          { err: error, run_id: record.runId },
          'text of a running turn could not be logged',
        );
      });
    }
  }
}

/** The text of one turn that has not been logged yet. */
export class TurnText {
  readonly #runId: string;
  readonly #onClose: (text: TurnText) => void;
  #pending = '';
  #sequence = 0;

  constructor(runId: string, onClose: (text: TurnText) => void) {
    this.#runId = runId;
    this.#onClose = onClose;
  }

  /** Adds produced text. */
  add(text: string): void {
    this.#pending += text;
  }

  /** The next record, or nothing when no text has come. */
  take(): { runId: string; sequence: number; kind: 'text'; payload: { text: string } } | undefined {
    if (this.#pending === '') return undefined;
    const text = this.#pending;
    this.#pending = '';
    this.#sequence += 1;
    return { runId: this.#runId, sequence: this.#sequence, kind: 'text', payload: { text } };
  }

  /** Ends the logging; the finished turn's record holds the whole text. */
  close(): void {
    this.#onClose(this);
  }
}
