import { describe, expect, it } from 'vitest';
import { credentialFieldSchema } from '../schema/credential-form.ts';
import { checkCredentials } from './check-credentials.ts';
import { maskCredentials, maskSecret, restoreSecrets, unchangedSecret } from './mask-credentials.ts';

const field = (input: object) =>
  credentialFieldSchema.parse({ label: { en_US: 'x' }, type: 'text-input', ...input });
const options = (...values: string[]) => values.map((value) => ({ label: { en_US: value }, value }));

describe('checking submitted credentials', () => {
  it('names a required field that is missing or blank', () => {
    const form = [field({ variable: 'key', type: 'secret-input' })];
    for (const input of [{}, { key: '' }, { key: '  ' }, { key: null }]) {
      expect(() => checkCredentials(form, input)).toThrow('Variable key is required');
    }
  });

  it('drops unknown and empty optional fields, and trims', () => {
    const form = [field({ variable: 'url' }), field({ variable: 'note', required: false })];
    expect(checkCredentials(form, { url: ' http://a ', note: '', other: 'x' })).toEqual({ url: 'http://a' });
  });

  it('fills defaults in, before it looks at what depends on them', () => {
    const form = [
      field({ variable: 'auth', type: 'select', default: 'key', options: options('key', 'none') }),
      field({ variable: 'secret', show_on: [{ variable: 'auth', value: 'key' }] }),
    ];
    expect(() => checkCredentials(form, {})).toThrow('Variable secret is required');
    expect(checkCredentials(form, { secret: 's' })).toEqual({ auth: 'key', secret: 's' });
    expect(checkCredentials(form, { auth: 'none', secret: 's' })).toEqual({ auth: 'none' });
  });

  it('takes the field that applies to the model type where a variable stands several times', () => {
    const form = [
      field({ variable: 'size', default: '4096', show_on: [{ variable: '__model_type', value: 'llm' }] }),
      field({
        variable: 'size',
        default: '512',
        show_on: [{ variable: '__model_type', value: 'text-embedding' }],
      }),
    ];
    expect(checkCredentials(form, {}, 'llm')).toEqual({ size: '4096' });
    expect(checkCredentials(form, {}, 'text-embedding')).toEqual({ size: '512' });
    expect(checkCredentials(form, { size: '9' }, 'rerank')).toEqual({});
  });

  it.each([
    [{ variable: 'v' }, 5, 'Variable v should be string'],
    [{ variable: 'v', max_length: 2 }, 'abc', 'Variable v length should not be greater than 2'],
    [{ variable: 'v', type: 'select', options: options('a') }, 'b', 'Variable v is not in options'],
    [{ variable: 'v', type: 'radio', options: options('a') }, 'b', 'Variable v is not in options'],
    [{ variable: 'v', type: 'switch' }, 'maybe', 'Variable v should be true or false'],
  ])('refuses %j with %j', (input, value, message) => {
    expect(() => checkCredentials([field(input)], { v: value })).toThrow(message);
  });

  it('stores switches as booleans', () => {
    const form = [field({ variable: 'a', type: 'switch' }), field({ variable: 'b', type: 'switch' })];
    expect(checkCredentials(form, { a: 'TRUE', b: false })).toEqual({ a: true, b: false });
  });

  it('honours conditions of single options', () => {
    const base = { label: { en_US: 'x' } };
    const form = [
      field({ variable: 'kind', type: 'select', options: options('a', 'b') }),
      field({
        variable: 'sub',
        type: 'select',
        options: [
          { ...base, value: 'x', show_on: [{ variable: 'kind', value: 'a' }] },
          { ...base, value: 'y' },
        ],
      }),
    ];
    expect(checkCredentials(form, { kind: 'a', sub: 'x' })).toEqual({ kind: 'a', sub: 'x' });
    expect(() => checkCredentials(form, { kind: 'b', sub: 'x' })).toThrow('is not in options');
  });
});

describe('showing credentials', () => {
  it.each([
    ['', ''],
    ['a', '*'.repeat(20)],
    ['12345678', '*'.repeat(20)],
    ['123456789', '123456************89'],
    [`sk-${'x'.repeat(46)}yz`, 'sk-xxx************yz'],
  ])('masks %j as %j', (secret, masked) => {
    expect(maskSecret(secret)).toBe(masked);
  });

  const form = [field({ variable: 'key', type: 'secret-input' }), field({ variable: 'url' })];

  it('masks secret fields only', () => {
    expect(maskCredentials(form, { key: '123456789', url: '123456789' })).toEqual({
      key: '123456************89',
      url: '123456789',
    });
  });

  it('keeps stored secrets that an update leaves unchanged, by the marker or by the masked text', () => {
    const stored = { key: '123456789', url: 'old' };
    for (const key of [unchangedSecret, maskSecret('123456789')]) {
      expect(restoreSecrets({ form, submitted: { key, url: 'new' }, stored })).toEqual({
        key: '123456789',
        url: 'new',
      });
    }
    expect(restoreSecrets({ form, submitted: { key: 'fresh', url: unchangedSecret }, stored })).toEqual({
      key: 'fresh',
      url: unchangedSecret,
    });
  });
});
