import type { ServerResponse } from 'node:http';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EventStreamWriter } from './event-stream.ts';

/** A response that keeps what it is sent and takes it when it is told to. */
class SlowResponse extends Writable {
  readonly sent: string[] = [];
  held: (() => void) | undefined;
  holding = false;

  constructor() {
    super({ highWaterMark: 1 });
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.sent.push(chunk.toString());
    if (this.holding) this.held = done;
    else done();
  }
}

const asResponse = (response: SlowResponse) => response as unknown as ServerResponse;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('EventStreamWriter', () => {
  it('pings after ten seconds of silence, and again, and not while there is something to say', async () => {
    const writer = new EventStreamWriter();
    const response = new SlowResponse();
    let next: (text: string | undefined) => void = () => {};
    async function* events() {
      for (;;) {
        const text = await new Promise<string | undefined>((resolve) => (next = resolve));
        if (text === undefined) return;
        yield text;
      }
    }
    const written = writer.write(asResponse(response), events());
    await vi.waitFor(() => expect(writer.size).toBe(1));
    vi.advanceTimersByTime(9_000);
    expect(response.sent).toEqual([]);
    vi.advanceTimersByTime(2_000);
    expect(response.sent).toEqual(['event: ping\n\n']);
    next('data: {}\n\n');
    await vi.waitFor(() => expect(response.sent).toHaveLength(2));
    vi.advanceTimersByTime(9_000);
    expect(response.sent).toHaveLength(2);
    vi.advanceTimersByTime(2_000);
    expect(response.sent.at(-1)).toBe('event: ping\n\n');
    next(undefined);
    await written;
    expect(response.writableEnded).toBe(true);
    vi.advanceTimersByTime(60_000);
    expect(response.sent).toHaveLength(3);
    writer.close();
  });

  it('waits for a socket that is full, and stops its source when the client goes away', async () => {
    const writer = new EventStreamWriter();
    const response = new SlowResponse();
    response.holding = true;
    let made = 0;
    let returned = false;
    async function* events() {
      try {
        for (;;) {
          made += 1;
          yield `data: ${made}\n\n`;
        }
      } finally {
        returned = true;
      }
    }
    const written = writer.write(asResponse(response), events());
    await vi.waitFor(() => expect(response.sent).toHaveLength(1));
    expect(made).toBe(1);
    response.held?.();
    await vi.waitFor(() => expect(made).toBe(2));
    response.destroy();
    await written;
    expect([returned, writer.size]).toEqual([true, 0]);
    writer.close();
  });
});
