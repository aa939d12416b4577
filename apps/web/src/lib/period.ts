import type { Period } from '../console/search.ts';

const days: Record<Exclude<Period, 'all'>, number> = { today: 1, '7d': 7, '28d': 28, '90d': 90, '365d': 365 };

/** The calendar day in a zone of a moment, as YYYY-MM-DD. */
export function dayIn(timeZone: string, atMs: number): string {
  return new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).format(atMs);
}

/** The calendar day some days after another; calendar arithmetic, so that clock changes do not matter. */
export function addDays(day: string, count: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + count);
  return date.toISOString().slice(0, 10);
}

/**
 * The bounds of a period as the API takes them: first day 00:00 and, exclusive, the day after today 00:00, both in
 * the account's zone. No bounds for all time.
 */
export function periodBounds(
  period: Period,
  timeZone: string,
  nowMs: number,
): { start?: string; end?: string } {
  if (period === 'all') return {};
  const today = dayIn(timeZone, nowMs);
  return { start: `${addDays(today, 1 - days[period])} 00:00`, end: `${addDays(today, 1)} 00:00` };
}

/** How far a zone's clocks are ahead of UTC at a moment, in milliseconds. */
function offsetMs(timeZone: string, atMs: number): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(atMs);
  const part = (type: string) => Number(parts.find((item) => item.type === type)?.value);
  const wall = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  );
  return wall - Math.floor(atMs / 1000) * 1000;
}

/** The moment at which a period begins, as ISO 8601, for calls that take moments instead of days. */
export function periodStart(period: Period, timeZone: string, nowMs: number): string | undefined {
  if (period === 'all') return undefined;
  const day = addDays(dayIn(timeZone, nowMs), 1 - days[period]);
  const midnightUtc = Date.parse(`${day}T00:00:00Z`);
  // Clocks may change between the first guess and the moment itself.
  const guess = midnightUtc - offsetMs(timeZone, midnightUtc);
  return new Date(midnightUtc - offsetMs(timeZone, guess)).toISOString();
}

/** The days of a period, oldest first; for all time the days from the first in the data to today. */
export function periodDays(period: Period, timeZone: string, nowMs: number, firstDay?: string): string[] {
  const today = dayIn(timeZone, nowMs);
  const start = period === 'all' ? (firstDay ?? today) : addDays(today, 1 - days[period]);
  const list: string[] = [];
  for (let day = start; day <= today; day = addDays(day, 1)) list.push(day);
  return list;
}
