import type { Environment } from '../environment.ts';
import type { StorageSettings } from './create-file-store.ts';

/** A storage that the environment asks for and that cannot be used as described. */
export class StorageSettingsError extends Error {
  readonly code = 'storage_settings_invalid';
  override readonly name = 'StorageSettingsError';
}

/**
 * Storage out of STORAGE_TYPE and its variables. `filesFolder` is where local files go when no path is
 * given. Throws StorageSettingsError, which names the variable.
 */
export function storageSettings(
  environment: Pick<Environment, 'storage'>,
  filesFolder: string,
): StorageSettings {
  const { storage } = environment;
  if (storage.type === 'local') return { type: 'local', root: storage.localPath ?? filesFolder };
  if (storage.type === 'opendal' && storage.opendalScheme === 'fs') {
    return { type: 'local', root: storage.opendalRoot ?? storage.localPath ?? filesFolder };
  }
  if (storage.s3ManagedIdentity) {
    throw new StorageSettingsError(
      'S3_USE_AWS_MANAGED_IAM is not supported: the metadata service is never asked. Set S3_ACCESS_KEY and S3_SECRET_KEY.',
    );
  }
  if (storage.s3AccessKey === undefined || storage.s3SecretKey === undefined) {
    throw new StorageSettingsError('STORAGE_TYPE is s3, so S3_ACCESS_KEY and S3_SECRET_KEY have to be set.');
  }
  if (storage.s3Endpoint !== undefined && !/^https?:$/.test(URL.parse(storage.s3Endpoint)?.protocol ?? '')) {
    throw new StorageSettingsError('S3_ENDPOINT has to be an http or https address.');
  }
  return {
    type: 's3',
    s3: {
      endpoint: storage.s3Endpoint,
      region: storage.s3Region,
      bucket: storage.s3Bucket,
      credentials: { accessKeyId: storage.s3AccessKey, secretAccessKey: storage.s3SecretKey },
      addressStyle: storage.s3AddressStyle,
    },
  };
}
