import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PythonFloat, type RunRequest, type Sandbox, SandboxError, type SandboxRun } from '../src/index.ts';
import { testedBackends } from './backends.ts';

const { backends, close } = await testedBackends();
afterAll(close);

for (const backend of backends) {
  const title = backend.absent ? `${backend.name} (skipped: ${backend.absent})` : backend.name;
  describe.skipIf(backend.absent !== undefined)(`the sandbox on ${title}`, () => {
    let sandbox: Sandbox;
    let run: SandboxRun;

    beforeAll(async () => {
      sandbox = await backend.create();
      run = sandbox.openRun({ runId: 'contract' });
      // The first Python of the WASM backend makes its start image.
      await run.run({ language: 'python3', code: 'def main(): return {}', inputs: {} });
    }, 60_000);

    afterAll(async () => {
      await run.close();
      await sandbox.close();
    });

    const python = (code: string, rest: Partial<RunRequest> = {}) =>
      run.run({ language: 'python3', code, inputs: {}, ...rest });
    const javascript = (code: string, rest: Partial<RunRequest> = {}) =>
      run.run({ language: 'javascript', code, inputs: {}, ...rest });
    const failure = async (running: Promise<unknown>): Promise<SandboxError> => {
      const error = await running.then(
        () => undefined,
        (reason: unknown) => reason,
      );
      if (!(error instanceof SandboxError)) throw new Error(`expected a SandboxError, got ${String(error)}`);
      return error;
    };

    it('passes inputs as keyword arguments to Python and returns what main returns', async () => {
      const result = await python('def main(a, b):\n    return {"sum": a + b, "text": "é你😀"}', {
        inputs: { a: 1, b: 2 },
      });
      expect(result.outputs).toEqual({ sum: 3, text: 'é你😀' });
    });

    it('passes inputs as one object to JavaScript', async () => {
      const result = await javascript('function main({ a, b }) { return { sum: a + b, text: "é你😀" }; }', {
        inputs: { a: 1, b: 2 },
      });
      expect(result.outputs).toEqual({ sum: 3, text: 'é你😀' });
    });

    it('keeps the number types of Python both ways', async () => {
      const code =
        'def main(f, i, big):\n    return {"types": [type(x).__name__ for x in (f, i, big)], "f": f, "i": i, "big": big + 1}';
      const result = await python(code, { inputs: { f: new PythonFloat(3), i: 3, big: 2n ** 70n } });
      expect(result.outputs['types']).toEqual(['float', 'int', 'int']);
      expect(result.outputsJson).toContain('"f":3.0,"i":3,"big":1180591620717411303425');
    });

    it('awaits an async JavaScript main', async () => {
      const result = await javascript('const main = async ({ a }) => { await null; return { a }; };', {
        inputs: { a: 7 },
      });
      expect(result.outputs).toEqual({ a: 7 });
    });

    it('captures what the code prints', async () => {
      expect((await python('def main():\n    print("one")\n    print("two", 2)\n    return {}')).stdout).toBe(
        'one\ntwo 2\n',
      );
      expect(
        (await javascript('function main() { console.log("one"); console.log("two", 2); return {}; }'))
          .stdout,
      ).toBe('one\ntwo 2\n');
    });

    it('names the exception and the line of the user’s own code', async () => {
      const error = await failure(
        python('def helper(x):\n    return x["q"]\n\ndef main():\n    return helper({})'),
      );
      expect(error).toMatchObject({
        code: 'code_failed',
        exception: 'KeyError',
        line: 2,
        errorType: 'CodeExecutionError',
      });
      expect(error.message).toBe("KeyError: 'q' (line 2)");
      expect(error.trace).toContain('line 5, in main');
    });

    it('names the line of a syntax error', async () => {
      expect(await failure(python('x = 1\ndef main(:\n    return {}'))).toMatchObject({
        code: 'code_failed',
        exception: 'SyntaxError',
        line: 2,
      });
    });

    it('reports JavaScript exceptions', async () => {
      const error = await failure(javascript('function main() {\n  return missing.value;\n}'));
      expect(error).toMatchObject({
        code: backend.name === 'http' ? 'code_failed' : 'code_failed',
        exception: 'ReferenceError',
      });
      if (backend.name !== 'http') expect(error.line).toBe(2);
    });

    it('names the module that an import does not find', async () => {
      const error = await failure(python('import jieba\ndef main():\n    return {}'));
      expect(error).toMatchObject({ code: 'code_module_missing', module: 'jieba' });
      expect(error.message).toContain("No module named 'jieba'");
    });

    it('fails when there is no main', async () => {
      expect((await failure(python('x = 1'))).message).toContain('must define a function named main');
      expect((await failure(javascript('const x = 1;'))).message).toContain(
        'must define a function named main',
      );
    });

    it('fails when main returns something else than an object', async () => {
      expect(await failure(python('def main():\n    return [1]'))).toMatchObject({
        code: 'code_result_invalid',
      });
      expect(await failure(javascript('function main() { return null; }'))).toMatchObject({
        code: 'code_result_invalid',
      });
    });

    it('fails when the result cannot be JSON', async () => {
      const error = await failure(
        python('import datetime\ndef main():\n    return {"d": datetime.date(2020, 1, 1)}'),
      );
      expect(error.message).toContain('date is not JSON serializable');
      expect((await failure(python('def main():\n    return {"x": float("nan")}'))).code).toBe('code_failed');
    });

    it('checks declared outputs', async () => {
      const outputs = { a: { type: 'string' as const } };
      expect(await failure(python('def main():\n    return {"a": 1}', { outputs }))).toMatchObject({
        code: 'outputs_invalid',
        errorType: 'OutputValidationError',
      });
      expect((await python('def main():\n    return {"a": "x\\0y"}', { outputs })).outputs).toEqual({
        a: 'xy',
      });
    });

    it('turns texts in scientific notation into numbers', async () => {
      expect((await python('def main():\n    return {"a": ["1e+20", "1e20", "x"]}')).outputs).toEqual({
        a: [1e20, '1e20', 'x'],
      });
    });

    it('stops code that runs too long, and goes on afterwards', async () => {
      const slow = failure(python('def main():\n    while True: pass', { limits: { timeoutMs: 700 } }));
      expect(await slow).toMatchObject({ code: 'code_timeout' });
      const loop = failure(javascript('function main() { for (;;); }', { limits: { timeoutMs: 700 } }));
      expect(await loop).toMatchObject({ code: 'code_timeout' });
      expect((await python('def main():\n    return {"ok": True}')).outputs).toEqual({ ok: true });
    });

    it('stops code whose caller gives up', async () => {
      const abort = new AbortController();
      const stopped = failure(python('def main():\n    while True: pass', { signal: abort.signal }));
      setTimeout(() => abort.abort(), 200);
      expect(await stopped).toMatchObject({ code: 'code_aborted' });
    });

    it('refuses a result that is too large', async () => {
      const large = python('def main():\n    return {"a": "x" * 300000}', {
        limits: { resultBytes: 100_000 },
      });
      expect(await failure(large)).toMatchObject({ code: 'code_output_too_large' });
    });

    it('cuts printed text at its limit', async () => {
      const result = await python('def main():\n    print("x" * 5000)\n    return {}', {
        limits: { stdoutBytes: 1000 },
      });
      expect(result.stdout).toBe('x'.repeat(1000));
    });

    it('runs several executions of one run at once', async () => {
      const results = await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          python('def main(i):\n    return {"i": i}', { inputs: { i: index } }),
        ),
      );
      expect(results.map(({ outputs }) => outputs['i'])).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    });

    it('fails only the executions of a run that is closed', async () => {
      const other = sandbox.openRun({ runId: 'closing' });
      const doomed = failure(
        other.run({ language: 'python3', code: 'def main():\n    while True: pass', inputs: {} }),
      );
      const healthy = python('import time\ndef main():\n    time.sleep(0.5)\n    return {"ok": 1}');
      setTimeout(() => void other.close(), 300);
      expect(await doomed).toMatchObject({ code: 'sandbox_closed' });
      expect((await healthy).outputs).toEqual({ ok: 1 });
    });

    it('fails with a report when code ends its process', async () => {
      const error = await failure(python('import os\ndef main():\n    os._exit(0)'));
      expect(['code_crashed', 'sandbox_unavailable']).toContain(error.code);
      expect((await python('def main():\n    return {"ok": 1}')).outputs).toEqual({ ok: 1 });
    });

    it('tells the operator which backend serves each language', () => {
      expect(sandbox.status().languages.map(({ backend: name }) => name)).toEqual([
        backend.name,
        backend.name,
      ]);
    });

    it('refuses languages that it does not know', async () => {
      const request = { language: 'ruby', code: '', inputs: {} } as unknown as RunRequest;
      expect(await failure(run.run(request))).toMatchObject({
        code: 'code_language_unsupported',
        errorType: 'CodeNodeError',
      });
    });
  });
}
