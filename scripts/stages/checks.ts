import { join } from 'node:path';
import { runCommand } from './command.ts';
import { installScriptFaults } from './install-scripts.ts';
import { sqlByStringFaults } from './sql-by-string.ts';
import type { StageResult } from './stage.ts';

/** A property of the whole repository that a tool can tell. */
interface Check {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
}

const checks: readonly Check[] = [
  { name: 'format and lint', command: ['biome', 'check', '--error-on-warnings', '.'] },
  { name: 'types (server and packages)', command: ['tsc', '--project', '.'] },
  { name: 'types (web)', command: ['tsc', '--project', 'apps/web'] },
  {
    name: 'boundaries',
    command: [
      'depcruise',
      '--config',
      '.dependency-cruiser.mjs',
      'apps',
      'packages',
      'bench',
      'scripts',
      'tests',
    ],
  },
  { name: 'dead code', command: ['knip', '--no-progress'] },
];

/** Properties of the repository that no tool knows; each answers sentences about what is wrong. */
const rules: readonly { readonly name: string; readonly faults: (root: string) => string[] }[] = [
  { name: 'no SQL made of strings', faults: sqlByStringFaults },
  { name: 'no unseen install scripts', faults: installScriptFaults },
];

const root = join(import.meta.dirname, '../..');

/** Runs every check, showing the output of those that fail. Each counts as one test. */
export async function runChecks(print: (line: string) => void): Promise<StageResult> {
  let passed = 0;
  let seconds = 0;
  for (const { name, command } of checks) {
    const result = await runCommand(command);
    seconds += result.seconds;
    if (result.code === 0) {
      passed += 1;
      print(`  ✔ ${name} (${result.seconds.toFixed(1)} s)`);
    } else {
      print(`  ✘ ${name} (${result.seconds.toFixed(1)} s): ${command.join(' ')}\n${result.output.trim()}\n`);
    }
  }
  for (const { name, faults } of rules) {
    const found = faults(root);
    if (found.length === 0) {
      passed += 1;
      print(`  ✔ ${name}`);
    } else {
      print(`  ✘ ${name}:\n${found.join('\n')}\n`);
    }
  }
  const failed = checks.length + rules.length - passed;
  return { name: 'checks', passed, failed, seconds, notRun: [] };
}
