import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * Compares two secrets without telling by its duration where they differ.
 * Missing and empty values never equal anything, themselves included: a null in a database must not match a
 * null in a request. Lengths are hidden too, because digests are compared.
 */
export function secretsEqual(left: string | null | undefined, right: string | null | undefined): boolean {
  if (typeof left !== 'string' || typeof right !== 'string') return false;
  if (left === '' || right === '') return false;
  return timingSafeEqual(sha256(left), sha256(right));
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}
