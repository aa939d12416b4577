import { useInfiniteQuery } from '@tanstack/react-query';
import { GitBranch } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type ConfigVersion, configVersionsQuery } from '../../api/studio.ts';
import { useLanguage } from '../../i18n/language.ts';
import { formatDateTime } from '../../lib/format.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog, Drawer } from '../../ui/dialog.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { SkeletonLines } from '../../ui/skeleton.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { useStudio } from './studio-context.ts';

/** What was published before; any of it can become the draft again, which undo takes back. */
export function VersionsDrawer({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const { app, store } = useStudio();
  const language = useLanguage();
  const versions = useInfiniteQuery(configVersionsQuery(app.id));
  const [restoring, setRestoring] = useState<ConfigVersion>();
  const items = versions.data?.pages.flatMap((page) => page.data) ?? [];
  return (
    <Drawer
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={t('studio.versions')}
      description={t('studio.versionsBody')}
    >
      {versions.error ? (
        <ErrorState error={versions.error} onRetry={() => void versions.refetch()} />
      ) : versions.isPending ? (
        <SkeletonLines lines={6} />
      ) : items.length === 0 ? (
        <EmptyState icon={<GitBranch />} title={t('studio.neverPublished')} />
      ) : (
        <ul aria-label={t('studio.versions')} className="divide-y overflow-hidden rounded-panel border">
          {items.map((version) => (
            <li key={version.id} className="flex items-center gap-3 px-3 py-2.5">
              <div className="min-w-0 flex-1">
                <p className="flex items-center gap-2 text-base font-medium">
                  {formatDateTime(version.created_at, language)}
                  {version.current ? <Badge tone="success">{t('workflow.live')}</Badge> : null}
                </p>
                <p className="truncate text-sm text-ink-faint">
                  {version.created_by_name ?? '–'} · <RelativeTime at={version.created_at} />
                </p>
                <p className="truncate text-sm text-ink-soft">
                  {[
                    version.model_config.model?.name,
                    version.model_config.pre_prompt?.replaceAll(/\s+/g, ' '),
                  ]
                    .filter(Boolean)
                    .join(' · ')}
                </p>
              </div>
              <Button size="sm" onClick={() => setRestoring(version)}>
                {t('workflow.restore')}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {versions.hasNextPage ? (
        <div className="mt-3 flex justify-center">
          <Button
            size="sm"
            loading={versions.isFetchingNextPage}
            onClick={() => void versions.fetchNextPage()}
          >
            {t('workflow.olderVersions')}
          </Button>
        </div>
      ) : null}
      <ConfirmDialog
        open={restoring !== undefined}
        onOpenChange={() => setRestoring(undefined)}
        title={t('workflow.restoreTitle', {
          name: restoring ? formatDateTime(restoring.created_at, language) : '',
        })}
        body={t('studio.restoreBody')}
        confirmLabel={t('workflow.restore')}
        onConfirm={() => {
          if (restoring) store.getState().update(() => restoring.model_config);
          onClose();
        }}
      />
    </Drawer>
  );
}
