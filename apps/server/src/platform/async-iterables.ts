/*
 * Stages of streams that run once per token. Written out as iterators: a generator does the same in three times as many
 * steps of the microtask queue, and there are thirty thousand tokens a second.
 */

/** What comes out of `source`, each item changed by `change`. */
export function mapAsync<From, To>(
  source: AsyncIterable<From>,
  change: (item: From) => To,
): AsyncIterableIterator<To, void, undefined> {
  const iterator = source[Symbol.asyncIterator]();
  const changed = (result: IteratorResult<From>): IteratorResult<To, void> =>
    result.done === true ? over : { value: change(result.value), done: false };
  return {
    next: () => iterator.next().then(changed),
    return: async () => {
      await iterator.return?.();
      return over;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/**
 * What comes out of `source`, watched: `onItem` sees every item, `onEnd` is called once when there are no more, when the
 * reader leaves (both without an argument) or when the source fails (with its error, which the reader gets as well).
 */
export function watchAsync<Item>(
  source: AsyncIterable<Item>,
  watcher: { onItem: (item: Item) => void; onEnd: (failure?: unknown) => void },
): AsyncIterableIterator<Item, void, undefined> {
  const iterator = source[Symbol.asyncIterator]();
  let ended = false;
  const end = (failure?: unknown): void => {
    if (ended) return;
    ended = true;
    watcher.onEnd(failure);
  };
  const seen = (result: IteratorResult<Item>): IteratorResult<Item, void> => {
    if (result.done === true) {
      end();
      return over;
    }
    watcher.onItem(result.value);
    return result;
  };
  const failed = (error: unknown): never => {
    end(error);
    throw error;
  };
  return {
    next: () => iterator.next().then(seen, failed),
    return: async () => {
      await iterator.return?.();
      end();
      return over;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

const over = { value: undefined, done: true } as const;
