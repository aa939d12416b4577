import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { runCommand } from './command.ts';
import type { StageResult } from './stage.ts';

/** The parts of Vitest's JSON report that are counted. */
export const reportSchema = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      assertionResults: z.array(z.object({ status: z.string(), fullName: z.string() })),
    }),
  ),
});

/** Counts of a report: a file that fails without a failed test (it could not be loaded) counts as one. */
export function countReport(report: z.infer<typeof reportSchema>): {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly string[];
} {
  const broken = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((assertion) => assertion.status === 'failed'),
  );
  const skipped = report.testResults.flatMap(({ assertionResults }) =>
    assertionResults
      .filter(({ status }) => status !== 'passed' && status !== 'failed')
      .map(({ fullName }) => fullName.trim()),
  );
  return { passed: report.numPassedTests, failed: report.numFailedTests + broken.length, skipped };
}

/** Runs one project of vitest.config.ts with its output shown. */
export async function runVitest(project: string): Promise<StageResult> {
  const folder = await mkdtemp(join(tmpdir(), 'vitest-report-'));
  const file = join(folder, 'report.json');
  try {
    const { code, seconds } = await runCommand(
      [
        ...(['vitest', 'run', '--project', project, '--passWithNoTests'] as const),
        ...['--reporter=default', '--reporter=json', `--outputFile.json=${file}`],
      ],
      { live: true },
    );
    const report = await readReport(file);
    if (report === undefined) return { name: project, passed: 0, failed: 1, seconds, notRun: [] };
    const { passed, failed, skipped } = countReport(report);
    // Errors outside of any test (an unhandled rejection) show in the exit code alone.
    const counted = failed === 0 && code !== 0 ? 1 : failed;
    return {
      name: project,
      passed,
      failed: counted,
      seconds,
      notRun: sentences(project, skipped, passed + failed),
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function readReport(file: string): Promise<z.infer<typeof reportSchema> | undefined> {
  try {
    return reportSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return undefined;
  }
}

function sentences(project: string, skipped: readonly string[], run: number): readonly string[] {
  if (run === 0 && skipped.length === 0) return [`There are no ${project} tests.`];
  return skipped.map((name) => `Skipped by the ${project} tests: ${name}`);
}
