import {
  constants,
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
  randomBytes as secureRandomBytes,
} from 'node:crypto';
import { CredentialUndecryptableError } from './errors.ts';
import type { RandomBytes } from './random-token.ts';
import { createSealedBox, decryptGcm, encryptGcm, GCM_IV_BYTES } from './sealed-box.ts';

/** Key pair of a workspace as it is stored. */
export interface StoredKeyPair {
  /** SPKI, PEM; stored on the workspace row. */
  readonly publicKeyPem: string;
  /** PKCS#8 PEM sealed with a key derived from SECRET_KEY; useless without it. */
  readonly wrappedPrivateKey: string;
}

/** Where the vault finds the pair of a workspace; null when the workspace has none. */
export type LoadKeyPair = (workspaceId: string) => Promise<StoredKeyPair | null>;

/**
 * Encrypts the credentials of workspaces at rest: `v1:` and base64 of RSA-OAEP-SHA256(32-byte key) +
 * iv[12] + tag[16] + AES-256-GCM ciphertext.
 */
export interface Vault {
  /** Makes the pair for a new workspace, or for `reset-encrypt-key-pair`. Takes some 100 ms of a thread. */
  generateKeyPair(workspaceId: string): Promise<StoredKeyPair>;
  encrypt(workspaceId: string, plainText: string): Promise<string>;
  /** Throws CredentialUndecryptableError; never gives the ciphertext back as if it were the value. */
  decrypt(workspaceId: string, cipherText: string): Promise<string>;
  /** Forgets cached keys: of one workspace after its pair was replaced, or of all. */
  forget(workspaceId?: string): void;
}

const PREFIX = 'v1:';
const RSA_BITS = 2048;
const RSA_BLOCK_BYTES = RSA_BITS / 8;
const DATA_KEY_BYTES = 32;
const CACHE_LIFE_MS = 120_000;
const CACHE_LIMIT = 1_000;

interface CachedPair {
  readonly publicKey: KeyObject;
  /** Unwrapped at first use: encrypting needs no private key, and must work when it is lost. */
  privateKey: KeyObject | null;
  readonly stored: StoredKeyPair;
  readonly expiresAtMs: number;
}

/** Whether a stored text is in the vault's format; it may still not be decryptable. */
export function isVaultCipherText(text: string): boolean {
  return text.startsWith(PREFIX);
}

/** Builds the vault. Keys are cached 120 s in this process only. */
export function createVault(options: {
  secretKey: string;
  loadKeyPair: LoadKeyPair;
  now?: () => number;
  randomBytes?: RandomBytes;
}): Vault {
  const { loadKeyPair, now = Date.now, randomBytes = secureRandomBytes } = options;
  const box = createSealedBox({
    secretKey: options.secretKey,
    purpose: 'workspace-private-key',
    randomBytes,
  });
  const cache = new Map<string, CachedPair>();

  async function pairOf(workspaceId: string): Promise<CachedPair | null> {
    const cached = cache.get(workspaceId);
    if (cached && cached.expiresAtMs > now()) return cached;
    const stored = await loadKeyPair(workspaceId);
    if (stored === null) return null;
    const pair: CachedPair = {
      publicKey: createPublicKey(stored.publicKeyPem),
      privateKey: null,
      stored,
      expiresAtMs: now() + CACHE_LIFE_MS,
    };
    if (cache.size >= CACHE_LIMIT) cache.clear();
    cache.set(workspaceId, pair);
    return pair;
  }

  function privateKeyOf(workspaceId: string, pair: CachedPair): KeyObject {
    pair.privateKey ??= createPrivateKey(box.open(pair.stored.wrappedPrivateKey, workspaceId));
    return pair.privateKey;
  }

  return {
    async generateKeyPair(workspaceId) {
      const { publicKey, privateKey } = await generateRsaPair();
      return { publicKeyPem: publicKey, wrappedPrivateKey: box.seal(privateKey, workspaceId) };
    },

    async encrypt(workspaceId, plainText) {
      const pair = await pairOf(workspaceId);
      if (pair === null) throw new CredentialUndecryptableError();
      const dataKey = Buffer.from(randomBytes(DATA_KEY_BYTES));
      const iv = Buffer.from(randomBytes(GCM_IV_BYTES));
      const sealedKey = publicEncrypt(oaep(pair.publicKey), dataKey);
      return (
        PREFIX +
        Buffer.concat([sealedKey, iv, encryptGcm({ key: dataKey, iv, plainText })]).toString('base64')
      );
    },

    async decrypt(workspaceId, cipherText) {
      if (!isVaultCipherText(cipherText)) throw new CredentialUndecryptableError();
      const pair = await pairOf(workspaceId);
      if (pair === null) throw new CredentialUndecryptableError();
      const bytes = Buffer.from(cipherText.slice(PREFIX.length), 'base64');
      let dataKey: Buffer;
      try {
        const privateKey = privateKeyOf(workspaceId, pair);
        dataKey = privateDecrypt(oaep(privateKey), bytes.subarray(0, RSA_BLOCK_BYTES));
      } catch (cause) {
        throw new CredentialUndecryptableError({ cause });
      }
      return decryptGcm({ key: dataKey, sealed: bytes.subarray(RSA_BLOCK_BYTES) });
    },

    forget(workspaceId) {
      if (workspaceId === undefined) cache.clear();
      else cache.delete(workspaceId);
    },
  };
}

function oaep(key: KeyObject): { key: KeyObject; padding: number; oaepHash: string } {
  return { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' };
}

function generateRsaPair(): Promise<{ publicKey: string; privateKey: string }> {
  return new Promise((resolve, reject) => {
    generateKeyPair(
      'rsa',
      {
        modulusLength: RSA_BITS,
        publicKeyEncoding: { type: 'spki', format: 'pem' },
        privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      },
      (error, publicKey, privateKey) => {
        if (error) reject(error);
        else resolve({ publicKey, privateKey });
      },
    );
  });
}
