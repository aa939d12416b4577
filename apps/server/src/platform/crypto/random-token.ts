import { createHash, randomBytes as secureRandomBytes } from 'node:crypto';

/** Source of random bytes; production code leaves it to node:crypto, tests may hand in their own. */
export type RandomBytes = (length: number) => Uint8Array;

/** A secret as it is handed out once, and what may be stored of it. */
export interface IssuedToken {
  readonly token: string;
  /** SHA-256 of the token, hex; the only form that reaches the database. */
  readonly tokenHash: string;
}

/** Longest bearer secret that is looked at, so that nobody makes the server hash megabytes. */
const MAX_TOKEN_LENGTH = 512;

/**
 * Makes a random token, URL safe. The default 32 bytes are 256 bits: a plain fast hash suffices at rest,
 * because there is nothing to guess.
 */
export function createRandomToken(
  options: { bytes?: number; encoding?: 'base64url' | 'hex'; randomBytes?: RandomBytes } = {},
): IssuedToken {
  const { bytes = 32, encoding = 'base64url', randomBytes = secureRandomBytes } = options;
  if (bytes < 16) throw new RangeError('A random token needs at least 16 bytes.');
  const token = Buffer.from(randomBytes(bytes)).toString(encoding);
  return { token, tokenHash: sha256Hex(token) };
}

/** Makes a refresh token of the console's contract: 64 random bytes as 128 hex characters. */
export function createRefreshToken(randomBytes: RandomBytes = secureRandomBytes): IssuedToken {
  return createRandomToken({ bytes: 64, encoding: 'hex', randomBytes });
}

/**
 * Hash under which a presented token is looked up. Anything that is not a usable string (null, empty, an
 * array or object from a parsed body, oversized text) gives null, and null must never reach a query.
 */
export function hashToken(token: unknown): string | null {
  if (typeof token !== 'string' || token.length === 0 || token.length > MAX_TOKEN_LENGTH) return null;
  return sha256Hex(token);
}

function sha256Hex(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
