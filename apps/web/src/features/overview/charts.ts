import type { AppMode } from '../../api/apps.ts';

/** How the days of a statistic make its heading number. */
type Total = 'sum' | 'mean';

/** A chart of the monitoring page. */
export interface Chart {
  /** The statistic's endpoint below the app. */
  readonly name: string;
  /** Field of each day. */
  readonly field: string;
  /** Key of its texts where the field means something else elsewhere. */
  readonly text?: string;
  readonly total: Total;
  readonly unit?: 'ms' | 'per-second' | 'per-thousand';
}

const messages: Chart = { name: 'statistics/daily-messages', field: 'message_count', total: 'sum' };
const conversations: Chart = {
  name: 'statistics/daily-conversations',
  field: 'conversation_count',
  total: 'sum',
};
const users: Chart = { name: 'statistics/daily-end-users', field: 'terminal_count', total: 'sum' };
const interactions: Chart = {
  name: 'statistics/average-session-interactions',
  field: 'interactions',
  total: 'mean',
};
const responseTime: Chart = {
  name: 'statistics/average-response-time',
  field: 'latency',
  total: 'mean',
  unit: 'ms',
};
const speed: Chart = {
  name: 'statistics/tokens-per-second',
  field: 'tps',
  total: 'mean',
  unit: 'per-second',
};
const satisfaction: Chart = {
  name: 'statistics/user-satisfaction-rate',
  field: 'rate',
  total: 'mean',
  unit: 'per-thousand',
};
const tokens: Chart = { name: 'statistics/token-costs', field: 'token_count', total: 'sum' };

const workflowCharts: readonly Chart[] = [
  { name: 'workflow/statistics/daily-conversations', field: 'runs', total: 'sum' },
  { name: 'workflow/statistics/daily-terminals', field: 'terminal_count', total: 'sum' },
  { name: 'workflow/statistics/token-costs', field: 'token_count', total: 'sum' },
  {
    name: 'workflow/statistics/average-app-interactions',
    field: 'interactions',
    text: 'runs_per_user',
    total: 'mean',
  },
];

/** The charts of an app's kind. */
export function chartsFor(mode: AppMode): readonly Chart[] {
  if (mode === 'workflow') return workflowCharts;
  return mode === 'completion'
    ? [conversations, users, responseTime, speed, satisfaction, tokens]
    : [messages, conversations, users, interactions, speed, satisfaction, tokens];
}

/** The numbers of every day of a period: zero where the data has none. */
export function fillDays(
  days: readonly string[],
  data: readonly ({ readonly date: string } & Readonly<Record<string, string | number>>)[],
  field: string,
): number[] {
  const byDay = new Map(data.map((day) => [day.date, Number(day[field] ?? 0)]));
  return days.map((day) => byDay.get(day) ?? 0);
}

/** The heading number: the sum of counts, the mean of rates over the days that have data. */
export function totalOf(chart: Chart, values: readonly number[]): number {
  const sum = values.reduce((left, right) => left + right, 0);
  if (chart.total === 'sum') return sum;
  const present = values.filter((value) => value !== 0).length;
  return present === 0 ? 0 : sum / present;
}
