import { describe, expect, it } from 'vitest';
import { chartsFor, fillDays, totalOf } from './charts.ts';

describe('statistics', () => {
  it('show zero for days without data', () => {
    expect(fillDays(['a', 'b', 'c'], [{ date: 'b', n: '4' }], 'n')).toEqual([0, 4, 0]);
  });

  it('sum counts and never sum rates', () => {
    const count = chartsFor('chat').find((chart) => chart.name === 'statistics/daily-messages');
    const rate = chartsFor('chat').find((chart) => chart.name === 'statistics/tokens-per-second');
    expect(count && totalOf(count, [1, 0, 2])).toBe(3);
    expect(rate && totalOf(rate, [10, 0, 20])).toBe(15);
    expect(rate && totalOf(rate, [0, 0])).toBe(0);
  });

  it('of workflows are about runs, not messages', () => {
    expect(chartsFor('workflow').every(({ name }) => name.startsWith('workflow/statistics/'))).toBe(true);
    expect(chartsFor('advanced-chat').every(({ name }) => name.startsWith('statistics/'))).toBe(true);
  });

  it('ask for response times of text generators and for interactions of chats only', () => {
    const names = (mode: 'chat' | 'completion') => chartsFor(mode).map((chart) => chart.name);
    expect(names('completion')).toContain('statistics/average-response-time');
    expect(names('completion')).not.toContain('statistics/average-session-interactions');
    expect(names('chat')).not.toContain('statistics/average-response-time');
  });
});
