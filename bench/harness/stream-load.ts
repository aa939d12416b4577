/**
 * Keeps many streams going against a server, each starting its next request when one has ended: `node
 * bench/harness/stream-load.ts STREAMS SECONDS < request.json`, the request being a `LoadRequest`. Prints a line of
 * JSON every so often.
 *
 * It shares the cores with what is measured, so it does as little as counting allows: see `stream-connection.ts`.
 */
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { StreamConnection } from './stream-connection.ts';
import type { StreamRequest } from './streams.ts';

/** What is sent; `{stream}` in the body becomes the number of the stream. */
export interface LoadRequest extends StreamRequest {
  /** What every piece of an answer contains exactly once; no line breaks. */
  readonly piece: string;
  /** People do not all press Enter in the same millisecond: streams begin over this time. */
  readonly spreadMs: number;
  readonly reportEveryMs: number;
}

/** What has happened so far. */
export interface LoadSample {
  readonly second: number;
  /** Streams that are open now. */
  readonly open: number;
  /** Pieces of answers received. */
  readonly tokens: number;
  readonly completed: number;
  readonly failed: number;
}

const [streams = 1000, seconds = 60] = process.argv.slice(2).map(Number);
const load = (await json(process.stdin)) as LoadRequest;
const target = new URL(load.url);
const counts = { open: 0, tokens: 0, completed: 0, failed: 0 };
const startedAt = performance.now();
const elapsedSeconds = (): number => (performance.now() - startedAt) / 1_000;
const over = (): boolean => elapsedSeconds() >= seconds;

const timer = setInterval(report, load.reportEveryMs);
await Promise.all(Array.from({ length: streams }, (_, index) => keepGoing(index)));
clearInterval(timer);
report();

function report(): void {
  const sample: LoadSample = { second: Number(elapsedSeconds().toFixed(3)), ...counts };
  console.log(JSON.stringify(sample));
}

async function keepGoing(index: number): Promise<void> {
  await sleep((index / streams) * load.spreadMs);
  const connection = new StreamConnection({
    request: requestBytes(index),
    host: target.hostname,
    port: Number(target.port),
    piece: load.piece,
    end: load.end,
    onPieces: (count) => (counts.tokens += count),
  });
  // Answers may last longer than the measurement.
  setTimeout(() => connection.close(), seconds * 1_000 - (performance.now() - startedAt) + 500);
  while (!over()) {
    counts.open += 1;
    const complete = await connection.stream();
    counts.open -= 1;
    if (complete) counts.completed += 1;
    // What the end of the time cuts off has not failed.
    else if (!over()) counts.failed += 1;
    if (!complete && !over()) await sleep(1_000);
  }
  connection.close();
}

function requestBytes(index: number): Buffer {
  const body = Buffer.from(load.body.replaceAll('{stream}', String(index)));
  const headers = Object.entries(load.headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `POST ${target.pathname} HTTP/1.1\r\nhost: ${target.host}\r\ncontent-type: application/json\r\n`;
  return Buffer.concat([
    Buffer.from(`${head}${headers.join('')}content-length: ${body.length}\r\n\r\n`),
    body,
  ]);
}
