import { randomBytes as secureRandomBytes } from 'node:crypto';
import type { RandomBytes } from './random-token.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** Largest multiple of the alphabet's size in a byte; greater bytes are thrown away to keep letters equally likely. */
const UNBIASED_LIMIT = 256 - (256 % ALPHABET.length);

/** A string of random letters and digits, every character equally likely. */
export function randomAlphanumeric(length: number, randomBytes: RandomBytes = secureRandomBytes): string {
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(length - text.length + 8)) {
      if (byte < UNBIASED_LIMIT && text.length < length) text += ALPHABET.charAt(byte % ALPHABET.length);
    }
  }
  return text;
}

/** A string of decimal digits, zeros in front included, every digit equally likely. */
export function randomDigits(length: number, randomBytes: RandomBytes = secureRandomBytes): string {
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(length - text.length + 4)) {
      if (byte < 250 && text.length < length) text += String(byte % 10);
    }
  }
  return text;
}
