import { readFileSync } from 'node:fs';

/** The programs that run inside a sandbox, as text. */
export interface RunnerSources {
  /** Defines `trellis_execute(code, inputs_json)`. */
  readonly pythonRunner: string;
  /** Serves one execution over standard input and fd 3; needs {@link pythonRunner} before it. */
  readonly pythonProcess: string;
  /** Serves one execution over standard input and fd 3 in Node. */
  readonly javascriptProcess: string;
}

/** Reads the runner programs that lie beside this file. */
export function readRunnerSources(): RunnerSources {
  const read = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8');
  return {
    pythonRunner: read('python-runner.py'),
    pythonProcess: read('python-process.py'),
    javascriptProcess: read('javascript-runner.cjs'),
  };
}
