import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Code, KeyRound } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { type AppDetail, appQuery, appsApi } from '../../api/apps.ts';
import { useErrorText } from '../../lib/error-text.ts';
import { StatusDot } from '../../ui/badge.tsx';
import { buttonClass } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Switch } from '../../ui/switch.tsx';
import { toast } from '../../ui/toast.tsx';

/** The base address that programs use; the server's own where it names none. */
export function apiBaseUrl(app: AppDetail): string {
  return app.api_base_url || `${window.location.origin}/v1`;
}

/** The service API: its address, whether it answers, the way to keys and samples. */
export function ApiCard({ app, privileged }: { app: AppDetail; privileged: boolean }) {
  const { t } = useTranslation();
  const describe = useErrorText();
  const queryClient = useQueryClient();
  const toggle = useMutation({
    mutationFn: (enabled: boolean) => appsApi.setApiEnabled(app.id, enabled),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: appQuery(app.id).queryKey, exact: true }),
    onError: (error) => toast.error(describe(error)),
  });
  const base = apiBaseUrl(app);
  return (
    <section aria-label={t('monitor.api')} className="rounded-panel border bg-surface p-4">
      <div className="flex items-center gap-2.5">
        <Code aria-hidden="true" className="size-4.5 text-ink-faint" />
        <h2 className="text-base font-semibold">{t('monitor.api')}</h2>
        <span className="ms-auto">
          {app.enable_api ? (
            <StatusDot tone="success">{t('monitor.inService')}</StatusDot>
          ) : (
            <StatusDot tone="neutral">{t('monitor.disabled')}</StatusDot>
          )}
        </span>
        <Switch
          aria-label={t('monitor.apiSwitch')}
          checked={app.enable_api}
          disabled={!privileged || toggle.isPending}
          onCheckedChange={(enabled) => toggle.mutate(enabled)}
        />
      </div>
      <div className="mt-3 flex items-center gap-1 rounded-control border bg-sunken ps-3 pe-1">
        <code className="min-w-0 flex-1 truncate py-1.5 font-mono text-sm">{base}</code>
        <CopyButton text={base} label={t('monitor.copyBase')} />
      </div>
      <div className="mt-3">
        <Link to="/app/$appId/develop" params={{ appId: app.id }} className={buttonClass('secondary', 'sm')}>
          <KeyRound aria-hidden="true" className="size-3.5" />
          {t('monitor.keysAndSamples')}
        </Link>
      </div>
    </section>
  );
}
