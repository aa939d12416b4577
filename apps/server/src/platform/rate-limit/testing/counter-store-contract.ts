import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CounterStore, counterKey } from '../counter-store.ts';

/** What every counter store must do. `wait` lets time pass for the store. */
export function describeCounterStore(
  name: string,
  open: () => Promise<{
    store: CounterStore;
    wait: (ms: number) => Promise<void>;
    close: () => Promise<void>;
  }>,
): void {
  describe(`${name} counter store`, () => {
    let store: CounterStore;
    let wait: (ms: number) => Promise<void>;
    let close: () => Promise<void>;
    let count = 0;
    const newKey = (): string => {
      count += 1;
      return counterKey('test', String(count));
    };

    beforeAll(async () => {
      ({ store, wait, close } = await open());
    });
    afterAll(() => close());

    it('counts, and says for how long', async () => {
      const key = newKey();
      expect(await store.read(key)).toBeNull();
      expect((await store.add(key, { ttlMs: 60_000 })).count).toBe(1);
      const second = await store.add(key, { ttlMs: 60_000 });
      expect(second.count).toBe(2);
      expect(second.expiresInMs).toBeGreaterThan(50_000);
      expect(second.expiresInMs).toBeLessThanOrEqual(60_000);
      expect((await store.read(key))?.count).toBe(2);
    });

    it('gives parallel callers different counts', async () => {
      const key = newKey();
      const counters = await Promise.all(Array.from({ length: 40 }, () => store.add(key, { ttlMs: 60_000 })));
      expect(new Set(counters.map((counter) => counter.count)).size).toBe(40);
    });

    it('starts again after its time, which the first event began', async () => {
      const key = newKey();
      await store.add(key, { ttlMs: 300 });
      await wait(200);
      expect((await store.add(key, { ttlMs: 300 })).count).toBe(2);
      await wait(200);
      expect(await store.read(key)).toBeNull();
      expect((await store.add(key, { ttlMs: 300 })).count).toBe(1);
    });

    it('restarts the time with every event when asked to', async () => {
      const key = newKey();
      await store.add(key, { ttlMs: 300, restart: true });
      await wait(200);
      await store.add(key, { ttlMs: 300, restart: true });
      await wait(200);
      expect((await store.read(key))?.count).toBe(2);
    });

    it('forgets a key, or all that begin alike', async () => {
      const keys = [counterKey('a b', 'x'), counterKey('a b', 'y'), counterKey('a bc'), counterKey('a%')];
      for (const key of keys) await store.add(key, { ttlMs: 60_000 });
      await store.resetAll(`${counterKey('a b')} `);
      expect(await Promise.all(keys.map((key) => store.read(key)))).toMatchObject([
        null,
        null,
        { count: 1 },
        { count: 1 },
      ]);
      await store.reset(counterKey('a%'));
      expect(await store.read(counterKey('a%'))).toBeNull();
    });

    it('throws away what has expired', async () => {
      await store.add(newKey(), { ttlMs: 1 });
      await wait(50);
      expect(await store.deleteExpired()).toBeGreaterThanOrEqual(1);
      expect(await store.deleteExpired()).toBe(0);
    });
  });
}
