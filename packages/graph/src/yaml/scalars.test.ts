import { describe, expect, it } from 'vitest';
import { isTextWhenPlain, readPlainScalar } from './scalars.ts';

// Expectations taken from PyYAML 6.0.3 (yaml.SafeLoader), the reader that these files are made for.
const table: [text: string, value: unknown][] = [
  ['', null],
  ['~', null],
  ['null', null],
  ['nUll', 'nUll'],
  ['yes', true],
  ['On', true],
  ['TRUE', true],
  ['no', false],
  ['off', false],
  ['y', 'y'],
  ['N', 'N'],
  ['tRue', 'tRue'],
  ['0', 0],
  ['-0', 0],
  ['+12', 12],
  ['1_000', 1000],
  ['017', 15],
  ['-017', -15],
  ['08', '08'],
  ['0o17', '0o17'],
  ['0x1F', 31],
  ['0b101', 5],
  ['1:30', 90],
  ['190:20:30', 685230],
  ['-1:30', -90],
  ['01:30', '01:30'],
  ['1:60', '1:60'],
  ['1:30.5', 90.5],
  ['01:30.5', 90.5],
  ['1.', 1],
  ['.5', 0.5],
  ['1_0.5', 10.5],
  ['1.0e+3', 1000],
  ['1.0e3', '1.0e3'],
  ['1e3', '1e3'],
  ['1e+3', '1e+3'],
  ['.', '.'],
  ['-', '-'],
  ['0.1.5', '0.1.5'],
  ['0.6.0', '0.6.0'],
];

function readValue(text: string): unknown {
  const read = readPlainScalar(text);
  return read.kind === 'null' || read.kind === 'merge' ? null : read.value;
}

describe('readPlainScalar', () => {
  it.each(table)('reads %j as %j', (text, value) => {
    expect(readValue(text)).toBe(value);
  });

  it.each(['2024-01-31', '2024-01-31 10:00:00', '.inf', '-.INF', '.nan', '9007199254740993', '='])(
    'keeps %j as text, because JSON has no value for it',
    (text) => {
      expect(readValue(text)).toBe(text);
    },
  );

  it('knows the merge key', () => {
    expect(readPlainScalar('<<')).toEqual({ kind: 'merge' });
  });
});

describe('isTextWhenPlain', () => {
  it.each(['yes', '1', '1e3', '0o17', '08', '1:30', '2024-01-31', '.inf', '', '~', '<<', '='])(
    'wants quotes around %j',
    (text) => {
      expect(isTextWhenPlain(text)).toBe(false);
    },
  );

  it.each(['hello', 'yesterday', '0.6.0', 'a1', 'node_1'])('writes %j without quotes', (text) => {
    expect(isTextWhenPlain(text)).toBe(true);
  });
});
