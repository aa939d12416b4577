import { readFileSync } from 'node:fs';
import type { loadPyodide as LoadPyodide } from 'pyodide';
import {
  type ChildRequest,
  PrintedText,
  readExactly,
  readRequest,
  sendBytes,
  sendLine,
} from './child-frames.ts';
import { restrictHost, sealHost } from './guard.ts';

// A process that runs Python in Pyodide for one workflow run: `serve` answers requests on standard input,
// `snapshot` writes an image of a started interpreter to standard output.

const [mode = 'serve', folder = '', runnerPath = '', imageBytes = '0'] = process.argv.slice(2);

/** Modules that most code imports; in the image they cost nothing. */
const usualModules =
  'json re math random datetime time base64 hashlib hmac io string collections itertools functools linecache traceback types urllib.parse unicodedata decimal uuid';

const snapshot = imageBytes === '0' ? undefined : readExactly(Number(imageBytes));
const runner = readFileSync(runnerPath, 'utf8');
restrictHost();

const { loadPyodide } = (await import(`${folder}pyodide.mjs`)) as { loadPyodide: typeof LoadPyodide };
let printed = new PrintedText(0);
const noSystem = () => {};
const pyodide = await loadPyodide({
  indexURL: folder,
  env: { HOME: '/home/pyodide', LANG: 'C.UTF-8', TZ: 'UTC', _: 'python3' },
  jsglobals: Object.freeze(
    Object.assign(Object.create(null), {
      Object,
      Array,
      Promise,
      Error,
      setTimeout: noSystem,
      clearTimeout: noSystem,
    }),
  ),
  stdout: noSystem,
  stderr: noSystem,
  ...(snapshot ? { _loadSnapshot: snapshot } : {}),
  ...(mode === 'snapshot' ? { _makeSnapshot: true } : {}),
});

function serve(): void {
  pyodide.setStdout({
    write: (bytes: Uint8Array) => {
      printed.add(bytes);
      return bytes.length;
    },
  });
  pyodide.setStderr({ write: (bytes: Uint8Array) => bytes.length });
  pyodide.setStdin({ stdin: () => null });
  pyodide.runPython(runner);
  // The image holds the state of the generator: without a new seed every run would draw the same numbers.
  pyodide.runPython('import random; random.seed(); del random');
  const execute = pyodide.runPython(`
def _serve(code, inputs):
    import sys
    report = trellis_execute(code, inputs)
    try:
        sys.stdout.flush()
    except BaseException:
        pass
    return report
_serve`) as (code: string, inputs: string) => string;
  hideHost();
  sealHost();
  sendLine({ ready: true });
  for (let request = readRequest(); request; request = readRequest()) answer(request, execute);
}

/** Removes the ways from Python to JavaScript that have a name; the sealed host is what holds. */
function hideHost(): void {
  pyodide.runPython(`
import sys
for _name in ("js", "pyodide_js", "_pyodide_core", "pyodide.http", "pyodide.code", "pyodide.ffi.wrappers"):
    sys.modules[_name] = None
del _name
`);
}

function answer(request: ChildRequest, execute: (code: string, inputs: string) => string): void {
  printed = new PrintedText(request.stdoutBytes);
  const report = String(execute(request.code, request.inputs));
  sendLine({ nonce: request.nonce, report, stdout: printed.toString() });
}

if (mode === 'snapshot') {
  pyodide.runPython(
    usualModules
      .split(' ')
      .map((name) => `import ${name}`)
      .join('\n'),
  );
  sendBytes((pyodide as unknown as { makeMemorySnapshot(): Uint8Array }).makeMemorySnapshot());
} else {
  serve();
}
