import type { OutboundClient } from '../outbound/outbound-client.ts';
import type { FileStore } from './file-store.ts';
import { createLocalFileStore } from './local-file-store.ts';
import type { S3Settings } from './s3-client.ts';
import { createS3FileStore } from './s3-file-store.ts';

/** What the environment says about storage, after parsing. */
export type StorageSettings =
  | { readonly type: 'local'; readonly root: string }
  | { readonly type: 's3'; readonly s3: S3Settings };

/** Builds the file store that the settings ask for. Whether it can be used, `check` tells. */
export async function createFileStore(
  settings: StorageSettings,
  outbound: OutboundClient,
): Promise<FileStore> {
  return settings.type === 'local'
    ? createLocalFileStore({ root: settings.root })
    : createS3FileStore({ settings: settings.s3, outbound });
}
