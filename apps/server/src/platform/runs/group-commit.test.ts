import { describe, expect, it } from 'vitest';
import { GroupCommit } from './group-commit.ts';

describe('GroupCommit', () => {
  it('writes what is added in one tick with one statement', async () => {
    const groups: number[][] = [];
    const commit = new GroupCommit<number>({
      write: async (items) => {
        groups.push(items);
      },
    });
    await Promise.all([commit.add(1), commit.add(2), commit.add(3)]);
    expect(groups).toEqual([[1, 2, 3]]);
  });

  it('gathers newcomers while a write is under way', async () => {
    const groups: number[][] = [];
    let release = () => {};
    const commit = new GroupCommit<number>({
      write: async (items) => {
        groups.push(items);
        if (groups.length === 1) await new Promise<void>((resolve) => (release = resolve));
      },
    });
    const first = commit.add(1);
    await new Promise((resolve) => setImmediate(resolve));
    const rest = [commit.add(2), commit.add(3)];
    release();
    await Promise.all([first, ...rest]);
    expect(groups).toEqual([[1], [2, 3]]);
  });

  it('splits a failing group, so that only the bad item fails', async () => {
    const written: number[] = [];
    const commit = new GroupCommit<number>({
      write: async (items) => {
        if (items.includes(2)) throw new Error('bad row');
        written.push(...items);
      },
    });
    const results = await Promise.allSettled([commit.add(1), commit.add(2), commit.add(3)]);
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(written).toEqual([1, 3]);
  });

  it('never writes more than the limit at once', async () => {
    const sizes: number[] = [];
    const commit = new GroupCommit<number>({
      maxItems: 2,
      write: async (items) => {
        sizes.push(items.length);
      },
    });
    await Promise.all([1, 2, 3, 4, 5].map((item) => commit.add(item)));
    expect(sizes).toEqual([2, 2, 1]);
  });

  it('goes on after a failure', async () => {
    let fail = true;
    const commit = new GroupCommit<number>({
      write: async () => {
        if (fail) throw new Error('database away');
      },
    });
    await expect(commit.add(1)).rejects.toThrow('database away');
    fail = false;
    await expect(commit.add(2)).resolves.toBeUndefined();
  });

  it('does not make a statement of any size of large items', async () => {
    const sizes: number[] = [];
    const commit = new GroupCommit<number>({
      write: async (items) => {
        sizes.push(items.length);
      },
      bytesOf: (bytes) => bytes,
    });
    await Promise.all([6e6, 6e6, 6e6, 40e6, 1, 1].map((bytes) => commit.add(bytes)));
    expect(sizes).toEqual([2, 1, 1, 2]);
  });

  it('lets what nobody waits for linger, and writes it at once when it is to be settled', async () => {
    const groups: number[][] = [];
    const commit = new GroupCommit<number>({
      lingerMs: 3_600_000,
      write: async (items) => {
        groups.push(items);
      },
    });
    const first = commit.add(1);
    await new Promise((resolve) => setImmediate(resolve));
    const second = commit.add(2);
    expect(groups).toEqual([]);
    await commit.settled();
    await Promise.all([first, second]);
    expect(groups).toEqual([[1, 2]]);

    const soon = new GroupCommit<number>({ lingerMs: 1, write: async () => {} });
    await soon.add(1);
    await soon.add(2);
    expect(soon.flushes).toBe(2);
  });
});
