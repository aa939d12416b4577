import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createSandbox, type OutputDeclarations, type Sandbox } from '../src/index.ts';

// Code nodes of app files that other people wrote, run for real with inputs of the kind they expect.
const folder = fileURLToPath(new URL('../../../../shared/fixtures/dsl', import.meta.url));
const absent = existsSync(folder) ? undefined : 'the shared fixtures are not here';

interface CodeNode {
  readonly title: string;
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

/** Inputs that make a node succeed, by the variables it takes. */
const inputs: readonly {
  readonly file: string;
  readonly values: Record<string, unknown>;
  readonly expected: unknown;
}[] = [
  {
    file: '07-operations-pipeline.yml',
    values: { arg1: '{"data":{"url":"http://x/y.png"}}' },
    expected: { image_1_url: 'http://x/y.png' },
  },
  {
    file: '04-code-translation.yml',
    values: {
      text: '{"json":{"out_file_name":"a.py","python":[{"type":"function","signature":"def f()"},{"type":"import"}]}}',
      dest_lang: 'python',
    },
    expected: {
      resp: {
        out_file_name: 'a.py',
        python: [{ type: 'function', signature: 'def f()' }, { type: 'import' }],
      },
      signatures: ['def f()'],
    },
  },
  { file: '32-surrounded-by-models.yml', values: { query: 'abc' }, expected: { reversed_query: 'cba' } },
  { file: '42-headline-writer.yml', values: { titles: 'a\\nb\nc' }, expected: { result: ['a', 'b', 'c'] } },
  {
    file: '40-couplets.yml',
    values: { text: 'x {"banner":"ab","top":"t","bottom":"b","summary":"s"} y', enabled_summary: '关闭' },
    expected: { banner: 'ab', reversed_banner: 'ba', top: 't', bottom: 'b', summary: '福' },
  },
];

function codeNodes(file: string): CodeNode[] {
  const app = parse(readFileSync(`${folder}/${file}`, 'utf8'), { version: '1.1' });
  const nodes: {
    data: {
      type: string;
      title: string;
      code: string;
      outputs: OutputDeclarations;
      variables: { variable: string }[];
    };
  }[] = app.workflow?.graph?.nodes ?? [];
  return nodes
    .filter(({ data }) => data.type === 'code')
    .map(({ data }) => ({ ...data, variables: data.variables.map(({ variable }) => variable) }));
}

describe.skipIf(absent)(`code nodes of real app files${absent ? ` (skipped: ${absent})` : ''}`, () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await createSandbox();
  });
  afterAll(() => sandbox.close());

  it.each(inputs)(
    '$file gives the expected outputs',
    async ({ file, values, expected }) => {
      const node = codeNodes(file).find(({ variables }) => variables.join() === Object.keys(values).join());
      expect(node).toBeDefined();
      const run = sandbox.openRun({ runId: file });
      const result = await run.run({
        language: 'python3',
        code: node?.code ?? '',
        inputs: values,
        outputs: node?.outputs ?? {},
      });
      await run.close();
      expect(result.outputs).toEqual(expected);
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

  const files = absent ? [] : readdirSync(folder).filter((file) => codeNodes(file).length > 0);
  it.each(files.filter((file) => !(file in missingModules)))(
    'every code node of %s compiles and has a main',
    async (file) => {
      const run = sandbox.openRun({ runId: file });
      for (const { code } of codeNodes(file)) {
        // Defines everything the node does and asks for its parameters instead of calling it.
        const probe = `${code}\nimport inspect as _inspect\n_real = main\ndef main(**inputs):\n    return {"parameters": list(_inspect.signature(_real).parameters)}\n`;
        const { outputs } = await run.run({ language: 'python3', code: probe, inputs: {} });
        expect(Array.isArray(outputs['parameters'])).toBe(true);
      }
      await run.close();
    },
    60_000,
  );
});
