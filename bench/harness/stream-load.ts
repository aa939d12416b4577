/**
 * Keeps many chats going against a server, each starting its next turn when one has ended: `node
 * bench/harness/stream-load.ts URL KEY STREAMS SECONDS`. Prints a line of JSON every five seconds.
 */
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

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

/** What every piece of an answer has once. */
const mark = Buffer.from('"event":"message",');
const reportEveryMs = 5_000;
const [url = '', key = '', streams = '1000', seconds = '60'] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: Number(streams) });
const counts = { open: 0, tokens: 0, completed: 0, failed: 0 };
const startedAt = performance.now();
const elapsedSeconds = (): number => (performance.now() - startedAt) / 1_000;
const over = (): boolean => elapsedSeconds() >= Number(seconds);

const timer = setInterval(report, reportEveryMs);
await Promise.all(Array.from({ length: Number(streams) }, (_, index) => chat(index)));
clearInterval(timer);
agent.destroy();

function report(): void {
  const sample: LoadSample = { second: Math.round(elapsedSeconds()), ...counts };
  console.log(JSON.stringify(sample));
}

async function chat(index: number): Promise<void> {
  // People do not all press Enter in the same millisecond.
  await sleep((index / Number(streams)) * 5_000);
  while (!over()) {
    counts.open += 1;
    const complete = await turn(`person-${index}`).catch(() => false);
    counts.open -= 1;
    if (complete) counts.completed += 1;
    else counts.failed += 1;
    if (!complete) await sleep(1_000);
  }
}

/** One turn; whether its stream was whole. Tokens are counted by the marks of their events. */
function turn(user: string): Promise<boolean> {
  const body = { inputs: {}, query: 'Go on.', user, response_mode: 'streaming', auto_generate_name: false };
  return new Promise((resolve, reject) => {
    const call = request(
      `${url}/v1/chat-messages`,
      {
        method: 'POST',
        agent,
        headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      },
      (response) => {
        let tail = '';
        response.on('data', (chunk: Buffer) => {
          counts.tokens += countOf(chunk);
          tail = (tail + chunk.toString('latin1')).slice(-1_500);
        });
        response.on('end', () => resolve(response.statusCode === 200 && tail.includes('"message_end"')));
        response.on('error', reject);
      },
    );
    call.on('error', reject);
    call.end(JSON.stringify(body));
  });
}

function countOf(chunk: Buffer): number {
  let count = 0;
  for (let at = chunk.indexOf(mark); at !== -1; at = chunk.indexOf(mark, at + mark.length)) count += 1;
  return count;
}
