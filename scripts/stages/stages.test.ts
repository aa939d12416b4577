import { describe, expect, it } from 'vitest';
import { runCommand } from './command.ts';
import { stageLine, summarise } from './stage.ts';
import { countReport } from './vitest.ts';

const file = (status: string, ...tests: readonly string[]) => ({
  name: 'x.test.ts',
  status,
  assertionResults: tests.map((outcome) => ({ status: outcome, fullName: ` a test that ${outcome}` })),
});

describe('countReport', () => {
  it('counts tests, and a file that could not be loaded as one failure', () => {
    const report = {
      numPassedTests: 2,
      numFailedTests: 1,
      testResults: [file('passed', 'passed', 'passed'), file('failed', 'failed'), file('failed')],
    };
    expect(countReport(report)).toEqual({ passed: 2, failed: 2, skipped: [] });
  });

  it('names what was skipped', () => {
    const report = { numPassedTests: 0, numFailedTests: 0, testResults: [file('passed', 'skipped', 'todo')] };
    expect(countReport(report).skipped).toEqual(['a test that skipped', 'a test that todo']);
  });
});

describe('summarise', () => {
  it.each([
    [
      [
        { passed: 3, failed: 0 },
        { passed: 2, failed: 0 },
      ],
      '5 passed, 0 failed',
      true,
    ],
    [
      [
        { passed: 3, failed: 0 },
        { passed: 2, failed: 1 },
      ],
      '5 passed, 1 failed',
      false,
    ],
    [[{ passed: 0, failed: 0 }], '0 passed, 0 failed', false],
    [[], '0 passed, 0 failed', false],
  ])('sums %j to "%s"', (results, line, ok) => {
    expect(summarise(results)).toEqual({ line, ok });
  });

  it('marks a stage that ran nothing', () => {
    expect(stageLine({ name: 'browser', passed: 0, failed: 0, seconds: 0, notRun: [] })).toMatch(
      /^– browser/,
    );
  });
});

describe('runCommand', () => {
  it('tells the exit code and the output of a command', async () => {
    const script = 'console.log("out"); console.error("err"); process.exit(3)';
    const { code, output } = await runCommand([process.execPath, '-e', script]);
    expect([code, output.split('\n').sort()]).toEqual([3, ['', 'err', 'out']]);
  });

  it('reports a program that does not exist as a failure', async () => {
    expect(await runCommand(['there-is-no-such-program'])).toMatchObject({ code: 127 });
  });
});
