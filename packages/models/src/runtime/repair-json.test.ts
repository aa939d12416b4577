import fc from 'fast-check';
import { expect, it } from 'vitest';
import { repairJson } from './repair-json.ts';

it.each([
  ['{"a": 1}', { a: 1 }],
  ['Here you are:\n```json\n{"a": [1, 2,],}\n```\nBye', { a: [1, 2] }],
  ["{'a': 'it''s', b: True, c: None}", { a: "it''s", b: true, c: null }],
  ['{"a": "say "hi" now", "b": 2}', { a: 'say "hi" now', b: 2 }],
  ['{"a": "line\nbreak"}', { a: 'line\nbreak' }],
  ['{"a": {"b": [1, 2', { a: { b: [1, 2] } }],
  ['{"a": "cut o', { a: 'cut o' }],
  ['{"a": 1 // one\n, /* two */ "b": 2}', { a: 1, b: 2 }],
  ['{"a": "\\u4e16\\n"}', { a: '世\n' }],
  ['[{"a": 1}, {"a": 2}]', [{ a: 1 }, { a: 2 }]],
  ['no json here', undefined],
])('reads %j', (text, expected) => {
  expect(repairJson(text)).toEqual(expected);
});

it('reads every valid object and array unchanged', () => {
  const value = fc.oneof(
    fc.array(fc.jsonValue()),
    fc.dictionary(
      fc.string().filter((key) => key !== '__proto__'),
      fc.jsonValue(),
    ),
  );
  fc.assert(
    fc.property(value, (json) => {
      const text = JSON.stringify(json);
      // Texts that look like the end of a value are the one thing that lenient reading cannot tell apart.
      fc.pre(!/\\"\s*[,:}\]]|__proto__|```/u.test(text));
      expect(repairJson(text)).toEqual(JSON.parse(text));
    }),
    { numRuns: 200 },
  );
});

it('ends on any input', () => {
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.constantFrom('{', '}', '[', ']', '"', "'", ':', ',', '\\', 'a', ' ', '\n', '/', '*'),
        maxLength: 60,
      }),
      (text) => {
        repairJson(text);
      },
    ),
    { numRuns: 500 },
  );
  expect(repairJson('['.repeat(50_000))).toBeDefined();
});
