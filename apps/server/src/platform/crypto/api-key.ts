import { createHash } from 'node:crypto';
import { randomAlphanumeric } from './alphanumeric.ts';
import { hashToken, type RandomBytes } from './random-token.ts';

/** What a key opens: `app` one application, `dataset` the knowledge of a workspace. */
export type ApiKeyKind = 'app' | 'dataset';

/** A new API key: shown once, then only its hash and hint exist. */
export interface IssuedApiKey {
  /** The whole key, `app-` or `dataset-` and 24 letters and digits (142 bits). */
  readonly key: string;
  /** SHA-256 of the key, hex, for the unique index that keys are looked up by. */
  readonly keyHash: string;
  /** Kept for display: the prefix with its dash. */
  readonly prefix: string;
  /** Kept for display: the last four characters. */
  readonly lastFour: string;
}

const SECRET_LENGTH = 24;

/** Makes an API key of the service API. */
export function createApiKey(kind: ApiKeyKind, randomBytes?: RandomBytes): IssuedApiKey {
  const prefix = `${kind}-`;
  const secret = randomAlphanumeric(SECRET_LENGTH, randomBytes);
  const key = prefix + secret;
  const keyHash = createHash('sha256').update(key, 'utf8').digest('hex');
  return { key, keyHash, prefix, lastFour: secret.slice(-4) };
}

/** Hash by which a presented key is looked up; null for what cannot be a key. The prefix is not checked. */
export function hashApiKey(key: unknown): string | null {
  return hashToken(key);
}

/** How a stored key is displayed after the one time it was shown whole. */
export function maskApiKey(key: { prefix: string; lastFour: string }): string {
  return `${key.prefix}${'*'.repeat(SECRET_LENGTH - key.lastFour.length)}${key.lastFour}`;
}
