import { createCipheriv, createDecipheriv, randomBytes as secureRandomBytes } from 'node:crypto';
import { CredentialUndecryptableError } from './errors.ts';
import type { RandomBytes } from './random-token.ts';
import { deriveKey } from './secret-key.ts';

/** Encrypts small secrets of the installation itself with a key derived from SECRET_KEY. */
export interface SealedBox {
  /** `s1:` and base64 of salt[16] + iv[12] + tag[16] + AES-256-GCM ciphertext. */
  seal(plainText: string, context: string): string;
  /** Throws CredentialUndecryptableError when the text was damaged, sealed by another key, or for another context. */
  open(sealed: string, context: string): string;
}

const PREFIX = 's1:';
const SALT_BYTES = 16;
export const GCM_IV_BYTES = 12;
export const GCM_TAG_BYTES = 16;

/**
 * Builds a box for one purpose. `context` names the row the secret belongs to and is authenticated:
 * a sealed value copied into another row does not open.
 */
export function createSealedBox(options: {
  secretKey: string;
  purpose: string;
  randomBytes?: RandomBytes;
}): SealedBox {
  const { secretKey, purpose, randomBytes = secureRandomBytes } = options;
  const keyFor = (salt: Uint8Array): Buffer => deriveKey(secretKey, `sealed/${purpose}`, salt);

  return {
    seal(plainText, context) {
      const salt = Buffer.from(randomBytes(SALT_BYTES));
      const iv = Buffer.from(randomBytes(GCM_IV_BYTES));
      const box = encryptGcm({ key: keyFor(salt), iv, plainText, context });
      return PREFIX + Buffer.concat([salt, iv, box]).toString('base64');
    },

    open(sealed, context) {
      if (!sealed.startsWith(PREFIX)) throw new CredentialUndecryptableError();
      const bytes = Buffer.from(sealed.slice(PREFIX.length), 'base64');
      const salt = bytes.subarray(0, SALT_BYTES);
      return decryptGcm({ key: keyFor(salt), sealed: bytes.subarray(SALT_BYTES), context });
    },
  };
}

/** AES-256-GCM; returns tag[16] + ciphertext. */
export function encryptGcm(input: { key: Buffer; iv: Buffer; plainText: string; context?: string }): Buffer {
  const cipher = createCipheriv('aes-256-gcm', input.key, input.iv, { authTagLength: GCM_TAG_BYTES });
  if (input.context !== undefined) cipher.setAAD(Buffer.from(input.context, 'utf8'));
  const cipherText = Buffer.concat([cipher.update(input.plainText, 'utf8'), cipher.final()]);
  return Buffer.concat([cipher.getAuthTag(), cipherText]);
}

/** Opens iv[12] + tag[16] + ciphertext. Throws CredentialUndecryptableError when anything was changed. */
export function decryptGcm(input: { key: Buffer; sealed: Buffer; context?: string }): string {
  const { key, sealed, context } = input;
  if (sealed.length < GCM_IV_BYTES + GCM_TAG_BYTES) throw new CredentialUndecryptableError();
  try {
    const iv = sealed.subarray(0, GCM_IV_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: GCM_TAG_BYTES });
    decipher.setAuthTag(sealed.subarray(GCM_IV_BYTES, GCM_IV_BYTES + GCM_TAG_BYTES));
    if (context !== undefined) decipher.setAAD(Buffer.from(context, 'utf8'));
    const cipherText = sealed.subarray(GCM_IV_BYTES + GCM_TAG_BYTES);
    return Buffer.concat([decipher.update(cipherText), decipher.final()]).toString('utf8');
  } catch (cause) {
    throw new CredentialUndecryptableError({ cause });
  }
}
