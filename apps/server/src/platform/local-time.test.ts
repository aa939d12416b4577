import { describe, expect, it } from 'vitest';
import { parseLocalTime } from './local-time.ts';

describe('parseLocalTime', () => {
  it.each([
    ['2026-01-15 00:00', 'Europe/Brussels', '2026-01-14T23:00:00.000Z'],
    ['2026-07-15 00:00', 'Europe/Brussels', '2026-07-14T22:00:00.000Z'],
    ['2026-03-29 12:00', 'Europe/Brussels', '2026-03-29T10:00:00.000Z'],
    ['2026-11-01 00:00', 'America/New_York', '2026-11-01T04:00:00.000Z'],
    ['2026-11-02 00:00', 'America/New_York', '2026-11-02T05:00:00.000Z'],
    ['2026-06-01 09:30', 'Asia/Kolkata', '2026-06-01T04:00:00.000Z'],
    ['2026-06-01 09:30', 'UTC', '2026-06-01T09:30:00.000Z'],
  ])('reads %s in %s', (text, zone, expected) => {
    expect(parseLocalTime(text, zone)?.toISOString()).toBe(expected);
  });

  it.each(['2026-02-30 00:00', '2026-01-01', '2026-01-01T00:00', '2026-01-01 24:00', ''])(
    'refuses %j',
    (text) => {
      expect(parseLocalTime(text, 'UTC')).toBeNull();
    },
  );
});
