import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'undici';
import { createPasswordHasher } from '../apps/server/src/platform/crypto/password.ts';
import { benchAccount, prepareChatApp } from './harness/chat-app.ts';
import { defineBench } from './harness/contract.ts';
import { processUse } from './harness/processes.ts';
import { databasePid, startBareNode, startProgram, startTrellis } from './harness/server.ts';

const signIns = 40;
const reads = 2_000;
const concurrency = 8;

/** What people cost who sign in and look around: CPU of server and database. */
export default defineBench({
  questions: {
    'sign-in': {
      question: 'A sign-in with a password',
      unit: 'ms of CPU',
      baseline: 'hashing the password alone',
      better: 'lower',
    },
    console: {
      question: 'A console request of somebody signed in (their profile)',
      unit: 'ms of CPU',
      baseline: 'a bare node:http answer',
      better: 'lower',
    },
    program: {
      question: "A program's request with an API key (GET /v1/info)",
      unit: 'ms of CPU',
      baseline: 'a bare node:http answer',
      better: 'lower',
    },
  },
  async prepare() {
    const dataPath = await mkdtemp(join(tmpdir(), 'trellis-bench-'));
    // Sign-ins are limited per address: every one comes from another, as a proxy would say.
    const trellis = await startTrellis(dataPath, { RESPECT_XFORWARD_HEADERS_ENABLED: 'true' });
    const provider = await startProgram(['packages/fake-provider/src/cli/serve.ts']);
    const app = await prepareChatApp(trellis.url, { endpoint: `${provider.url}/v1`, name: 'bench-1' });
    await provider.stop();
    const bare = await startBareNode();
    const ours = new Pool(trellis.url, { connections: concurrency });
    const theirs = new Pool(bare.url, { connections: concurrency });
    const token = await signIn(ours, 0);
    const hasher = createPasswordHasher();
    const prepared = {
      dataPath,
      trellis,
      bare,
      ours,
      theirs,
      signed: (index: number) => signIn(ours, index + 1),
      console: () => read(ours, '/console/api/account/profile', token),
      program: () => read(ours, '/v1/info', app.key),
      nothing: () => read(theirs, '/', ''),
      hasher,
      stored: await hasher.hash(benchAccount.password),
      serverCpu: () => processUse(trellis.pid, [databasePid(dataPath)]).cpuSeconds,
      bareCpu: () => processUse(bare.pid).cpuSeconds,
    };
    for (const warm of [prepared.console, prepared.program, prepared.nothing]) await repeat(warm, reads);
    return prepared;
  },
  async run({ prepared, round }) {
    const { serverCpu, bareCpu, hasher, stored } = prepared;
    const hashing = await costOf(
      () => hasher.verify(benchAccount.password, stored),
      signIns,
      () => (process.cpuUsage().user + process.cpuUsage().system) / 1e6,
    );
    const bare = await costOf(prepared.nothing, reads, bareCpu);
    return {
      'sign-in': {
        ours: await costOf((index) => prepared.signed(round * 1_000 + index), signIns, serverCpu),
        baseline: hashing,
      },
      console: { ours: await costOf(prepared.console, reads, serverCpu), baseline: bare },
      program: { ours: await costOf(prepared.program, reads, serverCpu), baseline: bare },
    };
  },
  async finish({ ours, theirs, trellis, bare, dataPath }) {
    await Promise.all([ours.close(), theirs.close()]);
    await Promise.all([trellis.stop(), bare.stop()]);
    await rm(dataPath, { recursive: true, force: true });
  },
});

async function signIn(pool: Pool, index: number): Promise<string> {
  const { statusCode, body } = await pool.request({
    path: '/console/api/login',
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-forwarded-for': `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`,
    },
    body: JSON.stringify(benchAccount),
  });
  const answer = (await body.json()) as { data?: { access_token?: string } };
  const token = answer.data?.access_token;
  if (statusCode !== 200 || token === undefined) throw new Error(`sign-in: ${statusCode}`);
  return token;
}

async function read(pool: Pool, path: string, bearer: string): Promise<void> {
  const { statusCode, body } = await pool.request({
    path,
    method: 'GET',
    headers: { authorization: `Bearer ${bearer}` },
  });
  await body.dump();
  if (statusCode !== 200) throw new Error(`${path}: ${statusCode}`);
}

/** Milliseconds of CPU per repetition. */
async function costOf(
  work: (index: number) => Promise<unknown>,
  times: number,
  cpuSeconds: () => number,
): Promise<number> {
  const before = cpuSeconds();
  await repeat(work, times);
  return ((cpuSeconds() - before) * 1_000) / times;
}

async function repeat(work: (index: number) => Promise<unknown>, times: number): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < times) {
      next += 1;
      await work(next);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}
