import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFileKey, type FileKey, type FilePrefix } from '../file-key.ts';
import { type FileStore, readWholeFile } from '../file-store.ts';

const MAX_BYTES = 64 * 1024 * 1024;

/** What every file store must do; run against each implementation. */
export function describeFileStore(
  name: string,
  open: () => Promise<{ store: FileStore; close: () => Promise<void> }>,
): void {
  describe(`${name} file store`, () => {
    let store: FileStore;
    let close: () => Promise<void>;
    const workspaceId = randomUUID();
    const newKey = (): FileKey => createFileKey({ area: 'uploads', workspaceId, extension: 'txt' });
    const read = async (key: FileKey): Promise<string> =>
      Buffer.from(await readWholeFile(store, key, { maxBytes: MAX_BYTES })).toString();

    beforeAll(async () => {
      ({ store, close } = await open());
    });
    afterAll(() => close());

    it('gives back what was stored, with its size and hash', async () => {
      const key = newKey();
      const bytes = Buffer.from('héllo');
      const put = await store.put(key, bytes, { maxBytes: 100, contentType: 'text/plain' });
      expect(put).toEqual({ size: 6, sha256: createHash('sha256').update(bytes).digest('hex') });
      expect(await read(key)).toBe('héllo');
      expect(await store.head(key)).toMatchObject({ key, size: 6, modifiedAt: expect.any(Date) });
    });

    it('stores nothing as nothing', async () => {
      const key = newKey();
      expect(await store.put(key, new Uint8Array(0), { maxBytes: 0 })).toMatchObject({ size: 0 });
      expect(await read(key)).toBe('');
      expect((await store.get(key)).size).toBe(0);
    });

    it.each([1, 65_536, 65_537, 300_000])('stores streams of many pieces (%i bytes)', async (length) => {
      const key = newKey();
      const bytes = Buffer.from(Array.from({ length }, (_, index) => index % 251));
      const pieces = async function* () {
        for (let start = 0; start < length; start += 7_001) yield bytes.subarray(start, start + 7_001);
      };
      const put = await store.put(key, pieces(), { maxBytes: length });
      expect(put).toEqual({ size: length, sha256: createHash('sha256').update(bytes).digest('hex') });
      expect(Buffer.from(await readWholeFile(store, key, { maxBytes: length })).equals(bytes)).toBe(true);
    });

    it('replaces what was there before', async () => {
      const key = newKey();
      await store.put(key, Buffer.from('first, longer'), { maxBytes: 100 });
      await store.put(key, Buffer.from('second'), { maxBytes: 100 });
      expect(await read(key)).toBe('second');
    });

    it.each([10, 200_000])(
      'stops at the limit of %i bytes and leaves the earlier file alone',
      async (maxBytes) => {
        const key = newKey();
        await store.put(key, Buffer.from('kept'), { maxBytes: 100 });
        let produced = 0;
        const endless = async function* () {
          for (;;) {
            produced += 50_000;
            yield Buffer.alloc(50_000);
          }
        };
        await expect(store.put(key, endless(), { maxBytes })).rejects.toMatchObject({
          code: 'file_too_large',
        });
        expect(produced).toBeLessThanOrEqual(maxBytes + 50_000);
        expect(await read(key)).toBe('kept');
      },
    );

    it.each([1, 4])('leaves nothing behind when the source fails after %i pieces', async (pieces) => {
      const key = newKey();
      const failing = async function* () {
        for (let piece = 0; piece < pieces; piece += 1) yield Buffer.alloc(50_000);
        throw new Error('the browser went away');
      };
      await expect(store.put(key, failing(), { maxBytes: MAX_BYTES })).rejects.toThrow(
        'the browser went away',
      );
      expect(await store.head(key)).toBeNull();
    });

    it('ends with the signal of the caller', async () => {
      const reason = new Error('enough');
      const controller = new AbortController();
      const source = async function* () {
        yield Buffer.from('a');
        controller.abort(reason);
        yield Buffer.from('b');
      };
      const key = newKey();
      await expect(store.put(key, source(), { maxBytes: 10, signal: controller.signal })).rejects.toBe(
        reason,
      );
      expect(await store.head(key)).toBeNull();
    });

    it('reads ranges', async () => {
      const key = newKey();
      await store.put(key, Buffer.from('0123456789'), { maxBytes: 10 });
      const part = await store.get(key, { range: { start: 2, end: 5 } });
      expect(part.size).toBe(4);
      const chunks: Uint8Array[] = [];
      for await (const chunk of part.body) chunks.push(chunk);
      expect(Buffer.concat(chunks).toString()).toBe('2345');
      for (const range of [
        { start: 5, end: 10 },
        { start: 4, end: 3 },
        { start: 50, end: 60 },
      ]) {
        await expect(store.get(key, { range })).rejects.toMatchObject({ code: 'file_range_not_satisfiable' });
      }
    });

    it('lets a reader stop in the middle', async () => {
      const key = newKey();
      await store.put(key, Buffer.alloc(300_000), { maxBytes: 300_000 });
      const { body } = await store.get(key);
      for await (const _chunk of body) break;
      expect((await store.get(key)).size).toBe(300_000);
    });

    it('knows what is not there', async () => {
      const key = newKey();
      expect(await store.head(key)).toBeNull();
      await expect(store.get(key)).rejects.toMatchObject({ code: 'file_not_found' });
      await expect(store.delete(key)).resolves.toBeUndefined();
    });

    it('deletes', async () => {
      const key = newKey();
      await store.put(key, Buffer.from('x'), { maxBytes: 1 });
      await store.delete(key);
      expect(await store.head(key)).toBeNull();
    });

    it('lists a workspace, and only it, in order', async () => {
      const owner = randomUUID();
      const keys = Array.from({ length: 5 }, () =>
        createFileKey({ area: 'tools', workspaceId: owner }),
      ).sort();
      const foreign = createFileKey({ area: 'tools', workspaceId: randomUUID() });
      for (const key of [...keys, foreign]) await store.put(key, Buffer.from('abc'), { maxBytes: 3 });
      const listed = await collectKeys(store, { area: 'tools', workspaceId: owner });
      expect(listed).toEqual(keys);
      expect(await collectKeys(store, { area: 'tools' })).toEqual(expect.arrayContaining([...keys, foreign]));
      expect(await collectKeys(store, { area: 'exchange' })).toEqual([]);
    });

    it.each([
      '../../etc/passwd',
      '/etc/passwd',
      `upload_files/${workspaceId}/../x`,
      `upload_files/${workspaceId}/%2e%2e`,
      `upload_files\\${workspaceId}\\x`,
      `upload_files/${workspaceId}/${workspaceId}\u0000.txt`,
      `upload_files/${workspaceId}/${workspaceId}/more`,
      `elsewhere/${workspaceId}/${workspaceId}`,
      `.staging/${workspaceId}/${workspaceId}`,
      '',
    ])('refuses the key %j in every method', async (text) => {
      const key = text as FileKey;
      const refusal = { code: 'file_key_invalid' };
      await expect(store.put(key, Buffer.from('x'), { maxBytes: 1 })).rejects.toMatchObject(refusal);
      await expect(store.get(key)).rejects.toMatchObject(refusal);
      await expect(store.head(key)).rejects.toMatchObject(refusal);
      await expect(store.delete(key)).rejects.toMatchObject(refusal);
    });

    it('passes its own check and leaves no trace of it', async () => {
      await store.check();
      for (const area of ['uploads', 'tools', 'runValues', 'exchange'] as const) {
        expect((await collectKeys(store, { area })).filter((key) => key.includes('probe'))).toEqual([]);
      }
    });
  });
}

async function collectKeys(store: FileStore, prefix: FilePrefix): Promise<FileKey[]> {
  const keys: FileKey[] = [];
  for await (const file of store.list(prefix)) keys.push(file.key);
  return keys;
}
