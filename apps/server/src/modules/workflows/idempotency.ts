import type { FastifyRequest } from 'fastify';
import { invalidParam } from '../../platform/errors.ts';

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
