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

/** The days of a period, oldest first; for all time the days from the first in the data to today. */
export function periodDays(period: Period, timeZone: string, nowMs: number, firstDay?: string): string[] {
  const today = dayIn(timeZone, nowMs);
  const start = period === 'all' ? (firstDay ?? today) : addDays(today, 1 - days[period]);
  const list: string[] = [];
  for (let day = start; day <= today; day = addDays(day, 1)) list.push(day);
  return list;
}
