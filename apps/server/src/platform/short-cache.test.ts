import { describe, expect, it } from 'vitest';
import { ShortCache } from './short-cache.ts';

describe('ShortCache', () => {
  it('looks a key up once until its time is over', async () => {
    let nowMs = 0;
    let looked = 0;
    const cache = new ShortCache<number>({ lifetimeMs: 1_000, limit: 10, now: () => nowMs });
    const get = () => cache.get('a', async () => (looked += 1));
    expect([await get(), await get()]).toEqual([1, 1]);
    nowMs = 1_000;
    expect(await get()).toBe(2);
  });

  it('does not keep what was looked up before it was cleared', async () => {
    const cache = new ShortCache<string>({ lifetimeMs: 1_000, limit: 10 });
    let answer: (value: string) => void = () => {};
    const early = cache.get('a', () => new Promise((resolve) => (answer = resolve)));
    cache.clear();
    answer('old');
    expect(await early).toBe('old');
    expect(await cache.get('a', async () => 'new')).toBe('new');
  });

  it('keeps neither failures nor more than its limit', async () => {
    const cache = new ShortCache<string>({ lifetimeMs: 1_000, limit: 1 });
    await expect(cache.get('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await cache.get('a', async () => 'one')).toBe('one');
    await cache.get('b', async () => 'two');
    expect(await cache.get('a', async () => 'three')).toBe('three');
  });
});
