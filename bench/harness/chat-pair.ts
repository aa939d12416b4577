import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareChatApp } from './chat-app.ts';
import { databasePid, type Serving, startProgram, startTrellis } from './server.ts';
import type { StreamRequest } from './streams.ts';

/** A Trellis server and a bare proxy in front of the same model, and the same question for both. */
export interface ChatPair {
  readonly trellis: Serving;
  readonly proxy: Serving;
  /** Process of the server's database. */
  readonly database: number;
  /** Where the model answers. */
  readonly provider: Serving;
  readonly ours: StreamRequest;
  readonly baseline: StreamRequest;
  stop(): Promise<void>;
}

const query = 'How long is the warranty?';

/** Starts both in front of a model of the fake provider, such as `bench-100`. */
export async function startChatPair(model: string): Promise<ChatPair> {
  const dataPath = await mkdtemp(join(tmpdir(), 'trellis-bench-'));
  const provider = await startProgram(['packages/fake-provider/src/cli/serve.ts']);
  const proxy = await startProgram(['bench/harness/pass-through.ts', provider.url]);
  const trellis = await startTrellis(dataPath);
  const app = await prepareChatApp(trellis.url, { endpoint: `${provider.url}/v1`, name: model });
  return {
    provider,
    trellis,
    proxy,
    database: databasePid(dataPath),
    ours: {
      url: `${trellis.url}/v1/chat-messages`,
      headers: { authorization: `Bearer ${app.key}` },
      // No title: it would be a second model call, which the proxy does not make.
      body: JSON.stringify({
        inputs: {},
        query,
        user: 'bench',
        response_mode: 'streaming',
        auto_generate_name: false,
      }),
      first: '"answer":"token',
      end: '"message_end"',
    },
    baseline: {
      url: `${proxy.url}/v1/chat/completions`,
      headers: {},
      body: JSON.stringify({
        model,
        stream: true,
        stream_options: { include_usage: true },
        messages: [{ role: 'user', content: query }],
      }),
      first: '"content":"token',
      end: '[DONE]',
    },
    async stop() {
      for (const program of [trellis, proxy, provider]) await program.stop();
      await rm(dataPath, { recursive: true, force: true });
    },
  };
}
