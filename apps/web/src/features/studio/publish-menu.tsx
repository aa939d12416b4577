import { useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { ChevronDown, Code, ExternalLink, GitBranch, History } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { publicUrl } from '../../api/apps.ts';
import { studioApi } from '../../api/studio.ts';
import { useErrorText } from '../../lib/error-text.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { Menu } from '../../ui/menu.tsx';
import { toast } from '../../ui/toast.tsx';
import { useStudio, useStudioState } from './studio-context.ts';
import { VersionsDrawer } from './versions-drawer.tsx';

const route = getRouteApi('/shell/app/$appId/configuration');

/** Makes the draft the version that people use, and leads to where they use it. */
export function PublishMenu() {
  const { t } = useTranslation();
  const describe = useErrorText();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const { app, store } = useStudio();
  const dirty = useStudioState((state) => state.dirty);
  const publishedAt = useStudioState((state) => state.publishedAt);
  const modelChosen = useStudioState((state) => state.config.model.name !== '');
  const [resetting, setResetting] = useState(false);
  const versionsShown = route.useSearch().panel === 'versions';
  const showVersions = (shown: boolean) =>
    void navigate({
      to: '/app/$appId/configuration',
      params: { appId: app.id },
      search: shown ? { panel: 'versions' } : {},
    });
  const url = publicUrl(app);

  const publish = useMutation({
    mutationFn: async () => {
      await store.getState().saveNow();
      return studioApi.publish(app.id, store.getState().config);
    },
    onSuccess: (answer) => {
      store.getState().published(answer?.published_at ?? Math.floor(Date.now() / 1000), answer?.hash);
      toast.success(t('studio.published'));
      void queryClient.invalidateQueries({ queryKey: ['app', app.id], exact: true });
      void queryClient.invalidateQueries({ queryKey: ['app', app.id, 'config-versions'] });
      void queryClient.invalidateQueries({ queryKey: ['apps'] });
    },
    onError: (error) => toast.error(t('studio.notPublished'), describe(error)),
  });
  const published = app.model_config;

  return (
    <div className="flex items-center gap-2">
      <span className="hidden sm:inline-flex">
        {publishedAt === null ? (
          <Badge>{t('studio.neverPublished')}</Badge>
        ) : dirty ? (
          <Badge tone="warning">{t('studio.unpublishedChanges')}</Badge>
        ) : null}
      </span>
      <div className="flex items-center">
        <Button
          size="sm"
          variant="primary"
          className="!rounded-e-none"
          loading={publish.isPending}
          disabled={!modelChosen || (publishedAt !== null && !dirty)}
          title={modelChosen ? undefined : t('studio.chooseModelFirst')}
          onClick={() => publish.mutate()}
        >
          {publishedAt === null ? t('studio.publish') : t('studio.publishUpdate')}
        </Button>
        <Menu
          trigger={
            <Button
              size="sm"
              variant="primary"
              aria-label={t('studio.publishMenu')}
              className="ms-px !rounded-s-none !px-1.5"
              icon={<ChevronDown className="size-4" />}
            />
          }
          groups={[
            {
              key: 'use',
              entries: [
                {
                  key: 'run',
                  label: t('apps.openSite'),
                  icon: <ExternalLink />,
                  disabled: publishedAt === null || !app.enable_site || !url,
                  onSelect: () => window.open(url, '_blank', 'noopener'),
                },
                {
                  key: 'api',
                  label: t('studio.useApi'),
                  icon: <Code />,
                  onSelect: () => void navigate({ to: '/app/$appId/develop', params: { appId: app.id } }),
                },
              ],
            },
            {
              key: 'reset',
              entries: [
                {
                  key: 'versions',
                  label: t('studio.versions'),
                  icon: <GitBranch />,
                  onSelect: () => showVersions(true),
                },
                {
                  key: 'reset',
                  label: t('studio.resetToPublished'),
                  icon: <History />,
                  disabled: !published || !dirty,
                  onSelect: () => setResetting(true),
                },
              ],
            },
          ]}
        />
      </div>
      {versionsShown ? <VersionsDrawer onClose={() => showVersions(false)} /> : null}
      <ConfirmDialog
        open={resetting}
        onOpenChange={setResetting}
        title={t('studio.resetToPublished')}
        body={t('studio.resetBody')}
        confirmLabel={t('studio.reset')}
        onConfirm={() => {
          if (published) store.getState().update(() => published);
          setResetting(false);
        }}
      />
    </div>
  );
}
