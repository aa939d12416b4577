import { execFileSync } from 'node:child_process';
import { afterAll, describe, expect, it } from 'vitest';
import { SandboxError } from '../src/index.ts';
import { testedBackends } from './backends.ts';

const { backends, close } = await testedBackends();
afterAll(close);

for (const backend of backends.filter(({ isolates }) => isolates)) {
  const why =
    backend.absent ?? (process.platform === 'linux' ? undefined : 'processes are found through /proc');
  describe.skipIf(why)(
    `interpreters of ${backend.name} that are killed${why ? ` (skipped: ${why})` : ''}`,
    () => {
      it('fail their own run only, whenever it happens', async () => {
        const sandbox = await backend.create();
        const healthy = sandbox.openRun({ runId: 'healthy' });
        const code = 'import time\ndef main(n):\n    time.sleep(0.05)\n    return {"n": n}';
        const execute = (n: number) => healthy.run({ language: 'python3', code, inputs: { n } });
        expect((await execute(0)).outputs).toEqual({ n: 0 });
        const before = new Set(childProcesses());
        for (const delayMs of [0, 5, 20, 60, 150]) {
          const victim = sandbox.openRun({ runId: 'victim' });
          const doomed = victim.run({
            language: 'python3',
            code: 'def main():\n    while True: pass',
            inputs: {},
            limits: { timeoutMs: 3000 },
          });
          const failed = doomed.then(
            () => undefined,
            (error: unknown) => error,
          );
          await new Promise((resolve) => setTimeout(resolve, delayMs));
          for (const pid of childProcesses()) if (!before.has(pid)) process.kill(pid, 'SIGKILL');
          expect(await failed).toBeInstanceOf(SandboxError);
          expect((await execute(delayMs)).outputs).toEqual({ n: delayMs });
          await victim.close();
        }
        await healthy.close();
        await sandbox.close();
      }, 90_000);
    },
  );
}

/** Direct children of this process. */
function childProcesses(): number[] {
  const table = execFileSync('ps', ['-eo', 'pid=,ppid=,comm='], { encoding: 'utf8' });
  return table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, parent, name]) => Number(parent) === process.pid && name !== 'ps')
    .map(([pid]) => Number(pid));
}
