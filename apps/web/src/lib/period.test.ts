import { describe, expect, it } from 'vitest';
import { addDays, periodBounds, periodDays, periodStart } from './period.ts';

const noonUtc = Date.UTC(2026, 2, 29, 12);

describe('periods', () => {
  it('take their days from the zone, not from the browser', () => {
    const lateUtc = Date.UTC(2026, 0, 1, 20);
    expect(periodBounds('today', 'Asia/Shanghai', lateUtc)).toEqual({
      start: '2026-01-02 00:00',
      end: '2026-01-03 00:00',
    });
    expect(periodBounds('today', 'America/New_York', lateUtc)).toEqual({
      start: '2026-01-01 00:00',
      end: '2026-01-02 00:00',
    });
  });

  it('count calendar days over a change of clocks', () => {
    expect(periodBounds('7d', 'Europe/Berlin', noonUtc).start).toBe('2026-03-23 00:00');
    expect(addDays('2026-03-28', 2)).toBe('2026-03-30');
  });

  it('begin at midnight of their zone, also where clocks changed since', () => {
    expect(periodStart('today', 'UTC', noonUtc)).toBe('2026-03-29T00:00:00.000Z');
    expect(periodStart('7d', 'Europe/Berlin', noonUtc)).toBe('2026-03-22T23:00:00.000Z');
    expect(periodStart('today', 'Asia/Shanghai', Date.UTC(2026, 0, 1, 20))).toBe('2026-01-01T16:00:00.000Z');
    expect(periodStart('all', 'UTC', noonUtc)).toBeUndefined();
  });

  it('have no bounds for all time', () => {
    expect(periodBounds('all', 'UTC', noonUtc)).toEqual({});
  });

  it('list every day, so that charts can show zeros', () => {
    expect(periodDays('7d', 'UTC', noonUtc)).toHaveLength(7);
    expect(periodDays('all', 'UTC', noonUtc, '2026-03-27')).toEqual([
      '2026-03-27',
      '2026-03-28',
      '2026-03-29',
    ]);
  });
});
