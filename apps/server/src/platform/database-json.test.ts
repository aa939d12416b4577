import { describe, expect, it } from 'vitest';
import { parseStorableJson, storableText, toDatabaseJson } from './database-json.ts';

describe('toDatabaseJson', () => {
  it('leaves ordinary values as JSON.stringify makes them', () => {
    const value = { text: 'größe 🌿', list: [1, null, true] };
    expect(toDatabaseJson(value)).toBe(JSON.stringify(value));
  });

  it('removes NUL at any depth', () => {
    expect(JSON.parse(toDatabaseJson({ a: [{ b: 'x\0y' }] }))).toEqual({ a: [{ b: 'xy' }] });
  });

  it('replaces lone surrogates and keeps pairs', () => {
    expect(JSON.parse(toDatabaseJson({ a: '\ud83c', b: '🌿' }))).toEqual({ a: '\ufffd', b: '🌿' });
  });

  it('keeps text that only looks like an escape', () => {
    expect(JSON.parse(toDatabaseJson({ a: '\\u0000' }))).toEqual({ a: '\\u0000' });
  });
});

describe('storableText', () => {
  it('keeps ordinary text as it is', () => {
    expect(storableText('plain')).toBe('plain');
  });
});

describe('parseStorableJson', () => {
  it('reads ordinary JSON as JSON.parse does', () => {
    expect(parseStorableJson('{"a":[1,"größe 🌿",null]}')).toEqual({ a: [1, 'größe 🌿', null] });
  });

  it('takes NUL and lone surrogates out of values and keys, at any depth', () => {
    expect(parseStorableJson('{"a\\u0000":[{"b":"x\\u0000y"}],"c":"\\ud83c"}')).toEqual({
      a: [{ b: 'xy' }],
      c: '\ufffd',
    });
  });

  it('keeps pairs that are written as escapes', () => {
    expect(parseStorableJson('"\\ud83c\\udf3f"')).toBe('🌿');
  });
});
