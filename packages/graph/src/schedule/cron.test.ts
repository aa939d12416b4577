import { describe, expect, it } from 'vitest';
import { isCronExpression, isTimeZone, parseTimeOfDay, scheduleToCron } from './cron.ts';

describe('isCronExpression', () => {
  it.each([
    ['* * * * *', true],
    ['*/5 0-6,12 1,15 * *', true],
    ['0 9 * * MON-FRI', true],
    ['0 9 ? jan 7', true],
    ['0 0 L * *', true],
    ['0 0 * * 5L', true],
    ['@daily', true],
    ['0 0 29 2 *', true],
    ['0 0 31 2 *', false],
    ['0 0 31 2 MON', true],
    ['@reboot', false],
    ['* * * *', false],
    ['* * * * * *', false],
    ['60 * * * *', false],
    ['* 24 * * *', false],
    ['* * 0 * *', false],
    ['* * * 13 *', false],
    ['* * * * 8', false],
    ['5-1 * * * *', false],
    ['*/0 * * * *', false],
    ['1//2 * * * *', false],
    ['a * * * *', false],
    ['? * * * *', false],
    ['', false],
  ])('says of %j: %s', (expression, isValid) => {
    expect(isCronExpression(expression)).toBe(isValid);
  });
});

describe('scheduleToCron', () => {
  const visual = (frequency: string, visual_config: object) =>
    scheduleToCron({ mode: 'visual', frequency, visual_config });

  it('writes schedules as cron expressions', () => {
    expect(visual('hourly', { on_minute: 5 })).toBe('5 * * * *');
    expect(visual('daily', { time: '12:00 AM' })).toBe('0 0 * * *');
    expect(visual('weekly', { time: '1:05 PM', weekdays: ['fri', 'sun', 'fri'] })).toBe('5 13 * * 0,5');
    expect(visual('monthly', { time: '12:30 PM', monthly_days: ['last', 15, 2] })).toBe('30 12 2,15,L * *');
    expect(scheduleToCron({ mode: 'cron', cron_expression: ' @hourly ' })).toBe('@hourly');
  });

  it('gives null for what is not complete', () => {
    expect(visual('weekly', { time: '1:05 PM' })).toBe(null);
    expect(visual('yearly', { time: '1:05 PM' })).toBe(null);
    expect(scheduleToCron({ mode: 'cron', cron_expression: 'x' })).toBe(null);
    expect(scheduleToCron(null)).toBe(null);
  });
});

it('reads times of day', () => {
  expect(parseTimeOfDay('12:00 AM')).toEqual({ hour: 0, minute: 0 });
  expect(parseTimeOfDay('11:59 pm')).toEqual({ hour: 23, minute: 59 });
  expect(parseTimeOfDay('13:00 PM')).toBe(null);
});

it('knows time zones', () => {
  expect([
    isTimeZone('Asia/Shanghai'),
    isTimeZone('UTC'),
    isTimeZone('Nowhere/Town'),
    isTimeZone(''),
  ]).toEqual([true, true, false, false]);
});
