import { describe, expect, it } from 'vitest';
import { readYaml, YamlError, type YamlLimits } from './read.ts';

function codeOf(text: string, limits?: YamlLimits): string {
  try {
    readYaml(text, limits);
  } catch (error) {
    if (error instanceof YamlError) return error.code;
    throw error;
  }
  return 'read';
}

describe('readYaml', () => {
  it('reads plain values by YAML 1.1 and quoted ones as text', () => {
    expect(readYaml('a: yes\nb: "yes"\nc: \'1\'\nd: |\n  1\ne:\n')).toEqual({
      a: true,
      b: 'yes',
      c: '1',
      d: '1\n',
      e: null,
    });
  });

  it('keeps the keys y and n as text, where the position of a node has one', () => {
    expect(readYaml('position: {x: 80, y: 282}\nn: 1')).toEqual({ position: { x: 80, y: 282 }, n: 1 });
  });

  it('makes text of other keys as JSON does', () => {
    expect(readYaml('on: 1\n017: 2\n1.0: 3\n~: 4')).toEqual({ true: 1, 15: 2, '1.0': 3, null: 4 });
  });

  it('lets the last of equal keys win', () => {
    expect(readYaml('a: 1\na: 2')).toEqual({ a: 2 });
  });

  it('merges mappings: own keys win, then earlier mappings', () => {
    const text = 'a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\nc: {<<: [{x: 5}, *a]}\nd: {"<<": 1}';
    expect(readYaml(text)).toEqual({
      a: { x: 1, y: 2 },
      b: { x: 1, y: 3 },
      c: { x: 5, y: 2 },
      d: { '<<': 1 },
    });
  });

  it('follows aliases with copies, so that changing one value changes no other', () => {
    const value = readYaml('a: &a {x: 1}\nb: *a') as { a: object; b: object };
    expect(value.b).toEqual({ x: 1 });
    expect(value.a).not.toBe(value.b);
  });

  it('accepts the tags of JSON types', () => {
    expect(readYaml('[!!str 1, !!int "2", !!float 3, !!bool "yes", !!null "", ! 4]')).toEqual([
      '1',
      2,
      3,
      true,
      null,
      '4',
    ]);
  });

  it('reads an empty text as null, skips a byte order mark and normalises line ends', () => {
    expect(readYaml('')).toBe(null);
    expect(readYaml('\uFEFFa: 1')).toEqual({ a: 1 });
    expect(readYaml('a: |\r\n  x\r\n  y\r\n')).toEqual({ a: 'x\ny\n' });
  });

  it('takes line separators of Unicode for the ends of lines that they are in YAML 1.1', () => {
    expect(readYaml('a: \'x\u2028  y\'\nb: "x\\Ly"')).toEqual({ a: 'x\u2028y', b: 'x\u2028y' });
  });

  it.each([
    ['a: !!python/object/apply:os.system [ls]', 'yaml_forbidden_tag'],
    ['a: !!python/name:os.system x', 'yaml_forbidden_tag'],
    ['a: !!binary aGk=', 'yaml_forbidden_tag'],
    ['a: !!set {x, y}', 'yaml_forbidden_tag'],
    ['a: !own {x: 1}', 'yaml_forbidden_tag'],
    ['a: !!int x', 'yaml_invalid'],
    ['__proto__: {x: 1}', 'yaml_forbidden_key'],
    ['a: {"__proto__": 1}', 'yaml_forbidden_key'],
    ['? [a]\n: 1', 'yaml_invalid'],
    ['a: "x', 'yaml_invalid'],
    ['a: b: c', 'yaml_invalid'],
    ['a: *nothing', 'yaml_invalid'],
    ['a: &a [*a]', 'yaml_invalid'],
    ['a: &a {<<: *a}', 'yaml_invalid'],
    ['a: {<<: 1}', 'yaml_invalid'],
    ['a: 1\n---\nb: 2', 'yaml_invalid'],
  ])('refuses %j with %s', (text, code) => {
    expect(codeOf(text)).toBe(code);
  });

  it('refuses what is nested too deeply, also beyond what the parser can take', () => {
    expect(codeOf(`${'['.repeat(300)}${']'.repeat(300)}`)).toBe('yaml_too_deep');
    expect(codeOf('['.repeat(50_000))).toBe('yaml_too_deep');
  });

  it('refuses texts beyond the size limit, counted in UTF-8', () => {
    expect(codeOf('中中', { maxBytes: 6 })).toBe('read');
    expect(codeOf('中中', { maxBytes: 5 })).toBe('yaml_too_large');
  });

  it.each([
    ['aliases of lists', (index: number) => `a${index}: &a${index} [${`*a${index - 1},`.repeat(9)}]`],
    ['merge keys', (index: number) => `a${index}: &a${index} {<<: [${`*a${index - 1},`.repeat(9)}]}`],
  ])('refuses a few lines of %s that would become gigabytes', (_kind, line) => {
    const lines = Array.from({ length: 12 }, (_, index) => line(index + 1));
    expect(codeOf(['a0: &a0 {x: 1}', ...lines].join('\n'))).toBe('yaml_too_many_values');
  });

  it('names the line of an error', () => {
    expect(() => readYaml('a: 1\nb: !!set {x}\n')).toThrow('line 2');
  });
});
