import { runCommand } from './command.ts';
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
  return { name: 'checks', passed, failed: checks.length - passed, seconds, notRun: [] };
}
