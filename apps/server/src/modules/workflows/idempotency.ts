import { hash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { ApiError, invalidParam } from '../../platform/errors.ts';

const maxKeyLength = 255;

/** The `Idempotency-Key` of a request: the same key from the same user gives the same run. */
export function idempotencyKeyOf(request: FastifyRequest): string | undefined {
  const header = request.headers['idempotency-key'];
  const key = Array.isArray(header) ? header[0] : header;
  if (key === undefined || key === '') return undefined;
  if (key.length > maxKeyLength) {
    throw invalidParam(`Idempotency-Key: must have at most ${maxKeyLength} characters`, 'Idempotency-Key');
  }
  return key;
}

/** Fingerprint of what a request asks for: a key that comes back must ask for the same. */
export function requestFingerprint(request: unknown): string {
  return hash('sha256', JSON.stringify(request), 'hex');
}

/** 422 when a key comes back with a request that asks for something else. */
export function assertSameRequest(stored: string | null, given: string | undefined): void {
  if (stored !== null && stored !== given) throw new ApiError('idempotency_key_reused');
}
