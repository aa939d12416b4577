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
    const text = new TurnText(runId, {
      write: (record) => this.#write(record),
      onClose: (closed) => this.#open.delete(closed),
    });
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
      if (record) void this.#write(record);
    }
  }

  /** Resolves when the record is durable, or has been given up. */
  #write(record: TextRecord): Promise<void> {
    return this.#log.append(record).catch((error) => {
      this.#logger.error({ err: error, run_id: record.runId }, 'text of a running turn could not be logged');
    });
  }
}

/** Text that a turn has produced (`text`), or the one that is to be kept instead of all before it (`replaced`). */
interface TextRecord {
  runId: string;
  sequence: number;
  kind: 'text' | 'replaced';
  payload: { text: string };
}

/** The text of one turn that has not been logged yet. */
export class TurnText {
  readonly #runId: string;
  readonly #write: (record: TextRecord) => Promise<void>;
  readonly #onClose: (text: TurnText) => void;
  #pending = '';
  #sequence = 0;

  constructor(
    runId: string,
    log: { write: (record: TextRecord) => Promise<void>; onClose: (text: TurnText) => void },
  ) {
    this.#runId = runId;
    this.#write = log.write;
    this.#onClose = log.onClose;
  }

  /** Adds produced text. */
  add(text: string): void {
    this.#pending += text;
  }

  /**
   * Puts another text in the place of all so far. Waits until that is durable: whoever ends the turn for this process
   * must not find words that were taken back.
   */
  replace(text: string): Promise<void> {
    this.#pending = '';
    return this.#write(this.#record('replaced', text));
  }

  /** The next record, or nothing when no text has come. */
  take(): TextRecord | undefined {
    if (this.#pending === '') return undefined;
    const text = this.#pending;
    this.#pending = '';
    return this.#record('text', text);
  }

  /** Ends the logging; the finished turn's record holds the whole text. */
  close(): void {
    this.#onClose(this);
  }

  #record(kind: TextRecord['kind'], text: string): TextRecord {
    this.#sequence += 1;
    return { runId: this.#runId, sequence: this.#sequence, kind, payload: { text } };
  }
}
