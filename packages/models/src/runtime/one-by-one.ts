/**
 * The items of batches, one at a time. Written out because it runs for every token: items that arrived together are
 * handed out without waking the source, and a generator would take three steps of the microtask queue for each.
 */
export function oneByOne<Item>(
  source: AsyncGenerator<readonly Item[], void, undefined>,
): AsyncIterableIterator<Item, void, undefined> {
  let batch: readonly Item[] = [];
  let at = 0;
  const pull = (): Promise<IteratorResult<Item, void>> => source.next().then(take);
  const take = (
    result: IteratorResult<readonly Item[], void>,
  ): IteratorResult<Item, void> | Promise<IteratorResult<Item, void>> => {
    if (result.done === true) return { value: undefined, done: true };
    batch = result.value;
    at = 0;
    return nextOf() ?? pull();
  };
  const nextOf = (): IteratorResult<Item, void> | undefined => {
    const value = batch[at];
    if (value === undefined) return undefined;
    at += 1;
    return { value, done: false };
  };
  return {
    next: () => {
      const ready = nextOf();
      return ready ? Promise.resolve(ready) : pull();
    },
    return: async () => {
      batch = [];
      await source.return();
      return { value: undefined, done: true };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
