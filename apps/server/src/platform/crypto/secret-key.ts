import { createHash, hkdfSync } from 'node:crypto';
import { CryptoError } from './errors.ts';

/** RFC 7518 §3.2 asks for a key at least as long as the hash for HS256. */
const MIN_SECRET_KEY_BYTES = 32;
const MIN_DISTINCT_CHARACTERS = 8;

/**
 * SHA-256 of secret keys that were published as examples (sample environment files, manuals, images).
 * Hashes instead of the keys, so that secret scanners do not take this list for a leak.
 */
const PUBLISHED_KEY_HASHES: ReadonlySet<string> = new Set([
  '0f44b34c6311bcb547867d393c1c56e6564e03d905fdd023637f549358bf3670',
  'b8ba9c61cc9ff699c426c75e748fcf200e8b47869d76fde8bb36ec2f7a34f038',
  'a4b744973756871c1d844ccf4a34d21170bf2e6a54ee13af60c4395a632cdca2',
  'fc7bef3addc42c529c6ff303fad5827a79daba9e0e8db8f1590613b234faf803',
  '057ba03d6c44104863dc7361fe4578965d1887360f90a0895882e58a6248fc86',
  '2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b',
  '217ef27f7b2a2f8949eb2e0973f7dfa099f887427b9a6626b2395e2417239ff2',
  '481c0ab8a6f9e9dcb9391fb1c8b649d19f493c5253e4dc20c2c32ec21875b8ab',
]);

/** Words that turn up in keys which somebody meant to replace. */
const PLACEHOLDER =
  /change[-_ ]?me|your[-_ ]?secret|secret[-_ ]?key[-_ ]?here|replace[-_ ]?(me|this)|example/i;

/**
 * Refuses a SECRET_KEY that others know or could guess. Returns it when it is usable.
 * Throws CryptoError `secret_key_refused`, whose message says what to do and never shows the key.
 */
export function assertUsableSecretKey(secretKey: string): string {
  const advice = 'Make one with: openssl rand -base64 42';
  const refuse = (why: string): never => {
    throw new CryptoError('secret_key_refused', `SECRET_KEY ${why}. ${advice}`);
  };
  if (PUBLISHED_KEY_HASHES.has(createHash('sha256').update(secretKey.trim()).digest('hex'))) {
    refuse('is a published example that anybody can look up');
  }
  if (Buffer.byteLength(secretKey) < MIN_SECRET_KEY_BYTES) {
    refuse(`is shorter than ${MIN_SECRET_KEY_BYTES} characters`);
  }
  if (PLACEHOLDER.test(secretKey)) refuse('looks like a placeholder');
  if (new Set(secretKey).size < MIN_DISTINCT_CHARACTERS) refuse('repeats too few characters');
  return secretKey;
}

/**
 * Derives a 32-byte key for one purpose from SECRET_KEY (HKDF-SHA256, RFC 5869), so that what one part
 * signs or seals is worthless to another.
 */
export function deriveKey(secretKey: string, purpose: string, salt: Uint8Array = new Uint8Array(0)): Buffer {
  return Buffer.from(hkdfSync('sha256', secretKey, salt, `trellis/${purpose}`, 32));
}
