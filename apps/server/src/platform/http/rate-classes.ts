import { ApiError } from '../errors.ts';
import type { RateClass } from './route.ts';

/** Requests per minute and address. Generation is limited per app, by concurrency, not here. */
const perMinute: Record<RateClass, number> = {
  none: Number.POSITIVE_INFINITY,
  default: Number.POSITIVE_INFINITY,
  generate: Number.POSITIVE_INFINITY,
  'sign-in': 60,
  mail: 30,
  upload: 300,
  // One sender often calls for many: its bursts are work, not a flood.
  webhook: 600,
};

/**
 * Coarse limits per address and class, in this process's memory; they stop floods before anything is read from the
 * database. Exact limits (lockouts per account, mails per address) are kept in the database by the account service.
 */
export class RateLimits {
  readonly #now: () => number;
  readonly #counts = new Map<string, { window: number; count: number }>();

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Counts one request; throws 429 when the class's limit for this minute is reached. */
  async consume(rateClass: RateClass, ip: string): Promise<void> {
    const limit = perMinute[rateClass];
    if (limit === Number.POSITIVE_INFINITY) return;
    const window = Math.floor(this.#now() / 60_000);
    const key = `${rateClass} ${ip}`;
    const entry = this.#counts.get(key);
    if (!entry || entry.window !== window) {
      if (this.#counts.size > 100_000) this.#counts.clear();
      this.#counts.set(key, { window, count: 1 });
      return;
    }
    entry.count += 1;
    if (entry.count > limit) {
      const waitSeconds = 60 - Math.floor((this.#now() % 60_000) / 1_000);
      throw new ApiError('too_many_requests', `Too many requests. Try again in ${waitSeconds} seconds.`, {
        headers: { 'retry-after': String(waitSeconds) },
      });
    }
  }
}
