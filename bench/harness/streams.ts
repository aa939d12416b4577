import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** One streamed request to be sent again and again. */
export interface StreamRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** What tells the first token from what comes before it (a role, a ping). */
  readonly first: string;
  /** What the last bytes of a complete stream must contain. */
  readonly end: string;
}

/** What many streams cost their reader. */
export interface StreamTimes {
  readonly completed: number;
  readonly seconds: number;
  /** Milliseconds from the request to its first token, sorted. */
  readonly firstMs: readonly number[];
}

/** Sends `total` requests, `concurrency` at a time, and reads every stream to its end. Fails on the first bad one. */
export async function runStreams(
  streamRequest: StreamRequest,
  options: {
    readonly total: number;
    readonly concurrency: number;
    /** Clients begin one after the other over this time instead of all at once. */
    readonly spreadMs?: number;
  },
): Promise<StreamTimes> {
  const agent = new Agent({ keepAlive: true, maxSockets: options.concurrency });
  const firstMs: number[] = [];
  let started = 0;
  const startedAt = performance.now();
  const worker = async (_: unknown, index: number) => {
    if (options.spreadMs !== undefined) await sleep((index / options.concurrency) * options.spreadMs);
    while (started < options.total) {
      started += 1;
      firstMs.push(await readOne(streamRequest, agent));
    }
  };
  try {
    await Promise.all(Array.from({ length: options.concurrency }, worker));
  } finally {
    agent.destroy();
  }
  return {
    completed: firstMs.length,
    seconds: (performance.now() - startedAt) / 1_000,
    firstMs: firstMs.sort((a, b) => a - b),
  };
}

function readOne({ url, headers, body, first: marker, end }: StreamRequest, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const sentAt = performance.now();
    let first = 0;
    let tail = '';
    const call = request(
      url,
      { method: 'POST', agent, headers: { 'content-type': 'application/json', ...headers } },
      (response) => {
        response.on('data', (chunk: Buffer) => {
          tail += chunk.toString('latin1');
          if (first === 0 && tail.includes(marker)) first = performance.now() - sentAt;
          tail = tail.slice(-2_000);
        });
        response.on('end', () => {
          if (response.statusCode === 200 && tail.includes(end)) resolve(first);
          else reject(new Error(`A stream ended badly (${response.statusCode}): ${tail.slice(-300)}`));
        });
        response.on('error', reject);
      },
    );
    call.on('error', reject);
    call.end(body);
  });
}
