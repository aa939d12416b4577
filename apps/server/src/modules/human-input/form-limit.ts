import { ApiError } from '../../platform/errors.ts';
import { clientNetwork } from '../../platform/rate-limit/client-network.ts';
import { type CounterStore, counterKey } from '../../platform/rate-limit/counter-store.ts';

/** How many attempts an address has in which time. */
export interface FormLimitSettings {
  attemptsPerAddress: number;
  attemptWindowMs: number;
}

/** Counts attempts to open or answer forms by their links, so that nobody finds links by trying. */
export function createFormLimit(
  counters: CounterStore,
  { attemptsPerAddress, attemptWindowMs }: FormLimitSettings,
): (ip: string) => Promise<void> {
  return async (ip) => {
    const key = counterKey('web-form', clientNetwork(ip));
    const { count, expiresInMs } = await counters.add(key, { ttlMs: attemptWindowMs });
    if (count <= attemptsPerAddress) return;
    throw new ApiError('web_form_rate_limit_exceeded', undefined, {
      headers: { 'retry-after': String(Math.max(1, Math.ceil(expiresInMs / 1_000))) },
    });
  };
}
