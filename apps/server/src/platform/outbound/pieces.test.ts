import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { piecesOf } from './pieces.ts';

const source = () => new Readable({ read: () => undefined });
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

describe('piecesOf', () => {
  it('hands out together what came together, and everything to the end', async () => {
    const stream = source();
    const pieces = piecesOf(stream)[Symbol.asyncIterator]();
    const first = pieces.next();
    stream.push('a');
    stream.push('b');
    expect(String((await first).value)).toBe('ab');
    stream.push('c');
    await nextTurn();
    stream.push('d');
    stream.push(null);
    await nextTurn();
    expect(String((await pieces.next()).value)).toBe('cd');
    expect(await pieces.next()).toEqual({ done: true, value: undefined });
    expect(await pieces.next()).toEqual({ done: true, value: undefined });
  });

  it('shows what came before a failure, then the failure', async () => {
    const stream = source();
    const pieces = piecesOf(stream)[Symbol.asyncIterator]();
    const first = pieces.next();
    stream.push('a');
    expect(String((await first).value)).toBe('a');
    const second = pieces.next();
    stream.destroy(new Error('broken'));
    await expect(second).rejects.toThrow('broken');
  });

  it('takes a stream that was closed without an end for broken', async () => {
    const stream = source();
    const first = piecesOf(stream)[Symbol.asyncIterator]().next();
    stream.destroy();
    await expect(first).rejects.toThrow('closed before its end');
  });

  it('makes the source wait for a slow reader, and go on after it', async () => {
    const stream = source();
    const pieces = piecesOf(stream)[Symbol.asyncIterator]();
    const first = pieces.next();
    stream.push('a');
    await first;
    let given = 0;
    // A source stops when it is told that nothing is taken any more.
    for (let taken = true; taken && given < 1_000; given += 1) {
      taken = stream.push(Buffer.alloc(8 * 1024));
      await nextTurn();
    }
    expect(given).toBeLessThan(100);
    expect((await pieces.next()).value?.length).toBeGreaterThanOrEqual(64 * 1024);
    expect(stream.isPaused()).toBe(false);
  });

  it('destroys the source when its reader leaves', async () => {
    const stream = source();
    stream.push('a');
    for await (const piece of piecesOf(stream)) {
      expect(String(piece)).toBe('a');
      break;
    }
    expect(stream.destroyed).toBe(true);
  });
});
