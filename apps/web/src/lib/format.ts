/** Numbers, money and durations as people read them; all take the interface language. */

const compactFrom = 10_000;

/** A whole number with grouping; large ones as 12.3k when `compact`. */
export function formatNumber(value: number, language: string, compact = false): string {
  if (compact && Math.abs(value) >= compactFrom) {
    return new Intl.NumberFormat(language, { notation: 'compact', maximumFractionDigits: 1 }).format(value);
  }
  return new Intl.NumberFormat(language, { maximumFractionDigits: 4 }).format(value);
}

/** A price from a decimal string or number: up to seven decimals, so that fractions of a cent stay visible. */
export function formatPrice(value: string | number, currency: string, language: string): string {
  const amount = Number(value);
  return new Intl.NumberFormat(language, {
    style: 'currency',
    currency: currency || 'USD',
    minimumFractionDigits: amount === 0 ? 2 : 4,
    maximumFractionDigits: amount === 0 ? 2 : 7,
  }).format(Number.isFinite(amount) ? amount : 0);
}

/** A duration given in seconds: milliseconds below one second, else seconds. */
export function formatSeconds(seconds: number, language: string): string {
  if (seconds < 1) return `${formatNumber(Math.round(seconds * 1000), language)} ms`;
  return `${new Intl.NumberFormat(language, { maximumFractionDigits: seconds < 10 ? 2 : 1 }).format(seconds)} s`;
}

/** A size in bytes with a binary unit. */
export function formatBytes(bytes: number, language: string): string {
  const units = ['B', 'kB', 'MB', 'GB'] as const;
  let size = bytes;
  let index = 0;
  while (size >= 1024 && index < units.length - 1) {
    size /= 1024;
    index += 1;
  }
  return `${new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(size)} ${units[index]}`;
}

const relativeSteps: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];

/** "3 hours ago" for a time in Unix seconds. */
export function formatRelative(unixSeconds: number, language: string, nowMs: number): string {
  const difference = unixSeconds - nowMs / 1000;
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'auto', style: 'short' });
  for (const [unit, size] of relativeSteps) {
    if (Math.abs(difference) >= size) return format.format(Math.trunc(difference / size), unit);
  }
  return format.format(0, 'second');
}

/** The full date and time of Unix seconds in the given zone (the browser's zone when absent). */
export function formatDateTime(unixSeconds: number, language: string, timeZone?: string): string {
  return new Intl.DateTimeFormat(language, {
    dateStyle: 'medium',
    timeStyle: 'short',
    ...(timeZone ? { timeZone } : {}),
  }).format(unixSeconds * 1000);
}
