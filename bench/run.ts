/** `npm run bench -- NAME [--rounds N]`: runs `bench/NAME.ts`, prints a table, writes `bench/results/NAME.json`. */
import { readdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Bench, BenchContext, BenchResult } from './harness/contract.ts';
import { thisMachine } from './harness/machine.ts';
import { minRounds, runRounds } from './harness/run-bench.ts';
import { short, spread } from './harness/statistics.ts';

const folder = import.meta.dirname;
const notBenchmarks = ['run.ts'];

/** What a benchmark's file may export (see harness/contract.ts). */
interface BenchModule {
  readonly default?: Bench;
  readonly run?: (rounds: number) => Promise<readonly BenchResult[]>;
}

const names = readdirSync(folder)
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !notBenchmarks.includes(name))
  .map((name) => name.slice(0, -'.ts'.length));

const { values, positionals } = parseArgs({
  options: { rounds: { type: 'string' } },
  allowPositionals: true,
});
const [name] = positionals;
if (name === undefined || !names.includes(name)) {
  console.error(`Which question? npm run bench -- NAME [--rounds N]\nQuestions: ${names.join(', ')}`);
  process.exit(2);
}

const stop = new AbortController();
process.once('SIGINT', () => stop.abort(new Error('stopped by Ctrl-C')));
const context: BenchContext = { signal: stop.signal, say: (line) => console.error(`  ${line}`) };

const module: BenchModule = await import(join(folder, `${name}.ts`));
const wanted = Number(values.rounds ?? module.default?.rounds ?? minRounds);
const rounds = Math.max(minRounds, Number.isInteger(wanted) ? wanted : minRounds);
const results = await measure(module);
for (const [file, result] of results) {
  print(result);
  await write(file, result);
}
if (results.size === 0) {
  console.error('No question could be answered on this machine.');
  process.exitCode = 1;
}

async function measure({ default: bench, run }: BenchModule): Promise<ReadonlyMap<string, BenchResult>> {
  if (bench !== undefined) {
    const answers = await runRounds(bench, rounds, context);
    const single = Object.keys(bench.questions).length === 1;
    return new Map([...answers].map(([id, result]) => [single ? String(name) : `${name}-${id}`, result]));
  }
  if (run === undefined)
    throw new Error(`bench/${name}.ts exports neither a default benchmark nor run(rounds).`);
  const answers = await run(rounds);
  return new Map(
    answers.map((result, index) => [answers.length === 1 ? String(name) : `${name}-${index + 1}`, result]),
  );
}

function print({ question, unit, ours, baseline, ratio, rounds: all }: BenchResult): void {
  const mine = all.map((round) => (typeof round === 'number' ? round : round.ours));
  const cells = [
    `ours ${short(ours)} ${unit}`,
    baseline === null ? 'no baseline' : `baseline ${short(baseline)} ${unit}`,
    ratio === null ? '' : `ratio ${short(ratio)}`,
    `spread ${(spread(mine) * 100).toFixed(0)} % over ${mine.length} rounds`,
  ];
  console.log(`${question}\n  ${cells.filter((cell) => cell !== '').join(' · ')}`);
}

async function write(file: string, result: BenchResult): Promise<void> {
  await mkdir(join(folder, 'results'), { recursive: true });
  const text = JSON.stringify({ ...result, machine: thisMachine() }, undefined, 2);
  await writeFile(join(folder, 'results', `${file}.json`), `${text}\n`);
}
