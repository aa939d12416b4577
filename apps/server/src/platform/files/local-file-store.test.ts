import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFileKey } from './file-key.ts';
import type { FileStore } from './file-store.ts';
import { createLocalFileStore } from './local-file-store.ts';
import { describeFileStore } from './testing/file-store-contract.ts';

describeFileStore('local', async () => {
  const root = await mkdtemp(join(tmpdir(), 'files-'));
  return {
    store: await createLocalFileStore({ root }),
    close: () => rm(root, { recursive: true, force: true }),
  };
});

describe('the local file store', () => {
  let root: string;
  let store: FileStore;
  const key = createFileKey({ area: 'uploads', workspaceId: randomUUID(), extension: 'txt' });

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'files-'));
    store = await createLocalFileStore({ root });
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  it('keeps files and folders from other users of the machine', async () => {
    await store.put(key, Buffer.from('x'), { maxBytes: 1 });
    expect((await stat(join(root, key))).mode & 0o777).toBe(0o600);
    expect((await stat(dirname(join(root, key)))).mode & 0o777).toBe(0o700);
  });

  it('leaves no unfinished files', async () => {
    await expect(store.put(key, Buffer.from('xx'), { maxBytes: 1 })).rejects.toMatchObject({
      code: 'file_too_large',
    });
    expect(await readdir(join(root, '.staging'))).toEqual([]);
  });

  it('does not follow a link to a file', async () => {
    const secret = join(root, 'secret');
    await writeFile(secret, 'secret');
    await mkdir(dirname(join(root, key)), { recursive: true });
    await symlink(secret, join(root, key));
    expect(await store.head(key)).toBeNull();
    await expect(store.get(key)).rejects.toMatchObject({ code: 'file_not_found' });
    await store.delete(key);
    expect((await stat(secret)).size).toBe(6);
  });

  it('does not follow a link to a folder outside', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'outside-'));
    await mkdir(join(root, 'upload_files'));
    await symlink(outside, dirname(join(root, key)));
    await expect(store.put(key, Buffer.from('x'), { maxBytes: 1 })).rejects.toMatchObject({
      code: 'storage_unavailable',
    });
    expect(await readdir(outside)).toEqual([]);
    await rm(outside, { recursive: true });
  });

  it('says in words that the folder is gone', async () => {
    await rm(root, { recursive: true });
    await expect(store.check()).rejects.toMatchObject({ name: 'FileStoreError' });
  });
});
