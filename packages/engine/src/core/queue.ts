/** First in, first out, with constant cost per element. */
export class Queue<T> {
  #items: (T | undefined)[] = [];
  #head = 0;

  get size(): number {
    return this.#items.length - this.#head;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  peek(): T | undefined {
    return this.#items[this.#head];
  }

  shift(): T | undefined {
    const item = this.#items[this.#head];
    if (this.#head === this.#items.length) return undefined;
    this.#items[this.#head] = undefined;
    this.#head += 1;
    if (this.#head > 64 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  /** Takes out the first item that fits, wherever it is; false when there is none. */
  remove(fits: (item: T) => boolean): boolean {
    for (let position = this.#head; position < this.#items.length; position += 1) {
      if (!fits(this.#items[position] as T)) continue;
      this.#items.splice(position, 1);
      return true;
    }
    return false;
  }

  /** The waiting items in order. */
  *[Symbol.iterator](): IterableIterator<T> {
    for (let position = this.#head; position < this.#items.length; position += 1) {
      yield this.#items[position] as T;
    }
  }
}
