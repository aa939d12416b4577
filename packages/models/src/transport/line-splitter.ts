/** Longest line that is kept, in characters. */
const maxLineCharacters = 8 * 1024 * 1024;

/**
 * Splits a byte stream into lines (LF or CRLF), whichever way packets cut lines and characters. Serves server-sent
 * events and newline-delimited JSON alike; this is the hottest loop of the package, hence the callback.
 */
export class LineSplitter {
  readonly #decoder = new TextDecoder('utf-8');
  #rest = '';

  /** Calls `onLine` for every line that is complete with these bytes. */
  push(bytes: Uint8Array, onLine: (line: string) => void): void {
    const decoded = this.#decoder.decode(bytes, { stream: true });
    const text = this.#rest === '' ? decoded : this.#rest + decoded;
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      onLine(
        text.charCodeAt(end - 1) === 13 && end > start ? text.slice(start, end - 1) : text.slice(start, end),
      );
      start = end + 1;
    }
    this.#rest = start === 0 ? text : text.slice(start);
    if (this.#rest.length > maxLineCharacters)
      throw new RangeError('A line of the answer is longer than 8 MB.');
  }

  /** Hands out what stood after the last line break. */
  end(onLine: (line: string) => void): void {
    const last = this.#rest + this.#decoder.decode();
    this.#rest = '';
    if (last.trim() !== '') onLine(last.trimEnd());
  }
}

/**
 * The payload of one line of an event stream: what follows `data:`, or the whole line when a server leaves the field
 * name out. Undefined for comments, other fields and blank lines. Each `data` line is taken as one payload, because
 * model servers put a whole JSON document on it and some leave out the blank lines between events.
 */
export function eventData(line: string): string | undefined {
  if (line.startsWith('data:')) {
    return line.charCodeAt(5) === 32 ? line.slice(6) : line.slice(5);
  }
  if (line === '' || line.startsWith(':') || /^(?:event|id|retry)(?::|$)/u.test(line)) return undefined;
  return line;
}
