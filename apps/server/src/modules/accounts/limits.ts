import { ApiError } from '../../platform/errors.ts';
import type { LimitVerdict } from '../../platform/rate-limit/account-limits.ts';

/** Throws the 429 of a limit that has been reached, with `Retry-After`. */
export function enforce(verdict: LimitVerdict): void {
  if (verdict.allowed) return;
  throw new ApiError(verdict.code, undefined, {
    headers: { 'retry-after': String(verdict.retryAfterSeconds) },
  });
}
