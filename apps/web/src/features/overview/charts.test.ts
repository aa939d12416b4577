import { describe, expect, it } from 'vitest';
import { chartsFor, fillDays, totalOf } from './charts.ts';

describe('statistics', () => {
  it('show zero for days without data', () => {
    expect(fillDays(['a', 'b', 'c'], [{ date: 'b', n: '4' }], 'n')).toEqual([0, 4, 0]);
  });

  it('sum counts and never sum rates', () => {
    const count = chartsFor('chat').find((chart) => chart.name === 'daily-messages');
    const rate = chartsFor('chat').find((chart) => chart.name === 'tokens-per-second');
    expect(count && totalOf(count, [1, 0, 2])).toBe(3);
    expect(rate && totalOf(rate, [10, 0, 20])).toBe(15);
    expect(rate && totalOf(rate, [0, 0])).toBe(0);
  });

  it('ask for response times of text generators and for interactions of chats only', () => {
    const names = (mode: 'chat' | 'completion') => chartsFor(mode).map((chart) => chart.name);
    expect(names('completion')).toContain('average-response-time');
    expect(names('completion')).not.toContain('average-session-interactions');
    expect(names('chat')).not.toContain('average-response-time');
  });
});
