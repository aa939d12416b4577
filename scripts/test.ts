/**
 * `npm test`: everything that can be known about the repository on this machine, in stages. Installs the system
 * programs that are missing where it may, says in words what it could not run, and ends with one line
 * `N passed, N failed`. `npm test -- unit` runs the named stages only.
 */
import { runChecks } from './stages/checks.ts';
import { type StageResult, stageLine, summarise } from './stages/stage.ts';
import { ensureSystemPrograms } from './stages/system-packages.ts';
import { runVitest } from './stages/vitest.ts';

const print = (line: string): void => console.log(line);

const stages: Readonly<Record<string, () => Promise<StageResult>>> = {
  checks: () => runChecks(print),
  unit: () => runVitest('unit'),
  lifecycle: () => runVitest('lifecycle'),
  browser: () => runVitest('browser'),
};

const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => stages[name] === undefined);
if (unknown.length > 0) {
  print(`There is no stage ${unknown.join(', ')}. Stages: ${Object.keys(stages).join(', ')}.`);
  process.exit(2);
}

const results: StageResult[] = [];
const notRun: string[] = [];
print('▸ system programs');
const system = await ensureSystemPrograms(print);
notRun.push(...system.missing);
for (const [name, run] of Object.entries(stages)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  if (name === 'browser' && system.chromium === undefined) continue;
  print(`\n▸ ${name}`);
  const result = await run();
  results.push(result);
  notRun.push(...result.notRun);
}

print('');
for (const result of results) print(stageLine(result));
if (notRun.length > 0) print(['', 'Not run:', ...notRun.map((sentence) => `  ${sentence}`)].join('\n'));
const { line, ok } = summarise(results);
print(`\n${line}`);
process.exitCode = ok ? 0 : 1;
