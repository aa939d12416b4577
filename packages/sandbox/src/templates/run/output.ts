import { TemplateError } from '../template-error.ts';
import type { Budget } from './budget.ts';

/** Text as it is produced; a limit makes it fail before it grows beyond use. */
export class Output {
  readonly #parts: string[] = [];
  readonly #budget: Budget;
  readonly #maxLength: number;
  #length = 0;

  constructor(budget: Budget, maxLength = Number.POSITIVE_INFINITY) {
    this.#budget = budget;
    this.#maxLength = maxLength;
  }

  append(text: string): void {
    this.#budget.spendText(text.length);
    this.#length += text.length;
    // One character may be two units; the exact count is checked at the end.
    if (this.#length > 2 * this.#maxLength) throw outputTooLarge(this.#maxLength);
    this.#parts.push(text);
  }

  toString(): string {
    return this.#parts.join('');
  }
}

/** The error of a rendering that gives more text than allowed. */
export function outputTooLarge(maxLength: number): TemplateError {
  return new TemplateError('OutputTooLarge', `The rendered text is longer than ${maxLength} characters.`);
}
