import { useMutation, useQueryClient } from '@tanstack/react-query';
import { CodeXml, ExternalLink, Globe, RefreshCw, Settings2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type AppDetail, appQuery, appsApi, isPublished, publicUrl } from '../../api/apps.ts';
import { useErrorText } from '../../lib/error-text.ts';
import { StatusDot } from '../../ui/badge.tsx';
import { Button, buttonClass, IconButton } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { Switch } from '../../ui/switch.tsx';
import { toast } from '../../ui/toast.tsx';
import { EmbedDialog } from './embed-dialog.tsx';
import { SiteSettingsDialog } from './site-settings-dialog.tsx';

/** The public page: its address, whether it is open, how it looks. */
export function SiteCard({
  app,
  editable,
  privileged,
}: {
  app: AppDetail;
  editable: boolean;
  privileged: boolean;
}) {
  const { t } = useTranslation();
  const describe = useErrorText();
  const queryClient = useQueryClient();
  const [dialog, setDialog] = useState<'settings' | 'embed' | 'reset'>();
  const url = publicUrl(app);
  const published = isPublished(app);
  const refresh = () => queryClient.invalidateQueries({ queryKey: appQuery(app.id).queryKey, exact: true });
  const toggle = useMutation({
    mutationFn: (enabled: boolean) => appsApi.setSiteEnabled(app.id, enabled),
    onSuccess: refresh,
    onError: (error) => toast.error(describe(error)),
  });
  const reset = useMutation({
    mutationFn: () => appsApi.resetSiteCode(app.id),
    onSuccess: async () => {
      await refresh();
      setDialog(undefined);
      toast.success(t('monitor.linkRenewed'));
    },
  });
  return (
    <section aria-label={t('monitor.site')} className="rounded-panel border bg-surface p-4">
      <div className="flex items-center gap-2.5">
        <Globe aria-hidden="true" className="size-4.5 text-ink-faint" />
        <h2 className="text-base font-semibold">{t('monitor.site')}</h2>
        <span className="ms-auto">
          {app.enable_site ? (
            <StatusDot tone="success">{t('monitor.inService')}</StatusDot>
          ) : (
            <StatusDot tone="neutral">{t('monitor.disabled')}</StatusDot>
          )}
        </span>
        <Switch
          aria-label={t('monitor.siteSwitch')}
          checked={app.enable_site}
          disabled={!editable || toggle.isPending}
          onCheckedChange={(enabled) => toggle.mutate(enabled)}
        />
      </div>
      <div className="mt-3 flex items-center gap-1 rounded-control border bg-sunken ps-3 pe-1">
        <code className="min-w-0 flex-1 truncate py-1.5 font-mono text-sm">{url ?? '–'}</code>
        {url ? <CopyButton text={url} label={t('monitor.copyLink')} /> : null}
        {privileged ? (
          <IconButton
            size="sm"
            label={t('monitor.renewLink')}
            icon={<RefreshCw />}
            onClick={() => setDialog('reset')}
          />
        ) : null}
      </div>
      {published ? null : <p className="mt-2 text-sm text-warning-ink">{t('monitor.publishFirst')}</p>}
      <div className="mt-3 flex flex-wrap gap-2">
        {url && app.enable_site && published ? (
          <a href={url} target="_blank" rel="noreferrer" className={buttonClass('secondary', 'sm')}>
            <ExternalLink aria-hidden="true" className="size-3.5" />
            {t('monitor.open')}
          </a>
        ) : null}
        {url && app.site ? (
          <Button size="sm" icon={<CodeXml className="size-3.5" />} onClick={() => setDialog('embed')}>
            {t('monitor.embed')}
          </Button>
        ) : null}
        {editable && app.site ? (
          <Button size="sm" icon={<Settings2 className="size-3.5" />} onClick={() => setDialog('settings')}>
            {t('monitor.siteSettings')}
          </Button>
        ) : null}
      </div>
      {dialog === 'settings' && app.site ? (
        <SiteSettingsDialog app={app} site={app.site} onClose={() => setDialog(undefined)} />
      ) : null}
      {dialog === 'embed' && app.site ? (
        <EmbedDialog
          origin={app.site.app_base_url || window.location.origin}
          code={app.site.access_token}
          mode={app.mode}
          onClose={() => setDialog(undefined)}
        />
      ) : null}
      <ConfirmDialog
        open={dialog === 'reset'}
        onOpenChange={() => setDialog(undefined)}
        title={t('monitor.renewLink')}
        body={t('monitor.renewBody')}
        confirmLabel={t('monitor.renew')}
        danger
        pending={reset.isPending}
        error={reset.error ? describe(reset.error) : undefined}
        onConfirm={() => reset.mutate()}
      />
    </section>
  );
}
