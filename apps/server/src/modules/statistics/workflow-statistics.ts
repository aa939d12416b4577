/**
 * The figures of workflow apps (spec: console §4.2), by calendar day of the reader's zone, from runs of published
 * versions whoever or whatever started them. Parameters are those of the other statistics.
 */
export const workflowQueries = {
  'daily-conversations': daily('count(*)::int as runs'),
  'daily-terminals': daily('count(distinct r.user_id)::int as terminal_count'),
  'token-costs': daily('sum(r.total_tokens)::int as token_count'),
  'average-app-interactions': daily(
    'round(count(*)::numeric / count(distinct r.user_id), 2)::float8 as interactions',
  ),
} as const;

/** A statistic of workflow apps. */
export type WorkflowStatisticName = keyof typeof workflowQueries;

/** All of them. */
export const workflowStatisticNames = Object.keys(workflowQueries) as [
  WorkflowStatisticName,
  ...WorkflowStatisticName[],
];

function daily(figures: string): string {
  return `
    select to_char(r.created_at at time zone $3, 'YYYY-MM-DD') as date, ${figures}
    from workflow_runs r
    where r.app_id = $1 and r.workspace_id = $2 and r.triggered_from <> 'debugging'
      and ($4::timestamptz is null or r.created_at >= $4) and ($5::timestamptz is null or r.created_at < $5)
    group by 1 order by 1`;
}
