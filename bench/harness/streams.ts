import { Agent, request } from 'node:http';

/** One streamed request to be sent again and again. */
export interface StreamRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** What the last bytes of a complete stream must contain. */
  readonly end: string;
}

/** What many streams cost their reader. */
export interface StreamTimes {
  readonly completed: number;
  readonly seconds: number;
  /** Milliseconds from the request to its first `data:`, sorted. */
  readonly firstMs: readonly number[];
}

/** Sends `total` requests, `concurrency` at a time, and reads every stream to its end. Fails on the first bad one. */
export async function runStreams(
  streamRequest: StreamRequest,
  options: { readonly total: number; readonly concurrency: number },
): Promise<StreamTimes> {
  const agent = new Agent({ keepAlive: true, maxSockets: options.concurrency });
  const firstMs: number[] = [];
  let started = 0;
  const startedAt = performance.now();
  const worker = async () => {
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

function readOne({ url, headers, body, end }: StreamRequest, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const sentAt = performance.now();
    let first = 0;
    let tail = '';
    const call = request(
      url,
      { method: 'POST', agent, headers: { 'content-type': 'application/json', ...headers } },
      (response) => {
        response.on('data', (chunk: Buffer) => {
          if (first === 0) first = performance.now() - sentAt;
          tail = (tail + chunk.toString('latin1')).slice(-2_000);
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
