import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addDecimals,
  asFloat,
  Float,
  fileTypeOf,
  fileValue,
  inferType,
  maskSecret,
  numberText,
  parseJson,
  parseTemplate,
  renderTemplate,
  toLogText,
  toMarkdown,
  toText,
  Variable,
  VariablePool,
} from './index.ts';

const image = fileValue({ filename: 'a.png', extension: '.png', url: 'https://x/a.png' });
const document = fileValue({ filename: null, extension: '.pdf', remote_url: 'https://x/b.pdf' });

describe('Text forms', () => {
  test.each<[unknown, string, string]>([
    [null, '', ''],
    ['text', 'text', 'text'],
    [5, '5', '5'],
    [1.5, '1.5', '1.5'],
    [new Float(1), '1.0', '1.0'],
    [new Float(1e20), '1e+20', '1e+20'],
    [true, 'True', 'True'],
    [false, 'False', 'False'],
    [{ a: 1, b: 'ü' }, '{"a": 1, "b": "ü"}', '{\n  "a": 1,\n  "b": "ü"\n}'],
    [[], '', ''],
    [['a', 'b'], '["a", "b"]', '- a\n- b'],
    [[1, 2.5], '[1, 2.5]', '- 1\n- 2.5'],
    [[true], '[True]', '- True'],
    [[{ a: 1, b: null }], "[{'a': 1, 'b': None}]", "- {'a': 1, 'b': None}"],
    [["it's", 'x', 1], "[\"it's\", 'x', 1]", "- it's\n- x\n- 1"],
    [image, '', '![a.png](https://x/a.png)'],
    [document, '', '[https://x/b.pdf](https://x/b.pdf)'],
    [[image, document], '', '![a.png](https://x/a.png)\n[https://x/b.pdf](https://x/b.pdf)'],
  ])('of %j are as in Python', (value, text, markdown) => {
    expect(toText(value)).toBe(text);
    expect(toMarkdown(value)).toBe(markdown);
  });

  test('deep nesting does not exhaust the stack', () => {
    let deep: unknown = 1;
    for (let level = 0; level < 100_000; level += 1) deep = level % 2 === 0 ? [deep] : { deep };
    expect(toText(deep)).toContain('...');
    expect(toMarkdown([deep])).toContain('...');
  });

  test.each([
    [1e16, '10000000000000000'],
    [1.5e-7, '1.5e-07'],
    [0.0001, '0.0001'],
    [123456789.125, '123456789.125'],
  ])('numbers: %d is %s', (value, text) => expect(numberText(value)).toBe(text));

  test('secrets are masked in the log form only', () => {
    expect(maskSecret('short')).toBe('*'.repeat(20));
    expect(maskSecret('sk-123456789')).toBe('sk-123************89');
    const secret = new Variable('sk-123456789', 'secret');
    expect(toText(secret.value)).toBe('sk-123456789');
    expect(toLogText(secret)).toBe('sk-123************89');
  });

  test('JSON keeps whole floats apart from integers', () => {
    expect(parseJson('{"a": 1.0, "b": 1, "c": 1e3, "d": 1.5}')).toEqual({
      a: new Float(1),
      b: 1,
      c: new Float(1000),
      d: 1.5,
    });
    expect(asFloat(2)).toEqual(new Float(2));
    expect(asFloat(2.5)).toBe(2.5);
  });
});

describe('Types', () => {
  test.each<[unknown, string]>([
    [null, 'none'],
    [true, 'boolean'],
    [1, 'integer'],
    [1.5, 'float'],
    ['', 'string'],
    [{}, 'object'],
    [image, 'file'],
    [[], 'array[any]'],
    [[1, 1.5], 'array[number]'],
    [['a'], 'array[string]'],
    [[null], 'array[any]'],
    [[[1]], 'array[any]'],
    [[{}], 'array[object]'],
    [[image], 'array[file]'],
    [[1, 'a'], 'array[any]'],
  ])('%j is inferred as %s', (value, type) => expect(inferType(value)).toBe(type));

  test('files are told by extension, then by MIME type', () => {
    expect(fileTypeOf('.PNG', null)).toBe('image');
    expect(fileTypeOf('pdf', 'image/png')).toBe('document');
    expect(fileTypeOf('.xyz', 'audio/x')).toBe('audio');
    expect(fileTypeOf(null, 'application/x')).toBe('custom');
  });
});

describe('Pool', () => {
  const pool = new VariablePool();
  pool.setAll('n', { object: { a: { b: 0 }, empty: '', none: null }, list: [1], file: image, text: 'x' });

  test.each([
    [['n', 'object', 'a', 'b'], 0],
    [['n', 'object', 'empty'], ''],
    [['n', 'object', 'none'], null],
    [['n', 'file', 'name'], 'a.png'],
    [['n', 'file', 'extension', 'ignored'], '.png'],
  ])('#91 %j is found', (selector, value) => expect(pool.get(selector)?.value).toEqual(value));

  test.each([
    [['n', 'object', 'missing']],
    [['n']],
    [[]],
    [['n', 'list', '0']],
    [['n', 'file', 'secret']],
    [['n', 'text', 'length']],
    [['n', 'object', 'constructor']],
    [['other', 'x']],
  ])('#91 %j has no value', (selector) => expect(pool.get(selector)).toBeUndefined());

  test('old selectors reach system variables through a node', () => {
    const own = pool.fork();
    own.set('sys', 'query', new Variable('q'));
    expect(own.get(['n', 'sys.query'])?.value).toBe('q');
    expect(own.get(['n', 'sys', 'query'])?.value).toBe('q');
    expect(own.get(['nobody', 'sys.query'])).toBeUndefined();
  });

  test('a fork does not see later writes, nor is it seen', () => {
    const fork = pool.fork();
    pool.set('n', 'late', new Variable(1));
    fork.set('n', 'own', new Variable(2));
    expect(fork.get(['n', 'late'])).toBeUndefined();
    expect(pool.get(['n', 'own'])).toBeUndefined();
  });
});

describe('Templates', () => {
  const pool = new VariablePool();
  pool.setAll('a', { b: 'value', list: ['x'] });

  test('#92 a placeholder without a value leaves its inner selector', () => {
    expect(renderTemplate('{{#a.b#}} and {{#a.missing#}}', pool)).toBe('value and a.missing');
  });

  test.each([
    `{{#a.${'x'.repeat(31)}#}}`,
    '{{#a.1b#}}',
    '{{#a#}}',
    '{{#context#}}',
    '{{ #a.b# }}',
    `{{#${'n'.repeat(51)}.b#}}`,
  ])('%s is no placeholder and stays', (text) => expect(renderTemplate(text, pool)).toBe(text));

  test('the markdown form is for answers', () => {
    expect(renderTemplate('{{#a.list#}}', pool, 'markdown')).toBe('- x');
    expect(renderTemplate('{{#a.list#}}', pool)).toBe('["x"]');
  });

  test('text is split without loss', () => {
    const piece = fc.oneof(fc.string(), fc.constantFrom('{{#a.b#}}', '{{#', '#}}', '{{#x.y.z#}}'));
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join('');
        const joined = parseTemplate(text)
          .map((segment) =>
            segment.kind === 'literal' ? segment.text : `{{#${segment.selector.join('.')}#}}`,
          )
          .join('');
        expect(joined).toBe(text);
      }),
    );
  });
});

test('decimal texts add exactly', () => {
  expect(addDecimals('0.1', '0.2')).toBe('0.3');
  expect(addDecimals('1', '0.0000001')).toBe('1.0000001');
  expect(addDecimals('-1.5', '1')).toBe('-0.5');
});
