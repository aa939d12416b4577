import { emptyUsage } from '@trellis/contracts';
import { describe, expect, it } from 'vitest';
import type { Pricing } from '../schema/model.ts';
import { addDecimals, multiplyDecimals } from './decimal.ts';
import { addUsage, computeEmbeddingUsage, computeUsage, totalPrices } from './usage.ts';

const pricing: Pricing = {
  input: '2.5',
  output: '10',
  cached_input: null,
  unit: '0.000001',
  currency: 'USD',
};
const times = { latency: 1.23456 };

describe('decimals', () => {
  it.each([
    [['0.1', '0.2'], 7, '0.0200000'],
    [['1', '0.00000005'], 7, '0.0000001'],
    [['1', '0.00000004999'], 7, '0.0000000'],
    [['3', '0.33333335'], 7, '1.0000001'],
    [['123456789', '30', '0.000001'], 7, '3703.7036700'],
  ])('%j to %i places is %s', (factors, places, expected) => {
    expect(multiplyDecimals(factors, places)).toBe(expected);
  });

  it('are added exactly', () => {
    expect(addDecimals('0.1', '0.2', '0.0000001')).toBe('0.3000001');
    expect(() => addDecimals('1e-7')).toThrow(RangeError);
  });
});

describe('usage of a call', () => {
  it('has prices as exact texts, unit prices as in the catalogue and times in milliseconds', () => {
    const usage = computeUsage({
      tokens: { prompt: 1033, completion: 7 },
      pricing,
      times: { latency: 1.23456, timeToFirstToken: 0.1004, timeToGenerate: 1 },
    });
    expect(usage).toEqual({
      prompt_tokens: 1033,
      prompt_unit_price: '2.5',
      prompt_price_unit: '0.000001',
      prompt_price: '0.0025825',
      completion_tokens: 7,
      completion_unit_price: '10',
      completion_price_unit: '0.000001',
      completion_price: '0.0000700',
      total_tokens: 1040,
      total_price: '0.0026525',
      currency: 'USD',
      latency: 1.235,
      time_to_first_token: 0.1,
      time_to_generate: 1,
    });
  });

  it('without a price costs "0", never in exponent notation', () => {
    const usage = computeUsage({ tokens: { prompt: 5, completion: 5 }, pricing: null, times });
    expect(usage).toMatchObject({
      prompt_price: '0',
      total_price: '0',
      currency: 'USD',
      total_tokens: 10,
      time_to_first_token: null,
    });
  });

  it('bills cached tokens at their own price, or at the full one where there is none', () => {
    const tokens = { prompt: 1000, completion: 0, cached: 400 };
    expect(computeUsage({ tokens, pricing, times }).prompt_price).toBe('0.0025000');
    expect(computeUsage({ tokens, pricing: { ...pricing, cached_input: '0.25' }, times }).prompt_price).toBe(
      '0.0016000',
    );
  });

  it('bills reads from and writes to the cache by multiples of the input price', () => {
    const tokens = { prompt: 1000, completion: 0, cached: 400, cacheWrite: 200 };
    const usage = computeUsage({ tokens, pricing, times, cache: { read: '0.1', write: '1.25' } });
    expect(usage.prompt_price).toBe('0.0017250');
    expect(usage.prompt_tokens).toBe(1000);
  });

  it('of embeddings has its own shape', () => {
    expect(computeEmbeddingUsage(1000, { ...pricing, output: null }, 0.5)).toEqual({
      tokens: 1000,
      total_tokens: 1000,
      unit_price: '2.5',
      price_unit: '0.000001',
      total_price: '0.0025000',
      currency: 'USD',
      latency: 0.5,
    });
  });
});

describe('sums of usages', () => {
  const one = computeUsage({
    tokens: { prompt: 1000, completion: 100 },
    pricing,
    times: { latency: 1, timeToFirstToken: 0.5 },
  });
  const two = computeUsage({
    tokens: { prompt: 10, completion: 1 },
    pricing,
    times: { latency: 2, timeToFirstToken: 0.25 },
  });

  it('add tokens, prices and latency, and keep the later first-token time', () => {
    expect(addUsage(one, two)).toMatchObject({
      prompt_tokens: 1010,
      total_tokens: 1111,
      total_price: '0.0035350',
      latency: 3,
      time_to_first_token: 0.25,
    });
  });

  it('start from nothing', () => {
    expect(addUsage(emptyUsage, two)).toBe(two);
  });

  it('never mix currencies', () => {
    const yuan = { ...two, currency: 'RMB', total_price: '7.0000000' };
    expect(addUsage(one, yuan)).toMatchObject({
      currency: 'RMB',
      total_price: '7.0000000',
      total_tokens: 1111,
    });
    expect(totalPrices([one, two, yuan])).toEqual({ USD: '0.0035350', RMB: '7.0000000' });
  });
});
