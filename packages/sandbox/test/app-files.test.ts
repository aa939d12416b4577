import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createSandbox, type OutputDeclarations, type Sandbox } from '../src/index.ts';
import { appFileCases } from './app-file-cases.ts';

// Code nodes of app files that other people wrote, run for real with inputs of the kind they expect.
const folder = fileURLToPath(new URL('../../../../shared/fixtures/dsl', import.meta.url));
const absent = existsSync(folder) ? undefined : 'the shared fixtures are not here';

interface CodeNode {
  readonly id: string;
  readonly code: string;
  readonly outputs: OutputDeclarations;
  readonly variables: readonly string[];
}

/** Files that import third-party modules, and the one that each misses first. */
const missingModules: Readonly<Record<string, string>> = {
  '21-word-segmentation.yml': 'jieba',
  '25-matplotlib.yml': 'matplotlib',
  '32-surrounded-by-models.yml': 'sympy',
  '45-subtitle-signing.yml': 'requests',
};

function codeNodes(file: string): CodeNode[] {
  const app = parse(readFileSync(`${folder}/${file}`, 'utf8'), { version: '1.1' });
  const nodes: {
    id: string;
    data: {
      type: string;
      code: string;
      outputs: OutputDeclarations;
      variables: { variable: string }[];
    };
  }[] = app.workflow?.graph?.nodes ?? [];
  return nodes
    .filter(({ data }) => data.type === 'code')
    .map(({ id, data }) => ({ ...data, id, variables: data.variables.map(({ variable }) => variable) }));
}

describe.skipIf(absent)(`code nodes of real app files${absent ? ` (skipped: ${absent})` : ''}`, () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await createSandbox();
  });
  afterAll(() => sandbox.close());

  // At once, because two of them sleep.
  it.concurrent.each(appFileCases)(
    '$file, node $node: $why',
    async ({ file, node: id, values, expected, read, atLeastMs = 0 }) => {
      const node = codeNodes(file).find((candidate) => candidate.id === id);
      expect(Object.keys(values)).toEqual(node?.variables);
      const run = sandbox.openRun({ runId: `${file} ${id}` });
      const before = performance.now();
      const { outputs } = await run.run({
        language: 'python3',
        code: node?.code ?? '',
        inputs: values,
        outputs: node?.outputs ?? {},
        // Sleeping leaves a busy machine little of the usual limit.
        limits: { timeoutMs: 40_000 },
      });
      const took = performance.now() - before;
      await run.close();
      expect(read ? read(outputs) : outputs).toEqual(expected);
      // Clocks differ by less than this.
      expect(took).toBeGreaterThan(atLeastMs - 50);
    },
    60_000,
  );

  it.each(Object.entries(missingModules))(
    '%s names the module %s that is missing',
    async (file, module) => {
      const node = codeNodes(file).find(({ code }) => code.includes(`import ${module}`));
      expect(node).toBeDefined();
      const values = Object.fromEntries((node?.variables ?? []).map((name) => [name, 'x']));
      const run = sandbox.openRun({ runId: file });
      const running = run.run({ language: 'python3', code: node?.code ?? '', inputs: values });
      await expect(running).rejects.toMatchObject({ code: 'code_module_missing', module });
      await run.close();
    },
    60_000,
  );

  it('calls every code node that uses only the standard library', () => {
    const standard = readdirSync(folder).flatMap((file) => {
      const missing = missingModules[file];
      return codeNodes(file)
        .filter(({ code }) => missing === undefined || !code.includes(`import ${missing}`))
        .map(({ id }) => `${file} ${id}`);
    });
    const called = new Set(appFileCases.map(({ file, node }) => `${file} ${node}`));
    expect([...called].sort()).toEqual(standard.sort());
  });
});
