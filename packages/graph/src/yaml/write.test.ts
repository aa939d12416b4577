import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readYaml } from './read.ts';
import { writeYaml } from './write.ts';

const trickyPieces = [
  ...'abB01_.-+eEox: #\'"{}[],&*!|>%@`?=<~y',
  '\n',
  '\n\n',
  '\t',
  '\r',
  '  ',
  '- ',
  '---',
  '\\',
  '\u0000',
  '\u007F',
  '\u0085',
  '\u2028',
  '\uFEFF',
  '\u00A0',
  '中',
  '🤖',
  'no',
  'null',
  '{{#a.b#}}',
];
const trickyText = fc
  .array(fc.constantFrom(...trickyPieces), { maxLength: 12 })
  .map((pieces) => pieces.join(''));
const { value: anyValue } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    trickyText,
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0)),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(trickyText, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
}));

describe('writeYaml', () => {
  it('writes what our reader reads back as the same value', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        expect(readYaml(writeYaml(value))).toEqual(value);
      }),
      { numRuns: 500 },
    );
  });

  it('writes what a reader of YAML 1.2 reads as the same value', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        expect(parse(writeYaml(value), { merge: false })).toEqual(value);
      }),
      { numRuns: 300 },
    );
  });

  it('sorts keys, leaves out undefined entries and does not indent lists', () => {
    const value = { b: [{ z: 1, a: 2 }, [1]], a: {}, c: undefined, d: [] };
    expect(writeYaml(value)).toBe('a: {}\nb:\n- a: 2\n  z: 1\n- - 1\nd: []\n');
  });

  it('keeps the order of keys where it has a meaning', () => {
    const keepOrderBelow = new Set(['schema']);
    expect(writeYaml({ z: 1, schema: { z: { y: 1, b: 2 }, a: 1 }, a: 1 }, { keepOrderBelow })).toBe(
      'a: 1\nschema:\n  z:\n    y: 1\n    b: 2\n  a: 1\nz: 1\n',
    );
  });

  it('writes texts of several lines as blocks', () => {
    expect(writeYaml({ a: 'x\n\n  y', b: ['x\n'], c: '  x\ny\n\n' })).toBe(
      'a: |-\n  x\n\n    y\nb:\n- |\n  x\nc: |2+\n    x\n  y\n\n',
    );
  });

  it('quotes only what needs quotes', () => {
    expect(writeYaml({ a: 'yes', b: '0.6.0', c: '1', d: '🤖', e: 'it: x', f: "it's", g: 'a\u0000' })).toBe(
      "a: 'yes'\nb: 0.6.0\nc: '1'\nd: 🤖\ne: 'it: x'\nf: it's\ng: \"a\\0\"\n",
    );
  });

  it('writes numbers so that YAML 1.1 reads them as numbers', () => {
    expect(writeYaml([1e21, 1e-7, 0.7, -3])).toBe('- 1.0e+21\n- 1.0e-7\n- 0.7\n- -3\n');
  });

  it('writes long keys in the explicit form', () => {
    const key = 'k'.repeat(2000);
    expect(readYaml(writeYaml({ [key]: { a: 1 } }))).toEqual({ [key]: { a: 1 } });
  });
});
