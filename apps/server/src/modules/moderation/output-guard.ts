import type { Logger } from 'pino';
import type { ModerationPolicy, OutputVerdict } from './policy.ts';

/** What a guard works with. */
export interface OutputGuardOptions {
  policy: ModerationPolicy;
  /** Whether an answer that cannot be checked fails, instead of being let through. */
  failClosed: boolean;
  signal: AbortSignal;
  log: Logger;
}

/**
 * Looks at one answer while it is being written: whenever enough of it is new, and at its end. A check that fails is
 * logged and not tried again before the end, unless the installation wants such answers to fail.
 */
export class OutputGuard {
  readonly #o: OutputGuardOptions;
  #checked = 0;
  #failed = false;

  constructor(options: OutputGuardOptions) {
    this.#o = options;
  }

  /** Looks at the text so far when it is due. */
  async look(text: string): Promise<OutputVerdict> {
    if (this.#failed || text.length - this.#checked < this.#o.policy.everyCharacters) return null;
    return this.#check(text);
  }

  /** Looks at the whole text, unless that has been done. */
  async finish(text: string): Promise<OutputVerdict> {
    if (text === '' || text.length === this.#checked || this.#o.signal.aborted) return null;
    return this.#check(text);
  }

  async #check(text: string): Promise<OutputVerdict> {
    const { policy, failClosed, signal, log } = this.#o;
    if (policy.checkOutput === null) return null;
    try {
      const verdict = await policy.checkOutput(text, signal);
      this.#checked = (verdict?.text ?? text).length;
      return verdict;
    } catch (error) {
      if (signal.aborted) return null;
      if (failClosed) throw error;
      this.#failed = true;
      log.warn({ err: error }, 'an answer could not be moderated and was let through');
      return null;
    }
  }
}
