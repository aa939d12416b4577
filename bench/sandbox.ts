import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import {
  createSandbox,
  createTemplateRenderer,
  renderTemplate,
  type Sandbox,
  TemplateCache,
} from '@trellis/sandbox';

/** What this file measures. */
export const question = {
  name: 'sandbox',
  title: 'How long does a code node take, and how many templates are rendered per second?',
} as const;

/** One measured figure; `ratio` is ours over the baseline. */
export interface Measurement {
  readonly question: string;
  readonly unit: string;
  readonly ours: number;
  readonly baseline: number;
  /** What the baseline is. */
  readonly baselineName: string;
  readonly ratio: number;
  /** Every round's figure; `ours` is their median. */
  readonly rounds: readonly number[];
}

type Figure = () => Promise<number>;

const python = {
  language: 'python3',
  code: 'def main(n):\n    return {"n": n + 1}',
  inputs: { n: 1 },
} as const;
const javascript = {
  language: 'javascript',
  code: 'function main({ n }) { return { n: n + 1 }; }',
  inputs: { n: 1 },
} as const;
const template =
  '{% for d in docs %}{{ loop.index }}. {{ d.title|upper }} ({{ "%.2f"|format(d.score) }})\n{% endfor %}';
const variables = {
  docs: Array.from({ length: 5 }, (_, index) => ({ title: `title ${index}`, score: index / 7 })),
};

/** Measures every backend that works on this machine, against a bare interpreter process of the host. */
export async function run(rounds: number): Promise<Measurement[]> {
  const results: Measurement[] = [];
  for (const backend of ['bubblewrap', 'wasm'] as const) {
    const sandbox = await createSandbox({ backend });
    if (sandbox.status().languages.every((language) => language.backend === backend)) {
      // Not counted: the first Python on WASM makes its start image.
      await coldRun(sandbox, python);
      results.push(...(await measureBackend(sandbox, backend, rounds)));
    }
    await sandbox.close();
  }
  results.push(...(await measureTemplates(rounds)));
  return results;
}

async function measureBackend(sandbox: Sandbox, backend: string, rounds: number): Promise<Measurement[]> {
  const results: Measurement[] = [];
  const bare = {
    python3: bareProcess('/usr/bin/python3', ['-I', '-S', '-c', 'pass']),
    javascript: bareProcess(process.execPath, ['-e', '0']),
  };
  for (const request of [python, javascript]) {
    const label = `${backend} ${request.language}`;
    const baseline = { value: bare[request.language], name: 'bare interpreter process' };
    results.push(
      await measure({ question: `${label}: first run`, unit: 'ms', rounds, baseline }, () =>
        coldRun(sandbox, request),
      ),
    );
    const session = sandbox.openRun({ runId: 'bench' });
    await session.run(request);
    results.push(
      await measure({ question: `${label}: warm run`, unit: 'ms', rounds, baseline }, () =>
        timed(() => session.run(request)),
      ),
    );
    const items = Array.from({ length: 100 }, (_, n) => n);
    results.push(
      await measure(
        {
          question: `${label}: iteration of 100 items`,
          unit: 'ms',
          rounds,
          baseline: { value: 100 * baseline.value, name: '100 bare processes' },
        },
        () =>
          timed(async () => {
            for (const n of items) await session.run({ ...request, inputs: { n } });
          }),
      ),
    );
    await session.close();
    results.push(
      await measure(
        {
          question: `${label}: runs per second, 4 at once`,
          unit: '1/s',
          rounds,
          baseline: { value: 1000 / baseline.value, name: baseline.name },
        },
        () => throughput(sandbox, request),
      ),
    );
  }
  const session = sandbox.openRun({ runId: 'memory' });
  await session.run(python);
  await session.run(javascript);
  const { interpreters, residentBytes } = sandbox.status();
  if (interpreters > 0) {
    const megabytes = residentBytes / 1e6 / interpreters;
    results.push(
      row(
        {
          question: `${backend}: memory per interpreter`,
          unit: 'MB',
          rounds,
          baseline: { value: megabytes, name: 'itself' },
        },
        [megabytes],
      ),
    );
  }
  await session.close();
  return results;
}

async function measureTemplates(rounds: number): Promise<Measurement[]> {
  const renderer = createTemplateRenderer();
  const cache = new TemplateCache(10);
  const count = 2000;
  const core = await median(rounds, async () => {
    const ms = await timed(async () => {
      for (let index = 0; index < count; index += 1) renderTemplate({ template, variables, cache });
    });
    return (count * 1000) / ms;
  });
  const baseline = { value: core.value, name: 'the same in the calling thread' };
  const result = await measure(
    { question: 'templates rendered per second', unit: '1/s', rounds, baseline },
    async () => {
      const ms = await timed(() =>
        Promise.all(Array.from({ length: count }, () => renderer.render({ template, variables }))),
      );
      return (count * 1000) / ms;
    },
  );
  await renderer.close();
  return [result];
}

interface Asked {
  readonly question: string;
  readonly unit: string;
  readonly rounds: number;
  readonly baseline: { readonly value: number; readonly name: string };
}

async function measure(asked: Asked, figure: Figure): Promise<Measurement> {
  return row(asked, (await median(asked.rounds, figure)).rounds);
}

function row(asked: Asked, rounds: readonly number[]): Measurement {
  const ours = middle(rounds);
  const { value, name } = asked.baseline;
  return {
    question: asked.question,
    unit: asked.unit,
    ours,
    baseline: value,
    baselineName: name,
    ratio: ours / value,
    rounds,
  };
}

async function median(rounds: number, figure: Figure): Promise<{ value: number; rounds: number[] }> {
  const values: number[] = [];
  for (let round = 0; round < rounds; round += 1) values.push(await figure());
  return { value: middle(values), rounds: values };
}

function middle(values: readonly number[]): number {
  return [...values].sort((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function coldRun(sandbox: Sandbox, request: typeof python | typeof javascript): Promise<number> {
  const session = sandbox.openRun({ runId: 'cold' });
  const ms = await timed(() => session.run(request));
  await session.close();
  return ms;
}

/** Four workflow runs at once, each with executions one after the other, for about a second. */
async function throughput(sandbox: Sandbox, request: typeof python | typeof javascript): Promise<number> {
  const sessions = Array.from({ length: 4 }, (_, index) => sandbox.openRun({ runId: `four ${index}` }));
  await Promise.all(sessions.map((session) => session.run(request)));
  const start = performance.now();
  let done = 0;
  await Promise.all(
    sessions.map(async (session) => {
      while (performance.now() - start < 1000) {
        await session.run(request);
        done += 1;
      }
    }),
  );
  const seconds = (performance.now() - start) / 1000;
  await Promise.all(sessions.map((session) => session.close()));
  return done / seconds;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function bareProcess(executable: string, args: readonly string[]): number {
  const times = Array.from({ length: 7 }, () => {
    const start = performance.now();
    spawnSync(executable, args);
    return performance.now() - start;
  });
  return middle(times);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const results = await run(Number(process.argv[2] ?? 5));
  const short = (value: number) => Number(value.toPrecision(4));
  console.table(
    results.map(({ question: name, unit, ours, baseline, baselineName, ratio }) => ({
      question: name,
      unit,
      ours: short(ours),
      baseline: short(baseline),
      of: baselineName,
      ratio: short(ratio),
    })),
  );
}
