import { describe, expect, it } from 'vitest';
import { nextRun, nextRuns } from './schedule.ts';

const at = (cron: string, timeZone: string, after: string) =>
  nextRun({ cron, timeZone }, new Date(after))?.toISOString();

describe('a schedule', () => {
  it('is due in its zone, told in UTC', () => {
    expect(at('0 9 * * *', 'Asia/Shanghai', '2026-02-03T00:00:00Z')).toBe('2026-02-03T01:00:00.000Z');
    expect(at('@weekly', 'UTC', '2026-02-03T00:00:00Z')).toBe('2026-02-08T00:00:00.000Z');
    expect(at('0 9 * * 7', 'UTC', '2026-02-03T00:00:00Z')).toBe('2026-02-08T09:00:00.000Z');
  });

  it('knows the last day of every month', () => {
    const days = nextRuns({ cron: '0 9 1,L * *', timeZone: 'UTC' }, new Date('2026-02-03T00:00:00Z'), 4);
    expect(days.map((day) => day.toISOString().slice(0, 10))).toEqual([
      '2026-02-28',
      '2026-03-01',
      '2026-03-31',
      '2026-04-01',
    ]);
  });

  it('is due once on the day that leaves its hour out, and once on the day that has it twice', () => {
    const zone = 'America/New_York';
    const spring = nextRuns({ cron: '30 2 * * *', timeZone: zone }, new Date('2026-03-07T12:00:00Z'), 2);
    expect(spring.map((day) => day.toISOString())).toEqual([
      '2026-03-08T07:00:00.000Z',
      '2026-03-09T06:30:00.000Z',
    ]);
    const autumn = nextRuns({ cron: '30 1 * * *', timeZone: zone }, new Date('2026-10-31T12:00:00Z'), 2);
    expect(autumn.map((day) => day.toISOString())).toEqual([
      '2026-11-01T05:30:00.000Z',
      '2026-11-02T06:30:00.000Z',
    ]);
  });

  it('keeps its wall time over the change of the clock', () => {
    expect(at('0 9 * * *', 'Europe/Berlin', '2026-03-28T12:00:00Z')).toBe('2026-03-29T07:00:00.000Z');
    expect(at('0 9 * * *', 'Europe/Berlin', '2026-03-27T12:00:00Z')).toBe('2026-03-28T08:00:00.000Z');
  });

  it('is never due on a day that does not exist', () => {
    expect(at('0 0 31 2 *', 'UTC', '2026-02-03T00:00:00Z')).toBeUndefined();
  });
});
