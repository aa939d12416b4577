import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createTemplateRenderer,
  isSandboxError,
  type Sandbox,
  SandboxError,
  type TemplateRenderer,
} from '../src/index.ts';
import { testedBackends } from './backends.ts';
import { javascriptAttempts } from './escape/javascript-attempts.ts';
import { pythonAttempts } from './escape/python-attempts.ts';
import { attemptTitle, BaitStation, type Outcome, tryEscapes } from './escape/run-escapes.ts';
import { templateBombs, templateReaches } from './escape/template-attempts.ts';

const { backends, close } = await testedBackends();
afterAll(close);
const all = [...pythonAttempts, ...javascriptAttempts];
const isolating = backends.filter(({ isolates }) => isolates);

for (const backend of isolating) {
  const title = backend.absent ? `${backend.name} (skipped: ${backend.absent})` : backend.name;
  describe.skipIf(backend.absent !== undefined)(`no code escapes from ${title}`, () => {
    let sandbox: Sandbox;
    let station: BaitStation;
    let outcomes: ReadonlyMap<string, Outcome>;

    beforeAll(async () => {
      process.env['TRELLIS_BAIT'] = 'secret';
      sandbox = await backend.create();
      station = await BaitStation.open();
      outcomes = await tryEscapes(sandbox, all, station.bait);
    }, 300_000);

    afterAll(async () => {
      await sandbox.close();
      await station.close();
    });

    it.each(all.map((attempt) => attemptTitle(attempt)))('%s', (title) => {
      expect(outcomes.has(title)).toBe(true);
      expect(outcomes.get(title)).toBeUndefined();
    });

    it('gives the run after each spoiled one a right answer', () => {
      const spoiled = [...outcomes].filter(([title]) => title.endsWith(', then'));
      expect(spoiled.length).toBeGreaterThan(15);
      expect(spoiled.filter(([, outcome]) => outcome !== undefined)).toEqual([]);
    });

    it('leaves no trace on the host and no connection to it', () => {
      expect(station.damage()).toEqual([]);
    });

    it('keeps what one run leaves from the next', async () => {
      const code = `
import builtins, os, json, sys
def main(mark):
    seen = [name for name, found in (
        ("builtins", hasattr(builtins, "left")), ("json", hasattr(json, "left")), ("modules", "left" in sys.modules),
        ("file", os.path.exists("/tmp/left")), ("environment", "LEFT" in os.environ)) if found]
    builtins.left = json.left = 1
    sys.modules["left"] = json
    os.environ["LEFT"] = "1"
    open("/tmp/left", "w").close()
    return {"seen": seen}
`;
      for (const runId of ['first', 'second']) {
        const run = sandbox.openRun({ runId });
        const { outputs } = await run.run({ language: 'python3', code, inputs: { mark: runId } });
        expect(outputs['seen']).toEqual([]);
        await run.close();
      }
    }, 60_000);

    it('draws other random numbers in each run', async () => {
      const draw = async () => {
        const run = sandbox.openRun({ runId: 'random' });
        const code =
          'import random, uuid\ndef main():\n    return {"n": random.random(), "id": str(uuid.uuid4())}';
        const { outputs } = await run.run({ language: 'python3', code, inputs: {} });
        await run.close();
        return outputs;
      };
      const [first, second] = [await draw(), await draw()];
      expect(first['n']).not.toBe(second['n']);
      expect(first['id']).not.toBe(second['id']);
    }, 60_000);
  });

  const root = process.getuid?.() === 0;
  const why = backend.absent ?? (root ? undefined : 'the tests already run as an ordinary user');
  describe.skipIf(why !== undefined)(
    `${backend.name} under a server that is not root${why ? ` (skipped: ${why})` : ''}`,
    () => {
      it('holds against the same attempts', async ({ skip }) => {
        const result = await asOrdinaryUser(backend.name);
        if (result.unavailable) skip(`for an ordinary user: ${result.unavailable}`);
        expect(result.failures).toEqual([]);
        expect(result.tried).toBeGreaterThan(120);
      }, 240_000);
    },
  );
}

describe('no template escapes', () => {
  let renderer: TemplateRenderer;
  beforeAll(() => {
    renderer = createTemplateRenderer({ limits: { timeoutMs: 8000 } });
  });
  afterAll(() => renderer.close());

  it.each(templateReaches)('$template', async ({ template, allowed }) => {
    const text = await renderer.render({ template, variables: { x: { a: 'b' } } }).catch((error: unknown) => {
      if (isSandboxError(error, 'template_failed') || isSandboxError(error, 'template_syntax')) return '';
      throw error;
    });
    // What a value prints as may name its kind; it must not be anything of the host's.
    expect(text.replace(/<(?:function|class|built-in|bound|Macro|TemplateReference)[^>]*>/g, '').trim()).toBe(
      allowed ?? '',
    );
  });

  it.each(templateBombs.map((template) => ({ template, title: template.slice(0, 80) })))(
    'is refused: $title',
    async ({ template }) => {
      await expect(renderer.render({ template, variables: {} })).rejects.toBeInstanceOf(SandboxError);
      expect(await renderer.render({ template: '{{ 1 + 1 }}', variables: {} })).toBe('2');
    },
    30_000,
  );
});

function asOrdinaryUser(name: string): Promise<{ unavailable?: string; tried: number; failures: string[] }> {
  const script = fileURLToPath(new URL('./escape/as-ordinary-user.ts', import.meta.url));
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, name], {
      uid: 65_534,
      gid: 65_534,
      env: { TRELLIS_BAIT: 'secret' },
      cwd: '/',
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.once('error', reject);
    child.once('close', (status) => {
      if (status === 0) resolve(JSON.parse(stdout));
      else
        resolve({
          unavailable: `the test program could not run (${stderr.split('\n')[4] ?? status})`,
          tried: 0,
          failures: [],
        });
    });
  });
}
