import { isObject, listOf, objectOf, textOf } from '../graph/json.ts';
import { scheduleWeekdays } from '../nodes/trigger-schedule.ts';

interface Field {
  min: number;
  max: number;
  names: readonly string[];
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const fields: Record<'minute' | 'hour' | 'day' | 'month' | 'weekday', Field> = {
  minute: { min: 0, max: 59, names: [] },
  hour: { min: 0, max: 23, names: [] },
  day: { min: 1, max: 31, names: [] },
  month: { min: 1, max: 12, names: months },
  weekday: { min: 0, max: 7, names: scheduleWeekdays },
};
const weekdays: readonly unknown[] = scheduleWeekdays;
const aliases = new Set(['@hourly', '@daily', '@weekly', '@monthly', '@yearly']);
const daysOfMonth = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Whether a text is a cron expression of five fields or one of `@hourly @daily @weekly @monthly @yearly`, and comes
 * due at all (`0 0 31 2 *` never does). Names of months and weekdays, `?`, `L` and 7 for Sunday are understood.
 */
export function isCronExpression(text: string): boolean {
  const expression = text.trim().toLowerCase();
  if (aliases.has(expression)) return true;
  const parts = expression.split(/\s+/);
  const [minute, hour, day, month, weekday] = parts;
  if (parts.length !== 5 || !minute || !hour || !day || !month || !weekday) return false;
  const days = valuesOf(day, fields.day);
  const chosenMonths = valuesOf(month, fields.month);
  const isValid =
    valuesOf(minute, fields.minute) && valuesOf(hour, fields.hour) && valuesOf(weekday, fields.weekday);
  if (!isValid || !days || !chosenMonths) return false;
  const anyWeekday = weekday === '*' || weekday === '?';
  if (!anyWeekday || days.includes('last')) return true;
  return chosenMonths.some((chosen) =>
    days.some((value) => typeof value === 'number' && value <= (daysOfMonth[Number(chosen) - 1] ?? 0)),
  );
}

/** The values that a field of a cron expression stands for, or null when it is not valid. */
function valuesOf(text: string, field: Field): (number | 'last')[] | null {
  const values: (number | 'last')[] = [];
  for (const part of text.split(',')) {
    if (part === 'l' && field === fields.day) {
      values.push('last');
      continue;
    }
    const range = rangeOf(part, field);
    if (!range) return null;
    for (let value = range.from; value <= range.to; value += range.step) values.push(value);
  }
  return values;
}

function rangeOf(part: string, field: Field): { from: number; to: number; step: number } | null {
  const [span = '', stepText, ...more] = part.split('/');
  const step = stepText === undefined ? 1 : wholeNumber(stepText);
  if (more.length > 0 || step === null || step < 1) return null;
  if (span === '*' || (span === '?' && (field === fields.day || field === fields.weekday))) {
    return { from: field.min, to: field.max, step };
  }
  const [fromText = '', toText, ...rest] = span.split('-');
  const from = numberOf(fromText, field);
  const to = toText === undefined ? (stepText === undefined ? from : field.max) : numberOf(toText, field);
  if (rest.length > 0 || from === null || to === null || from > to) return null;
  return { from, to, step };
}

function wholeNumber(text: string): number | null {
  return /^\d{1,4}$/.test(text) ? Number(text) : null;
}

function numberOf(text: string, field: Field): number | null {
  const index = field.names.indexOf(text);
  // `5L`, the last Friday of a month, is written with its weekday in front.
  const number =
    index >= 0
      ? index + (field === fields.month ? 1 : 0)
      : wholeNumber(field === fields.weekday ? text.replace(/l$/, '') : text);
  return number !== null && number >= field.min && number <= field.max ? number : null;
}

/** A time of day as `9:30 AM` in hours (0–23) and minutes, or null when the text is none. */
export function parseTimeOfDay(text: string): { hour: number; minute: number } | null {
  const match = /^(0?[1-9]|1[0-2]):([0-5]\d) (AM|PM)$/i.exec(text.trim());
  if (!match) return null;
  const hour = (Number(match[1]) % 12) + (match[3]?.toUpperCase() === 'PM' ? 12 : 0);
  return { hour, minute: Number(match[2]) };
}

/**
 * The cron expression of a schedule set without one, or null when its settings are not complete or not valid.
 * `schedule` is the data of a schedule trigger as stored.
 */
export function visualToCron(schedule: Record<string, unknown>): string | null {
  const config = objectOf(schedule['visual_config']);
  if (schedule['frequency'] === 'hourly') {
    const minute = config['on_minute'] ?? 0;
    const isMinute = typeof minute === 'number' && Number.isInteger(minute) && minute >= 0 && minute <= 59;
    return isMinute ? `${minute} * * * *` : null;
  }
  const time = parseTimeOfDay(textOf(config['time']));
  if (!time) return null;
  const at = `${time.minute} ${time.hour}`;
  switch (schedule['frequency']) {
    case 'daily':
      return `${at} * * *`;
    case 'weekly': {
      const days = listOf(config['weekdays']).map((day) => weekdays.indexOf(day));
      if (days.length === 0 || days.includes(-1)) return null;
      return `${at} * * ${[...new Set(days)].sort((left, right) => left - right).join(',')}`;
    }
    case 'monthly': {
      const days = listOf(config['monthly_days']);
      const isDay = (day: unknown) =>
        day === 'last' || (typeof day === 'number' && Number.isInteger(day) && day >= 1 && day <= 31);
      if (days.length === 0 || !days.every(isDay)) return null;
      const numbers = days.filter((day) => typeof day === 'number').sort((left, right) => left - right);
      return `${at} ${[...new Set(numbers), ...(days.includes('last') ? ['L'] : [])].join(',')} * *`;
    }
    default:
      return null;
  }
}

/** The cron expression of a schedule trigger, in either mode, or null when it is not valid. */
export function scheduleToCron(schedule: unknown): string | null {
  if (!isObject(schedule)) return null;
  if (schedule['mode'] !== 'cron') return visualToCron(schedule);
  const expression = textOf(schedule['cron_expression']).trim();
  return isCronExpression(expression) ? expression : null;
}

/** Whether a text names a time zone. */
export function isTimeZone(text: string): boolean {
  if (text === '') return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }) instanceof Intl.DateTimeFormat;
  } catch {
    return false;
  }
}
