import { describe, expect, it } from 'vitest';
import { readEnvironment } from '../environment.ts';
import { storageSettings } from './storage-settings.ts';

const settingsOf = (variables: Record<string, string>) =>
  storageSettings(readEnvironment(variables), '/data/files');
const s3 = { STORAGE_TYPE: 's3', S3_ACCESS_KEY: 'a', S3_SECRET_KEY: 'b' };

describe('the environment of the file store', () => {
  it.each([
    [{}, '/data/files'],
    [{ STORAGE_LOCAL_PATH: '/elsewhere' }, '/elsewhere'],
    [{ STORAGE_TYPE: 'opendal' }, '/data/files'],
    [{ STORAGE_TYPE: 'opendal', OPENDAL_FS_ROOT: '/root' }, '/root'],
  ])('%j keeps files in %s', (variables, root) => {
    expect(settingsOf(variables as Record<string, string>)).toEqual({ type: 'local', root });
  });

  it('describes a bucket', () => {
    expect(settingsOf({ ...s3, S3_ENDPOINT: 'http://minio:9000', S3_BUCKET_NAME: 'own' })).toMatchObject({
      type: 's3',
      s3: { endpoint: 'http://minio:9000', region: 'us-east-1', bucket: 'own', addressStyle: 'auto' },
    });
  });

  it.each([
    [{ STORAGE_TYPE: 's3' }, /S3_ACCESS_KEY/],
    [{ ...s3, S3_USE_AWS_MANAGED_IAM: 'true' }, /S3_USE_AWS_MANAGED_IAM/],
    [{ ...s3, S3_ENDPOINT: 'minio:9000' }, /S3_ENDPOINT/],
  ])('%j is refused by name', (variables, message) => {
    expect(() => settingsOf(variables as Record<string, string>)).toThrow(message);
  });
});
