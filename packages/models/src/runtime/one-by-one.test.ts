import { describe, expect, it } from 'vitest';
import { oneByOne } from './one-by-one.ts';

describe('oneByOne', () => {
  it('hands out the items of all batches in order, empty batches or not', async () => {
    const seen: number[] = [];
    async function* batches() {
      yield [];
      yield [1, 2];
      yield [];
      yield [3];
    }
    for await (const item of oneByOne(batches())) seen.push(item);
    expect(seen).toEqual([1, 2, 3]);
  });

  it('tells its source at once when the reader leaves in the middle of a batch', async () => {
    let left = false;
    async function* batches() {
      try {
        yield [1, 2, 3];
      } finally {
        left = true;
      }
    }
    const items = oneByOne(batches());
    for await (const item of items) if (item === 2) break;
    expect(left).toBe(true);
    expect(await items.next()).toEqual({ value: undefined, done: true });
  });

  it('hands out what came before a failure first', async () => {
    async function* batches() {
      yield [1];
      throw new Error('broken');
    }
    const items = oneByOne(batches());
    expect((await items.next()).value).toBe(1);
    await expect(items.next()).rejects.toThrow('broken');
  });
});
