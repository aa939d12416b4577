import { TemplateError } from '../template-error.ts';

/**
 * The fuel of one rendering. Every step costs 1; work that grows with its data is paid for before it is
 * done, so that no single operation can take all memory or time.
 */
export class Budget {
  #left: number;

  constructor(fuel: number) {
    this.#left = fuel;
  }

  /** Pays for `steps`. Errors: `FuelExhausted`. */
  spend(steps: number): void {
    this.#left -= steps;
    // Also stops at NaN, which no honest size is.
    if (!(this.#left >= 0)) throw new TemplateError('FuelExhausted', 'The template does too much work.');
  }

  /** Pays for text of a length. */
  spendText(length: number): void {
    this.spend(length / 64);
  }
}
