import {
  type Catalogue,
  createModelRuntime,
  type LlmRequest,
  loadCatalogue,
  type ModelRuntime,
} from '@trellis/models';
import { Pool } from 'undici';
import { createModelTransport } from '../apps/server/src/modules/models/model-transport.ts';
import {
  createOutboundClient,
  type OutboundClient,
} from '../apps/server/src/platform/outbound/outbound-client.ts';
import { defineBench, type Measurement } from './harness/contract.ts';
import { type Serving, startProgram } from './harness/server.ts';
import { median } from './harness/statistics.ts';

const model = 'bench-100';
const provider = 'langgenius/openai_api_compatible/openai_api_compatible';
const levels = [
  { concurrency: 1, total: 300 },
  { concurrency: 200, total: 2_000 },
] as const;
const baseline = 'undici reading the same stream and looking at nothing in it';

const cpu = (concurrency: number) => ({
  question: `CPU of a model call of 100 chunks, ${concurrency} at a time`,
  unit: 'ms of CPU',
  baseline,
  better: 'lower' as const,
});
const first = (concurrency: number) => ({
  question: `Time to the first piece of a model's answer, ${concurrency} at a time`,
  unit: 'ms (median)',
  baseline,
  better: 'lower' as const,
});

interface Prepared {
  readonly provider: Serving;
  readonly raw: Pool;
  readonly outbound: OutboundClient;
  /** One call of each kind; answers how long its first piece took. */
  readonly ours: () => Promise<number>;
  readonly theirs: () => Promise<number>;
}

/** What our way to a model (guarded client, adapter, usage, prices) costs over reading the bytes. */
export default defineBench<'cpu-1' | 'cpu-200' | 'first-1' | 'first-200', Prepared>({
  questions: { 'cpu-1': cpu(1), 'cpu-200': cpu(200), 'first-1': first(1), 'first-200': first(200) },
  async prepare() {
    const fake = await startProgram(['packages/fake-provider/src/cli/serve.ts']);
    const raw = new Pool(fake.url, { connections: 1_000 });
    const outbound = createOutboundClient();
    const catalogue = loadCatalogue();
    const runtime = createModelRuntime({ catalogue, transport: createModelTransport(outbound) });
    const request = requestTo(catalogue, `${fake.url}/v1`);
    const prepared: Prepared = {
      provider: fake,
      raw,
      outbound,
      ours: () => callOurs(runtime, request),
      theirs: () => callRaw(raw),
    };
    for (const call of [prepared.ours, prepared.theirs]) await measure(call, { concurrency: 20, total: 500 });
    return prepared;
  },
  async run({ prepared }) {
    const results: Record<string, Measurement> = {};
    for (const level of levels) {
      const theirs = await measure(prepared.theirs, level);
      const ours = await measure(prepared.ours, level);
      results[`cpu-${level.concurrency}`] = { ours: ours.cpuMs, baseline: theirs.cpuMs };
      results[`first-${level.concurrency}`] = { ours: ours.firstMs, baseline: theirs.firstMs };
    }
    return results;
  },
  async finish({ provider: fake, raw, outbound }) {
    await outbound.close();
    await raw.close();
    await fake.stop();
  },
});

const question = 'How long is the warranty?';

function requestTo(catalogue: Catalogue, endpoint: string): LlmRequest {
  const credentials = { endpoint_url: endpoint, mode: 'chat', context_size: '4096' };
  return {
    provider,
    model,
    credentials,
    custom: true,
    schema: catalogue.modelSchema({ provider, type: 'llm', model, credentials, custom: true }),
    messages: [{ role: 'user', content: question }],
  };
}

async function callOurs(runtime: ModelRuntime, request: LlmRequest): Promise<number> {
  const startedAt = performance.now();
  let firstMs = 0;
  for await (const event of runtime.streamLlm(request)) {
    if (firstMs === 0) firstMs = performance.now() - startedAt;
    if (event.t === 'done' && event.result.usage.completion_tokens === 0) throw new Error('no usage');
  }
  return firstMs;
}

async function callRaw(pool: Pool): Promise<number> {
  const startedAt = performance.now();
  let firstMs = 0;
  const { body } = await pool.request({
    path: '/v1/chat/completions',
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      model,
      stream: true,
      stream_options: { include_usage: true },
      messages: [{ role: 'user', content: question }],
    }),
  });
  for await (const _chunk of body) if (firstMs === 0) firstMs = performance.now() - startedAt;
  return firstMs;
}

async function measure(
  call: () => Promise<number>,
  { concurrency, total }: { concurrency: number; total: number },
): Promise<{ cpuMs: number; firstMs: number }> {
  const firsts: number[] = [];
  let started = 0;
  const before = process.cpuUsage();
  const worker = async () => {
    while (started < total) {
      started += 1;
      firsts.push(await call());
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  const { user, system } = process.cpuUsage(before);
  return { cpuMs: (user + system) / 1_000 / total, firstMs: median(firsts) };
}
