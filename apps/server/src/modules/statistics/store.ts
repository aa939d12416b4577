import type { Pool } from 'pg';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import { type WorkflowStatisticName, workflowQueries } from './workflow-statistics.ts';

/** Which messages a statistic counts. */
export interface StatisticsFilter {
  appId: string;
  /** IANA zone whose calendar days are the groups. */
  timezone: string;
  from?: Date | undefined;
  until?: Date | undefined;
}

/** One row of a statistic: a day and its figures. */
export type StatisticsRow = { date: string } & Record<string, string | number>;

/**
 * The figures of prompt apps (spec: console §4.2), by calendar day of the reader's zone. Debug runs never count. Days
 * without data are absent.
 */
const queries = {
  'daily-messages': daily('count(*)::int as message_count'),
  'daily-conversations': daily('count(distinct m.conversation_id)::int as conversation_count'),
  'daily-end-users': daily('count(distinct m.end_user_id)::int as terminal_count'),
  'token-costs': daily(
    `sum(m.message_tokens + m.answer_tokens)::int as token_count, sum(m.total_price)::text as total_price,
     m.currency as currency`,
    { groupBy: 'm.currency' },
  ),
  'user-satisfaction-rate': daily(
    `round(count(f.id) * 1000.0 / nullif(count(distinct m.id), 0), 2)::float8 as rate`,
    { join: "left join message_feedbacks f on f.message_id = m.id and f.rating = 'like'" },
  ),
  'average-response-time': daily('round((avg(m.latency_seconds) * 1000)::numeric, 4)::float8 as latency'),
  'tokens-per-second': daily(
    `coalesce(round((sum(m.answer_tokens) / nullif(sum(m.latency_seconds), 0))::numeric, 4), 0)::float8 as tps`,
  ),
  'average-session-interactions': `
    select to_char(c.created_at at time zone $3, 'YYYY-MM-DD') as date,
           round(avg(t.messages), 2)::float8 as interactions
    from conversations c
    join lateral (select count(*) as messages from messages m where m.conversation_id = c.id) t on true
    where c.app_id = $1 and c.workspace_id = $2 and c.surface <> 'debugger'
      and ($4::timestamptz is null or c.created_at >= $4) and ($5::timestamptz is null or c.created_at < $5)
    group by 1 order by 1`,
  // What the reference lacks: failures and how long answers take.
  'daily-errors': daily(
    `count(*) filter (where m.status = 'error')::int as error_count,
     round(count(*) filter (where m.status = 'error') * 100.0 / count(*), 2)::float8 as error_rate`,
  ),
  'response-time-percentiles': daily(
    `percentile_cont(0.5) within group (order by m.latency_seconds)::float8 as p50,
     percentile_cont(0.95) within group (order by m.latency_seconds)::float8 as p95`,
  ),
} as const;

/** A statistic that can be asked for. */
export type StatisticName = keyof typeof queries;

/** All of them. */
export const statisticNames = Object.keys(queries) as [StatisticName, ...StatisticName[]];

function daily(figures: string, extra: { join?: string; groupBy?: string } = {}): string {
  return `
    select to_char(m.created_at at time zone $3, 'YYYY-MM-DD') as date, ${figures}
    from messages m ${extra.join ?? ''}
    where m.app_id = $1 and m.workspace_id = $2 and m.surface <> 'debugger' and m.status <> 'running'
      and ($4::timestamptz is null or m.created_at >= $4) and ($5::timestamptz is null or m.created_at < $5)
    group by 1${extra.groupBy === undefined ? '' : `, ${extra.groupBy}`} order by 1`;
}

/** Reads statistics. */
export class StatisticsStore {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** The rows of one statistic, ascending by day. */
  async read(scope: WorkspaceScope, name: StatisticName, filter: StatisticsFilter): Promise<StatisticsRow[]> {
    return this.#read(scope, queries[name], filter);
  }

  /** The rows of one statistic of a workflow app, ascending by day. */
  async readWorkflow(
    scope: WorkspaceScope,
    name: WorkflowStatisticName,
    filter: StatisticsFilter,
  ): Promise<StatisticsRow[]> {
    return this.#read(scope, workflowQueries[name], filter);
  }

  async #read(scope: WorkspaceScope, query: string, filter: StatisticsFilter): Promise<StatisticsRow[]> {
    const { rows } = await this.#pool.query<StatisticsRow>(query, [
      filter.appId,
      scope.workspaceId,
      filter.timezone,
      filter.from ?? null,
      filter.until ?? null,
    ]);
    return rows;
  }
}
