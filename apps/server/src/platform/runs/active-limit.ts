import type { AppSnapshot } from '../auth/principals.ts';
import { ApiError } from '../errors.ts';

/** How many turns or runs of an app may be under way at once (spec: service API §1.8). */
export interface ActiveLimitSettings {
  /** When the app does not say; 0 is no limit. */
  perApp: number;
  /** Whatever the app says; 0 is no limit. */
  max: number;
  /**
   * Whether other processes may carry out runs of the same app. Then the statement that opens a run counts those of
   * all of them; a process that is alone knows its own.
   */
  acrossProcesses: boolean;
}

/** The limit of one app; null for any number. */
export function activeLimit(
  app: Pick<AppSnapshot, 'maxActiveRequests'>,
  { perApp, max }: ActiveLimitSettings,
): number | null {
  const limits = [app.maxActiveRequests ?? perApp, max].filter((limit) => limit > 0);
  return limits.length === 0 ? null : Math.min(...limits);
}

/** What is said to whoever comes when all places are taken: 429. */
export function tooManyRequests(appId: string, limit: number | null): ApiError {
  return new ApiError(
    'too_many_requests',
    `Too many requests. Please try again later. The current maximum concurrent requests allowed for ${appId} is ${limit}.`,
  );
}

/**
 * Parts of a WITH: of the rows of one CTE (with `app_id`, `created_at` and `active_limit`) keeps those whose app has a
 * place left, under another name. The places of an app are counted under a lock that lasts until the statement has been
 * committed, so two processes never give the same place away; locks are taken in one order.
 */
export function rowsWithPlaces(from: string, to: string): string {
  return `limited as materialized (
  select l.app_id, free_run_places(l.app_id, l.most) as free
  from (select app_id, min(active_limit) as most from ${from} where active_limit is not null
        group by app_id order by app_id) l
), ${to} as materialized (
  select ranked.* from (
    select i.*, l.free, row_number() over (partition by i.app_id order by i.created_at) as place
    from ${from} i left join limited l on l.app_id = i.app_id) ranked
  where ranked.free is null or ranked.place <= ranked.free
)`;
}
