import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';

/**
 * Knowledge ids in app files, unreadable for other workspaces. The form is that of the app files in circulation:
 * AES-256-CBC in base64, key SHA-256 of the workspace's id, IV the first half of the key. It hides, it does not
 * protect: the same id always looks the same.
 */
export class DatasetIdCipher {
  readonly #key: Buffer;

  constructor(workspaceId: string) {
    this.#key = createHash('sha256').update(workspaceId).digest();
  }

  /** The id as it stands in a file. */
  encrypt(datasetId: string): string {
    const cipher = createCipheriv('aes-256-cbc', this.#key, this.#key.subarray(0, 16));
    return Buffer.concat([cipher.update(datasetId, 'utf8'), cipher.final()]).toString('base64');
  }

  /** The id behind a text of a file; null when it is not one of this workspace. */
  decrypt(text: string): string | null {
    try {
      const decipher = createDecipheriv('aes-256-cbc', this.#key, this.#key.subarray(0, 16));
      return Buffer.concat([decipher.update(text, 'base64'), decipher.final()]).toString('utf8');
    } catch {
      return null;
    }
  }
}
