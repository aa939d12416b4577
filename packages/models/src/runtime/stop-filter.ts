/**
 * Cuts streamed text at the first stop sequence, for sequences that the provider does not take. Text that may be the
 * beginning of a sequence is held back until it is decided.
 */
export class StopFilter {
  readonly #stops: readonly string[];
  readonly #longest: number;
  #held = '';
  /** A sequence was met: everything after it is dropped. */
  stopped = false;

  constructor(stops: readonly string[]) {
    this.#stops = stops;
    this.#longest = Math.max(0, ...stops.map((stop) => stop.length));
  }

  /** The part of the text that may be shown now. */
  push(text: string): string {
    if (this.stopped) return '';
    if (this.#longest === 0) return text;
    const all = this.#held + text;
    const cuts = this.#stops.map((stop) => all.indexOf(stop)).filter((at) => at >= 0);
    if (cuts.length > 0) {
      this.stopped = true;
      this.#held = '';
      return all.slice(0, Math.min(...cuts));
    }
    const keep = this.#possibleBeginning(all);
    this.#held = all.slice(all.length - keep);
    return all.slice(0, all.length - keep);
  }

  /** What was held back and turned out to be no stop sequence. */
  end(): string {
    const held = this.stopped ? '' : this.#held;
    this.#held = '';
    return held;
  }

  #possibleBeginning(text: string): number {
    for (let length = Math.min(this.#longest - 1, text.length); length > 0; length -= 1) {
      const suffix = text.slice(text.length - length);
      if (this.#stops.some((stop) => stop.startsWith(suffix))) return length;
    }
    return 0;
  }
}
