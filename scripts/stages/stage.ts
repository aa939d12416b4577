/** What one stage found. */
export interface StageResult {
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
  readonly seconds: number;
  /** Sentences about what could not be run, and why. */
  readonly notRun: readonly string[];
}

/** One line for a finished stage. */
export function stageLine({ name, passed, failed, seconds }: StageResult): string {
  const mark = failed > 0 ? '✘' : passed > 0 ? '✔' : '–';
  return `${mark} ${name}: ${passed} passed, ${failed} failed (${seconds.toFixed(1)} s)`;
}

/** The last line of all, and whether that is a success: something ran and nothing failed. */
export function summarise(results: readonly Pick<StageResult, 'passed' | 'failed'>[]): {
  readonly line: string;
  readonly ok: boolean;
} {
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  const failed = results.reduce((sum, result) => sum + result.failed, 0);
  return { line: `${passed} passed, ${failed} failed`, ok: failed === 0 && passed > 0 };
}
