import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
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

/** What a server that writes these pieces puts on the wire, after the headers, for requests sent as they are here. */
async function bytesOnTheWire(pieces: readonly string[], requests: string): Promise<string> {
  const writer = new EventStreamWriter();
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.flushHeaders();
    void writer.write(
      response,
      (async function* events() {
        for (const piece of pieces) {
          yield piece;
          await new Promise((resolve) => setImmediate(resolve));
        }
      })(),
    );
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.write(requests);
  const received: Buffer[] = [];
  for await (const chunk of socket) received.push(chunk as Buffer);
  server.close();
  writer.close();
  return Buffer.concat(received).toString();
}

describe('event streams on the wire', () => {
  const close = 'GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n';
  const bodies = (wire: string) => wire.split(/HTTP\/1\.[\s\S]*?\r\n\r\n/).slice(1);

  it('are one chunk per piece, with its length in bytes', async () => {
    const wire = await bytesOnTheWire(['data: "plain"\n\n', 'data: "é漢😀"\n\n'], close);
    expect(wire).toContain('Transfer-Encoding: chunked');
    expect(bodies(wire)).toEqual(['f\r\ndata: "plain"\n\n\r\n13\r\ndata: "é漢😀"\n\n\r\n0\r\n\r\n']);
  });

  it('are not framed for clients of HTTP/1.0', async () => {
    const wire = await bytesOnTheWire(['data: 1\n\n', 'data: 2\n\n'], 'GET / HTTP/1.0\r\n\r\n');
    expect(bodies(wire)).toEqual(['data: 1\n\ndata: 2\n\n']);
  });

  it('come one after the other when requests share a connection', async () => {
    const first = 'GET / HTTP/1.1\r\nhost: a\r\n\r\n';
    const body = '9\r\ndata: 1\n\n\r\n9\r\ndata: 2\n\n\r\n0\r\n\r\n';
    expect(bodies(await bytesOnTheWire(['data: 1\n\n', 'data: 2\n\n'], first + close))).toEqual([body, body]);
  });
});
