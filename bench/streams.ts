/**
 * Many people being answered at once: 1,000 chats of 30 tokens a second each, and how memory goes meanwhile. Lasts a
 * minute; BENCH_SECONDS=300 makes it five, BENCH_STREAMS another number of chats.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareChatApp } from './harness/chat-app.ts';
import type { BenchResult } from './harness/contract.ts';
import { databasePid, startProgram, startTrellis } from './harness/server.ts';
import type { LoadRequest } from './harness/stream-load.ts';
import { sustain, sustainedAnswers } from './harness/sustained.ts';

const { BENCH_SECONDS = '60', BENCH_STREAMS = '1000' } = process.env;
const seconds = Number(BENCH_SECONDS);
const streams = Number(BENCH_STREAMS);
const tokensPerSecond = 30;

/** Runs once for the given time; its rounds are windows of five seconds. */
export async function run(): Promise<BenchResult[]> {
  const dataPath = await mkdtemp(join(tmpdir(), 'trellis-bench-'));
  const provider = await startProgram(['packages/fake-provider/src/cli/serve.ts']);
  // Room for as much memory as the budget allows, and not more.
  const trellis = await startTrellis(dataPath, { NODE_OPTIONS: '--max-old-space-size=3000' });
  try {
    // An answer lasts ten seconds, so that turns also open and end all the time.
    const model = {
      endpoint: `${provider.url}/v1`,
      name: `bench-${tokensPerSecond * 10}@${tokensPerSecond}`,
    };
    const app = await prepareChatApp(trellis.url, model);
    const request = chatsWith(trellis.url, app.key);
    const server = { pid: trellis.pid, databasePid: databasePid(dataPath) };
    const { samples, idleMb } = await sustain(request, { streams, seconds, ...server });
    const title = `${streams} chats at ${tokensPerSecond} tokens/s for ${seconds} s`;
    return sustainedAnswers(samples, { title, seconds, offered: streams * tokensPerSecond, idleMb });
  } finally {
    await trellis.stop();
    await provider.stop();
    await rm(dataPath, { recursive: true, force: true });
  }
}

/** People who ask again as soon as they have been answered. */
function chatsWith(url: string, key: string): LoadRequest {
  return {
    url: `${url}/v1/chat-messages`,
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify({
      inputs: {},
      query: 'Go on.',
      user: 'person-{stream}',
      response_mode: 'streaming',
      auto_generate_name: false,
    }),
    first: '"answer":"token',
    piece: '"event":"message",',
    end: '"message_end"',
    spreadMs: 5_000,
    reportEveryMs: 5_000,
  };
}
