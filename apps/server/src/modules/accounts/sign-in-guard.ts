import { ApiError } from '../../platform/errors.ts';

/** Counts events under a key for a time. */
export interface AttemptCounter {
  /** Events counted under the key that have not expired. */
  count(key: string): Promise<number>;
  /** Adds one and restarts the key's time to live. */
  increment(key: string, ttlMs: number): Promise<number>;
  /** Forgets the key. */
  reset(key: string): Promise<void>;
}

/** Wrong passwords allowed before the address is locked. */
const allowedFailures = 5;

/**
 * Locks sign-in after too many wrong passwords. The key holds the e-mail address and the caller's address, so a
 * stranger who guesses does not lock the owner out of their own machine.
 */
export class SignInGuard {
  readonly #counter: AttemptCounter;
  readonly #lockoutMs: number;

  constructor(options: { counter: AttemptCounter; lockoutMs: number }) {
    this.#counter = options.counter;
    this.#lockoutMs = options.lockoutMs;
  }

  /** 429 while the pair of addresses is locked. */
  async assertOpen(email: string, ip: string): Promise<void> {
    if ((await this.#counter.count(keyOf(email, ip))) > allowedFailures)
      throw new ApiError('email_code_login_limit');
  }

  /** Counts a wrong password. */
  async failed(email: string, ip: string): Promise<void> {
    await this.#counter.increment(keyOf(email, ip), this.#lockoutMs);
  }

  /** A right password clears the count. */
  async succeeded(email: string, ip: string): Promise<void> {
    await this.#counter.reset(keyOf(email, ip));
  }
}

function keyOf(email: string, ip: string): string {
  return `sign-in ${email} ${ip}`;
}
