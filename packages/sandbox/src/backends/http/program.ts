import { randomBytes } from 'node:crypto';
import type { RunnerSources } from '../../code/runner-sources.ts';
import type { CodeLanguage } from '../../contract.ts';

/** A program for a remote sandbox, and how to find its report in what it prints. */
export interface RemoteProgram {
  readonly language: 'python3' | 'nodejs';
  readonly code: string;
  /** The report and the text printed around it; `undefined` when the program printed no report. */
  readonly findReport: (stdout: string) => { readonly report: string; readonly printed: string } | undefined;
}

/**
 * Wraps user code into a program that prints its report between two `<<RESULT>>` markers. A number drawn
 * for this one execution follows the first marker, so that a marker printed by the user's code, or an
 * answer meant for another execution, is not taken for the report.
 */
export function remoteProgram(options: {
  readonly language: CodeLanguage;
  readonly code: string;
  readonly inputsJson: string;
  readonly sources: RunnerSources;
}): RemoteProgram {
  const nonce = randomBytes(16).toString('hex');
  const start = `<<RESULT>>${nonce}`;
  const encode = (text: string) => Buffer.from(text).toString('base64');
  const findReport = (stdout: string) => {
    const from = stdout.lastIndexOf(start);
    const to = from < 0 ? -1 : stdout.indexOf('<<RESULT>>', from + start.length);
    if (to < 0) return undefined;
    return { report: stdout.slice(from + start.length, to), printed: stdout.slice(0, from) };
  };
  if (options.language === 'python3') {
    const code = [
      options.sources.pythonRunner,
      'from base64 import b64decode',
      `code, inputs = (b64decode(part).decode() for part in ("${encode(options.code)}", "${encode(options.inputsJson)}"))`,
      'show = print',
      `show("${start}" + trellis_execute(code, inputs) + "<<RESULT>>")`,
    ].join('\n');
    return { language: 'python3', code, findReport };
  }
  return {
    language: 'nodejs',
    code: nodeProgram(options.code, encode(options.inputsJson), start),
    findReport,
  };
}

/**
 * Node code stands in the program as it is, on its first lines, because a remote sandbox may lack every
 * module: so line numbers in errors stay the user's own.
 */
function nodeProgram(code: string, inputs: string, start: string): string {
  return `${code}
;(async () => {
  const report = (value) => console.log(${JSON.stringify(start)} + JSON.stringify(value) + '<<RESULT>>');
  try {
    if (typeof main !== 'function') {
      return report({ ok: false, type: 'ReferenceError', message: 'The code must define a function named main.' });
    }
    const result = await main(JSON.parse(Buffer.from('${inputs}', 'base64').toString()));
    if (result === null || typeof result !== 'object' || Array.isArray(result)) {
      const got = Array.isArray(result) ? 'array' : result === null ? 'null' : typeof result;
      const message = 'The result of main must be an object (dict), got ' + got + '.';
      return report({ ok: false, type: 'TypeError', message, result: true });
    }
    report({ ok: true, result: JSON.stringify(result) });
  } catch (error) {
    report({ ok: false, type: String((error && error.name) || 'Error'), message: String((error && error.message) || error) });
  }
})();`;
}
