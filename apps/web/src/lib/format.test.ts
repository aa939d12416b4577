import { describe, expect, it } from 'vitest';
import { formatBytes, formatNumber, formatPrice, formatRelative, formatSeconds } from './format.ts';

describe('formats', () => {
  it.each([
    [formatNumber(12345.678, 'en-US'), '12,345.678'],
    [formatNumber(123456, 'en-US', true), '123.5K'],
    [formatNumber(9999, 'en-US', true), '9,999'],
    [formatPrice('0.0000438', 'USD', 'en-US'), '$0.0000438'],
    [formatPrice(0, '', 'en-US'), '$0.00'],
    [formatSeconds(0.4567, 'en-US'), '457 ms'],
    [formatSeconds(12.345, 'en-US'), '12.3 s'],
    [formatBytes(1536, 'en-US'), '1.5 kB'],
    [formatRelative(1000 - 7200, 'en-US', 1_000_000), '2 hr. ago'],
    [formatRelative(1000, 'en-US', 1_000_000), 'now'],
  ])('%s', (actual, expected) => {
    expect(actual).toBe(expected);
  });
});
