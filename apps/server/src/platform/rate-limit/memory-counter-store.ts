import type { CounterStore } from './counter-store.ts';

/** Most keys held; when more come, expired ones go and then the oldest, so that a flood of keys cannot fill the memory. */
const MAX_KEYS = 100_000;

/** Counters in this process's memory: for limits that may be forgotten by a restart, and for tests. */
export function createMemoryCounterStore(
  options: { now?: () => number; maxKeys?: number } = {},
): CounterStore {
  const { now = Date.now, maxKeys = MAX_KEYS } = options;
  const counters = new Map<string, { count: number; expiresAtMs: number }>();

  const live = (key: string): { count: number; expiresAtMs: number } | null => {
    const counter = counters.get(key);
    return counter && counter.expiresAtMs > now() ? counter : null;
  };
  const dropExpired = (): number => {
    const before = counters.size;
    for (const [key, counter] of counters) if (counter.expiresAtMs <= now()) counters.delete(key);
    return before - counters.size;
  };
  const makeRoom = (): void => {
    if (counters.size < maxKeys) return;
    dropExpired();
    for (const key of counters.keys()) {
      if (counters.size < maxKeys) break;
      counters.delete(key);
    }
  };

  return {
    async read(key) {
      const counter = live(key);
      return counter && { count: counter.count, expiresInMs: counter.expiresAtMs - now() };
    },
    async add(key, { ttlMs, restart = false }) {
      let counter = live(key);
      if (counter === null) {
        makeRoom();
        counter = { count: 0, expiresAtMs: now() + ttlMs };
        counters.delete(key);
        counters.set(key, counter);
      }
      counter.count += 1;
      if (restart) counter.expiresAtMs = now() + ttlMs;
      return { count: counter.count, expiresInMs: counter.expiresAtMs - now() };
    },
    async reset(key) {
      counters.delete(key);
    },
    async resetAll(prefix) {
      for (const key of counters.keys()) if (key.startsWith(prefix)) counters.delete(key);
    },
    deleteExpired: async () => dropExpired(),
  };
}
