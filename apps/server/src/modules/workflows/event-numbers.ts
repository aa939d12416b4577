import { sequenceOf } from './run-events.ts';
import type { RunJournal } from './run-journal.ts';

/** Numbers of events in the order in which they come about: noted then, taken when they are told. */
export class EventNumbers {
  readonly #journal: RunJournal;
  readonly #waiting: number[] = [];
  #record = -1;
  #position = 0;

  constructor(journal: RunJournal) {
    this.#journal = journal;
  }

  /** An event has come about. */
  add(): void {
    if (this.#journal.count !== this.#record) {
      this.#record = this.#journal.count;
      this.#position = 0;
    }
    this.#waiting.push(sequenceOf(this.#record, this.#position));
    this.#position += 1;
  }

  /** The number of the next event that is told. */
  next(): number {
    const number = this.#waiting.shift();
    if (number === undefined) throw new Error('an event was told that had not come about');
    return number;
  }
}
