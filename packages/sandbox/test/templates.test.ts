import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { createTemplateRenderer, PythonFloat, renderTemplate, TemplateError } from '../src/index.ts';

interface CaseFile {
  readonly variables: Record<string, unknown>;
  readonly cases: readonly { readonly template: string; readonly expected: string }[];
}

const given = fileURLToPath(new URL('../../../../shared/fixtures/jinja/cases.json', import.meta.url));
const files = [
  { name: 'our own cases', path: fileURLToPath(new URL('./jinja-cases.json', import.meta.url)), least: 600 },
  { name: 'the given cases', path: given, least: 104 },
];

for (const { name, path, least } of files) {
  const absent = existsSync(path) ? undefined : 'the shared fixtures are not here';
  describe.skipIf(absent)(
    `${name} come out as Python's jinja2 has them${absent ? ` (skipped: ${absent})` : ''}`,
    () => {
      const file: CaseFile = absent ? { variables: {}, cases: [] } : JSON.parse(readFileSync(path, 'utf8'));

      it(`has at least ${least} of them`, () => {
        expect(file.cases.length).toBeGreaterThanOrEqual(least);
      });

      it.each(file.cases)('$template', ({ template, expected }) => {
        expect(renderOrError(template, file.variables)).toBe(expected);
      });
    },
  );
}

describe('a template', () => {
  it('knows a whole float from an integer', () => {
    expect(
      renderTemplate({ template: '{{ a }} {{ b }} {{ a * 2 }}', variables: { a: new PythonFloat(3), b: 3 } }),
    ).toBe('3.0 3 6.0');
    expect(
      renderTemplate({ template: '{{ a }} {{ b }}', variables: '{"a": 3.0, "b": 12345678901234567890}' }),
    ).toBe('3.0 12345678901234567890');
  });

  it('does not change the variables it is given', () => {
    const variables = { list: [1] };
    renderTemplate({ template: '{{ list.append(2) }}', variables });
    expect(variables.list).toEqual([1]);
  });

  it('tells the line of a failure', () => {
    try {
      renderTemplate({ template: 'a\n\n{{ 1 / 0 }}', variables: {} });
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ kind: 'ZeroDivisionError', line: 3 });
    }
  });

  it('refuses variables that are no data', () => {
    expect(() => renderTemplate({ template: '', variables: { f: () => 1 } })).toThrow(TemplateError);
  });
});

describe('the template renderer', () => {
  const renderer = createTemplateRenderer();
  afterAll(() => renderer.close());

  it('renders off the main thread, many at once', async () => {
    const texts = await Promise.all(
      Array.from({ length: 50 }, (_, n) => renderer.render({ template: '{{ n + 1 }}', variables: { n } })),
    );
    expect(texts).toEqual(Array.from({ length: 50 }, (_, n) => String(n + 1)));
  });

  it('stops a rendering at its time limit and goes on', async () => {
    const template = '{% for a in range(1000000) %}{% for b in range(1000000) %}{% endfor %}{% endfor %}';
    const slow = renderer.render({ template, variables: {}, limits: { timeoutMs: 200, fuel: 1e15 } });
    await expect(slow).rejects.toMatchObject({ code: 'template_timeout' });
    expect(await renderer.render({ template: 'ok', variables: {} })).toBe('ok');
  });

  it('stops a rendering whose caller gives up', async () => {
    const abort = new AbortController();
    const template = '{% for a in range(1000000) %}{% for b in range(1000000) %}{% endfor %}{% endfor %}';
    const stopped = renderer.render({
      template,
      variables: {},
      limits: { fuel: 1e15 },
      signal: abort.signal,
    });
    setTimeout(() => abort.abort(), 100);
    await expect(stopped).rejects.toMatchObject({ code: 'template_aborted' });
  });

  it('refuses text beyond its limit, counted in characters', async () => {
    const render = (template: string) =>
      renderer.render({ template, variables: {}, limits: { maxOutputLength: 10 } });
    expect(await render('{{ "😀" * 10 }}')).toBe('😀'.repeat(10));
    await expect(render('{{ "x" * 11 }}')).rejects.toMatchObject({ code: 'template_output_too_large' });
  });

  it('reports errors with the Python name, message and line', async () => {
    await expect(renderer.render({ template: '\n{% do x %}', variables: {} })).rejects.toMatchObject({
      code: 'template_syntax',
      message: "TemplateSyntaxError: Encountered unknown tag 'do'. (line 2)",
      errorType: 'TemplateRenderError',
    });
  });
});

function renderOrError(template: string, variables: Record<string, unknown>): string {
  try {
    return renderTemplate({ template, variables });
  } catch (error) {
    if (error instanceof TemplateError) return `ERROR ${error.kind}: ${error.message}`;
    throw error;
  }
}
