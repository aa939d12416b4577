import { queryOptions } from '@tanstack/react-query';
import { consoleApi } from './console.ts';

/** What starts a published workflow by itself. */
export interface Trigger {
  readonly id: string;
  readonly node_id: string;
  readonly trigger_type: 'trigger-webhook' | 'trigger-schedule';
  readonly title: string;
  readonly status: 'enabled' | 'disabled';
  readonly webhook_url: string;
  readonly cron_expression: string;
  readonly timezone: string;
  /** Coming times in Unix seconds, the next first; none while it is off. */
  readonly next_runs: readonly number[];
  readonly last_run_at: number | null;
  readonly last_run_id: string | null;
  readonly last_error: string | null;
}

/** The triggers of an app. */
export const triggersQuery = (appId: string) =>
  queryOptions({
    queryKey: ['app', appId, 'triggers'],
    queryFn: ({ signal }) => consoleApi<{ data: readonly Trigger[] }>(`/apps/${appId}/triggers`, { signal }),
  });

/** Switches a trigger. */
export function setTriggerEnabled(appId: string, triggerId: string, enabled: boolean): Promise<Trigger> {
  return consoleApi<Trigger>(`/apps/${appId}/trigger-enable`, {
    method: 'POST',
    body: { trigger_id: triggerId, enable_trigger: enabled },
  });
}
