import { describe, expect, it } from 'vitest';
import { completeParameterRule } from '../schema/parameter-rule.ts';
import { resolveParameters } from './resolve-parameters.ts';

const rule = completeParameterRule;

describe('parameter rules', () => {
  it('take from their template what they do not say, zeros and false included', () => {
    expect(rule({ name: 'temperature', use_template: 'temperature', max: 2 })).toMatchObject({
      type: 'float',
      default: 0,
      min: 0,
      max: 2,
      precision: 2,
    });
    expect(rule({ name: 'top_k', use_template: 'top_k', default: 0, min: 0, max: 0 })).toMatchObject({
      default: 0,
      min: 0,
      max: 0,
    });
    expect(rule({ name: 'x', type: 'boolean', default: false })).toMatchObject({
      default: false,
      required: false,
      label: { en_US: 'x' },
    });
  });
});

describe('call parameters', () => {
  const rules = [
    rule({ name: 'max_output_tokens', use_template: 'max_tokens', max: 100 }),
    rule({ name: 'temperature', use_template: 'temperature', max: 2 }),
    rule({ name: 'mode', type: 'string', options: ['a', 'b'] }),
    rule({ name: 'flag', type: 'boolean' }),
    rule({ name: 'schema', type: 'text' }),
  ];

  it('are sent only when they were given; the default of an optional one is not', () => {
    expect(resolveParameters(rules, {}).parameters).toEqual({});
    expect(resolveParameters(rules, { temperature: 0 }).parameters).toEqual({ temperature: 0 });
  });

  it('may be given under the name of the template', () => {
    expect(resolveParameters(rules, { max_tokens: 7 }).parameters).toEqual({ max_output_tokens: 7 });
  });

  it('that are required come with their default, or fail without one', () => {
    expect(
      resolveParameters([rule({ name: 'n', type: 'int', required: true, default: 3 })], {}).parameters,
    ).toEqual({ n: 3 });
    expect(() => resolveParameters([rule({ name: 'n', type: 'int', required: true })], {})).toThrow(
      'Model Parameter n is required.',
    );
  });

  it('outside the range of the model are brought to its edge, and that is reported', () => {
    const result = resolveParameters(rules, { temperature: 5, max_tokens: 999, mode: 'a' });
    expect(result.parameters).toEqual({ temperature: 2, max_output_tokens: 100, mode: 'a' });
    expect(result.adjustments).toEqual(['max_output_tokens: 999 → 100', 'temperature: 5 → 2']);
  });

  it('that are numbers in quotes are read', () => {
    expect(
      resolveParameters(rules, { temperature: '0.7', max_tokens: '20', flag: 'true' }).parameters,
    ).toEqual({ temperature: 0.7, max_output_tokens: 20, flag: true });
  });

  it.each([
    [{ max_tokens: 1.5 }, 'Model Parameter max_output_tokens should be int.'],
    [{ temperature: 'hot' }, 'Model Parameter temperature should be float.'],
    [{ flag: 'maybe' }, 'Model Parameter flag should be bool.'],
    [{ mode: 3 }, 'Model Parameter mode should be string.'],
    [{ mode: 'c' }, 'Model Parameter mode should be one of a, b.'],
  ])('like %j are refused', (given, message) => {
    expect(() => resolveParameters(rules, given)).toThrow(message);
  });

  it('without a rule are dropped, unless the model has no definition', () => {
    expect(resolveParameters(rules, { top_a: 1 }).parameters).toEqual({});
    expect(resolveParameters(rules, { top_a: 1, temperature: 1 }, { passUnknown: true }).parameters).toEqual({
      top_a: 1,
      temperature: 1,
    });
  });

  it('give up their stop sequences, and schemas written as objects become text', () => {
    expect(resolveParameters(rules, { stop: ['a', '', 'b'], schema: { type: 'object' } })).toMatchObject({
      stop: ['a', 'b'],
      parameters: { schema: '{"type":"object"}' },
    });
  });
});
