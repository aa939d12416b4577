import { describe, expect, it } from 'vitest';
import { mapAsync, watchAsync } from './async-iterables.ts';

async function* counting(to: number, onLeave: () => void = () => {}) {
  try {
    for (let at = 1; at <= to; at += 1) yield at;
  } finally {
    onLeave();
  }
}

describe('mapAsync', () => {
  it('changes every item and tells the source when its reader leaves', async () => {
    let left = false;
    const seen: string[] = [];
    for await (const item of mapAsync(
      counting(9, () => (left = true)),
      (value) => `<${value}>`,
    )) {
      seen.push(item);
      if (seen.length === 2) break;
    }
    expect([seen, left]).toEqual([['<1>', '<2>'], true]);
  });
});

describe('watchAsync', () => {
  const watch = (source: AsyncIterable<number>) => {
    const items: number[] = [];
    const ends: unknown[] = [];
    const watcher = {
      onItem: (item: number) => items.push(item),
      onEnd: (failure?: unknown) => ends.push(failure),
    };
    return { items, ends, events: watchAsync(source, watcher) };
  };

  it('sees every item and one end', async () => {
    const { events, items, ends } = watch(counting(2));
    for await (const _item of events);
    await events.next();
    expect([items, ends]).toEqual([[1, 2], [undefined]]);
  });

  it('sees the end of a reader that leaves after its source has been told', async () => {
    const order: string[] = [];
    const events = watchAsync(
      counting(9, () => order.push('source')),
      { onItem: () => order.push('item'), onEnd: () => order.push('end') },
    );
    for await (const _item of events) break;
    expect(order).toEqual(['item', 'source', 'end']);
  });

  it('sees a failure, which the reader gets as well', async () => {
    const broken = new Error('broken');
    const { events, ends } = watch(
      (async function* fail() {
        yield 1;
        throw broken;
      })(),
    );
    await events.next();
    await expect(events.next()).rejects.toBe(broken);
    expect(ends).toEqual([broken]);
  });
});
