import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Zap } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { setTriggerEnabled, type Trigger, triggersQuery } from '../../api/triggers.ts';
import { useLanguage } from '../../i18n/language.ts';
import { useErrorText } from '../../lib/error-text.ts';
import { formatDateTime } from '../../lib/format.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Switch } from '../../ui/switch.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { toast } from '../../ui/toast.tsx';
import { NodeIcon, nodeHue } from '../workflow/node-look.tsx';

/** What starts a published workflow by itself; nothing is shown where nothing does. */
export function TriggersCard({ appId }: { appId: string }) {
  const { t } = useTranslation();
  const triggers = useQuery(triggersQuery(appId));
  if (triggers.error) return <ErrorState error={triggers.error} onRetry={() => void triggers.refetch()} />;
  const list = triggers.data?.data ?? [];
  if (list.length === 0) return null;
  return (
    <section aria-label={t('monitor.triggers')} className="rounded-panel border bg-surface p-4">
      <div className="flex items-center gap-2.5">
        <Zap aria-hidden="true" className="size-4.5 text-ink-faint" />
        <h2 className="text-base font-semibold">{t('monitor.triggers')}</h2>
      </div>
      <ul className="mt-3 grid gap-2.5 lg:grid-cols-2">
        {list.map((trigger) => (
          <li key={trigger.id}>
            <TriggerRow appId={appId} trigger={trigger} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function TriggerRow({ appId, trigger }: { appId: string; trigger: Trigger }) {
  const { t } = useTranslation();
  const describe = useErrorText();
  const queryClient = useQueryClient();
  const toggle = useMutation({
    mutationFn: (enabled: boolean) => setTriggerEnabled(appId, trigger.id, enabled),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: triggersQuery(appId).queryKey }),
    onError: (error) => toast.error(describe(error)),
  });
  return (
    <div
      className="grid h-full content-start gap-2 rounded-control border border-s-3 px-3 py-2.5"
      style={{ borderInlineStartColor: nodeHue(trigger.trigger_type) }}
    >
      <div className="flex items-center gap-2">
        <NodeIcon type={trigger.trigger_type} />
        <h3 className="min-w-0 flex-1 truncate text-base font-medium">{trigger.title}</h3>
        <Switch
          aria-label={t('monitor.triggerSwitch', { name: trigger.title })}
          checked={trigger.status === 'enabled'}
          disabled={toggle.isPending}
          onCheckedChange={(enabled) => toggle.mutate(enabled)}
        />
      </div>
      {trigger.trigger_type === 'trigger-webhook' ? (
        <div className="flex items-center gap-1 rounded-control border bg-sunken ps-3 pe-1">
          <code className="min-w-0 flex-1 truncate py-1 font-mono text-xs">{trigger.webhook_url}</code>
          <CopyButton text={trigger.webhook_url} label={t('monitor.copyWebhook', { name: trigger.title })} />
        </div>
      ) : (
        <Schedule trigger={trigger} />
      )}
      <p className="flex flex-wrap gap-x-3 text-sm text-ink-faint">
        {trigger.last_run_at === null ? (
          t('monitor.neverRan')
        ) : (
          <span>
            {t('monitor.lastRun')} <RelativeTime at={trigger.last_run_at} />
          </span>
        )}
        {trigger.last_run_id === null ? null : (
          <Link
            to="/app/$appId/logs"
            params={{ appId }}
            search={{ run: trigger.last_run_id }}
            className="underline underline-offset-2 hover:text-ink"
          >
            {t('monitor.showRun')}
          </Link>
        )}
      </p>
      {trigger.last_error ? (
        <p className="text-sm break-words text-danger-ink">{trigger.last_error}</p>
      ) : null}
    </div>
  );
}

/** When a schedule is due, in the zone that it is set to. */
function Schedule({ trigger }: { trigger: Trigger }) {
  const { t } = useTranslation();
  const language = useLanguage();
  return (
    <div className="grid gap-1 text-sm text-ink-soft">
      <p>
        <code className="font-mono text-xs">{trigger.cron_expression}</code> · {trigger.timezone}
      </p>
      {trigger.next_runs.length > 0 ? (
        <p>
          {t('monitor.nextRuns')}{' '}
          {trigger.next_runs
            .slice(0, 3)
            .map((at) => formatDateTime(at, language, trigger.timezone))
            .join(' · ')}
        </p>
      ) : null}
    </div>
  );
}
