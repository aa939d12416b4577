import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createSandbox } from '../src/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'trellis-venv-'));
chmodSync(folder, 0o755);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const why = await (async () => {
  if (!existsSync('/usr/bin/python3')) return 'the host has no /usr/bin/python3';
  const sandbox = await createSandbox({ backend: 'bubblewrap' });
  const status = sandbox.status().languages.find(({ language }) => language === 'python3');
  await sandbox.close();
  return status?.backend ? undefined : status?.reason;
})();

describe.skipIf(why)(`bubblewrap with an operator's choices${why ? ` (skipped: ${why})` : ''}`, () => {
  it('imports modules of the operator’s virtual environment', async () => {
    execFileSync('/usr/bin/python3', ['-m', 'venv', '--without-pip', folder]);
    const packages = execFileSync(join(folder, 'bin/python3'), [
      '-c',
      'import site; print(site.getsitepackages()[0])',
    ]);
    writeFileSync(join(packages.toString().trim(), 'house_module.py'), 'ANSWER = 42\n');
    const code = 'import house_module\ndef main():\n    return {"answer": house_module.ANSWER}';
    const sandbox = await createSandbox({ backend: 'bubblewrap', pythonPath: folder });
    const run = sandbox.openRun({ runId: 'modules' });
    expect((await run.run({ language: 'python3', code, inputs: {} })).outputs).toEqual({ answer: 42 });
    await sandbox.close();
  });

  it('does not see folders that are to be hidden', async () => {
    const code = 'import os\ndef main():\n    return {"seen": os.listdir("/usr/lib/python3")}';
    const seen = async (hiddenPaths: readonly string[]) => {
      const sandbox = await createSandbox({ backend: 'bubblewrap', hiddenPaths });
      const { outputs } = await sandbox
        .openRun({ runId: 'hidden' })
        .run({ language: 'python3', code, inputs: {} });
      await sandbox.close();
      return outputs['seen'];
    };
    if (!existsSync('/usr/lib/python3')) return;
    expect(await seen([])).not.toEqual([]);
    expect(await seen(['/usr/lib/python3'])).toEqual([]);
  });
});
