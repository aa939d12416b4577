import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createOutboundClient, type OutboundClient } from '../outbound/outbound-client.ts';
import { createFileKey } from './file-key.ts';
import type { FileStore } from './file-store.ts';
import type { S3Settings } from './s3-client.ts';
import { createS3FileStore } from './s3-file-store.ts';
import { type FakeS3, startFakeS3 } from './testing/fake-s3.ts';
import { describeFileStore } from './testing/file-store-contract.ts';

const bucket = 'trellis-test';
const region = 'eu-central-1';
const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'not+a/real=key',
  sessionToken: 'temporary',
};

function openStore(fake: FakeS3, outbound: OutboundClient, overrides: Partial<S3Settings> = {}): FileStore {
  return createS3FileStore({
    settings: { endpoint: fake.endpoint, region, bucket, credentials, addressStyle: 'auto', ...overrides },
    outbound,
    sleep: async () => undefined,
    partBytes: 128 * 1024,
  });
}

describeFileStore('S3', async () => {
  const fake = await startFakeS3({ bucket, region, credentials, pageSize: 2 });
  const outbound = createOutboundClient();
  return {
    store: openStore(fake, outbound),
    close: async () => {
      await outbound.destroy();
      await fake.close();
    },
  };
});

describe('the S3 file store', () => {
  let fake: FakeS3;
  let outbound: OutboundClient;
  const key = createFileKey({ area: 'uploads', workspaceId: randomUUID(), extension: 'pdf' });

  beforeEach(async () => {
    fake = await startFakeS3({ bucket, region, credentials });
    outbound = createOutboundClient();
  });
  afterEach(async () => {
    await outbound.destroy();
    await fake.close();
  });

  it('sends large files in parts and small ones at once', async () => {
    const store = openStore(fake, outbound);
    await store.put(key, Buffer.alloc(1_000), { maxBytes: 1_000 });
    expect(fake.requests).toHaveLength(1);
    await store.put(key, Buffer.alloc(300_000), { maxBytes: 300_000 });
    expect(fake.requests.filter((request) => request.includes('partNumber'))).toHaveLength(3);
    expect(fake.objects.get(key)).toHaveLength(300_000);
    expect(fake.unfinishedUploads()).toBe(0);
  });

  it('aborts the parts of an upload that failed', async () => {
    const store = openStore(fake, outbound);
    await expect(store.put(key, Buffer.alloc(300_000), { maxBytes: 299_999 })).rejects.toMatchObject({
      code: 'file_too_large',
    });
    const failing = async function* () {
      yield Buffer.alloc(200_000);
      throw new Error('gone');
    };
    await expect(store.put(key, failing(), { maxBytes: 300_000 })).rejects.toThrow('gone');
    expect(fake.unfinishedUploads()).toBe(0);
    expect(fake.objects.size).toBe(0);
  });

  it('tries again when the service stumbles, and gives up when it stays down', async () => {
    const store = openStore(fake, outbound);
    fake.failNext(503, 2);
    await store.put(key, Buffer.from('x'), { maxBytes: 1 });
    expect(fake.requests).toHaveLength(3);
    fake.failNext(503, 3);
    await expect(store.head(key)).rejects.toMatchObject({ code: 'storage_unavailable' });
  });

  it('says that its credentials are refused, without showing them', async () => {
    const store = openStore(fake, outbound, { credentials: { ...credentials, secretAccessKey: 'wrong' } });
    const error = await store.check().catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ code: 'storage_refused' });
    expect(String(error)).not.toContain('wrong');
    expect(fake.requests).toHaveLength(1);
  });

  it('says that the storage cannot be reached', async () => {
    const store = openStore(fake, outbound, { endpoint: 'http://127.0.0.1:1' });
    await expect(store.check()).rejects.toMatchObject({ code: 'storage_unavailable' });
  });

  it('does not take a missing bucket for a missing file', async () => {
    const store = openStore(fake, outbound, { bucket: 'other' });
    await expect(store.get(key)).rejects.toMatchObject({ code: 'file_not_found' });
    await expect(store.put(key, Buffer.from('x'), { maxBytes: 1 })).rejects.toMatchObject({
      code: 'storage_unavailable',
    });
  });
});
