import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query';
import { GitBranch, MoreHorizontal } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { profileQuery } from '../../api/session.ts';
import { publishedQuery, versionsQuery, type Workflow, workflowsApi } from '../../api/workflows.ts';
import { useLanguage } from '../../i18n/language.ts';
import { copyText } from '../../lib/clipboard.ts';
import { cx } from '../../lib/cx.ts';
import { useErrorText } from '../../lib/error-text.ts';
import { formatDateTime } from '../../lib/format.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Menu } from '../../ui/menu.tsx';
import { SkeletonLines } from '../../ui/skeleton.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { toast } from '../../ui/toast.tsx';
import { VersionDialog } from './version-dialog.tsx';
import { useWorkflow } from './workflow-context.ts';

/** What a version is called: its name, or the moment of its publication. */
export function useVersionName(): (version: Workflow) => string {
  const language = useLanguage();
  return (version) => version.marked_name || formatDateTime(version.created_at, language);
}

/** What was published when, by whom; any of it can be looked at and brought back. */
export function VersionsPanel({ shownId }: { shownId: string | undefined }) {
  const { t } = useTranslation();
  const { app } = useWorkflow();
  const { data: profile } = useQuery(profileQuery);
  const [onlyMine, setOnlyMine] = useState(false);
  const [onlyNamed, setOnlyNamed] = useState(false);
  const published = useQuery(publishedQuery(app.id));
  const versions = useInfiniteQuery(
    versionsQuery(app.id, { named_only: onlyNamed, user_id: onlyMine ? profile?.id : undefined }),
  );
  const items = versions.data?.pages.flatMap((page) => page.items) ?? [];
  const filtered = onlyMine || onlyNamed;
  return (
    <div className="grid gap-4 p-4 sm:p-5">
      <div className="flex flex-wrap gap-x-5 gap-y-2">
        <Checkbox label={t('workflow.onlyNamed')} checked={onlyNamed} onCheckedChange={setOnlyNamed} />
        <Checkbox label={t('workflow.onlyMine')} checked={onlyMine} onCheckedChange={setOnlyMine} />
      </div>
      {versions.error ? (
        <ErrorState error={versions.error} onRetry={() => void versions.refetch()} />
      ) : versions.isPending ? (
        <SkeletonLines lines={6} />
      ) : items.length === 0 ? (
        <EmptyState
          icon={<GitBranch />}
          title={filtered ? t('workflow.noVersionMatches') : t('workflow.noVersions')}
        >
          {filtered ? null : t('workflow.noVersionsBody')}
        </EmptyState>
      ) : (
        <ul
          aria-label={t('workflow.panel_versions')}
          className="divide-y overflow-hidden rounded-panel border bg-surface"
        >
          {items.map((version) => (
            <VersionRow
              key={version.id}
              version={version}
              isLive={version.id === published.data?.id}
              isShown={version.id === shownId}
            />
          ))}
        </ul>
      )}
      {versions.hasNextPage ? (
        <Button
          size="sm"
          className="justify-self-center"
          loading={versions.isFetchingNextPage}
          onClick={() => void versions.fetchNextPage()}
        >
          {t('workflow.olderVersions')}
        </Button>
      ) : null}
    </div>
  );
}

function VersionRow({ version, isLive, isShown }: { version: Workflow; isLive: boolean; isShown: boolean }) {
  const { t } = useTranslation();
  const { go } = useWorkflow();
  const nameOf = useVersionName();
  const name = nameOf(version);
  return (
    <li
      className={cx('relative flex items-start gap-2 px-3 py-2.5 hover:bg-hover', isShown && 'bg-selected')}
    >
      <div className="min-w-0 flex-1">
        <div className="flex items-center gap-2">
          <button
            type="button"
            onClick={() => go({ panel: 'versions', version: version.id })}
            className="min-w-0 truncate text-start text-base font-medium after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
          >
            {name}
          </button>
          {isLive ? <Badge tone="success">{t('workflow.live')}</Badge> : null}
        </div>
        {version.marked_comment ? (
          <p className="text-sm break-words text-ink-soft">{version.marked_comment}</p>
        ) : null}
        <p className="text-sm text-ink-faint">
          {version.created_by?.name ?? '–'} · <RelativeTime at={version.created_at} />
        </p>
      </div>
      <VersionMenu version={version} name={name} isLive={isLive} />
    </li>
  );
}

function VersionMenu({ version, name, isLive }: { version: Workflow; name: string; isLive: boolean }) {
  const { t } = useTranslation();
  const describe = useErrorText();
  const { app, go, refresh } = useWorkflow();
  const [asking, setAsking] = useState<'restore' | 'remove' | 'rename'>();
  const done = () => {
    setAsking(undefined);
    refresh();
  };
  const restore = useMutation({
    mutationFn: () => workflowsApi.restore(app.id, version.id),
    onSuccess: () => {
      done();
      go({ panel: 'versions' });
      toast.success(t('workflow.restored', { name }));
    },
  });
  const remove = useMutation({
    mutationFn: () => workflowsApi.remove(app.id, version.id),
    onSuccess: () => {
      done();
      go({ panel: 'versions' });
    },
  });
  const rename = useMutation({
    mutationFn: (marks: { marked_name: string; marked_comment: string }) =>
      workflowsApi.mark(app.id, version.id, marks),
    onSuccess: done,
  });
  return (
    <div className="relative z-1">
      <Menu
        trigger={<IconButton size="sm" label={t('apps.menuOf', { name })} icon={<MoreHorizontal />} />}
        groups={[
          {
            key: 'use',
            entries: [
              {
                key: 'view',
                label: t('workflow.viewVersion'),
                onSelect: () => go({ panel: 'versions', version: version.id }),
              },
              { key: 'restore', label: t('workflow.restore'), onSelect: () => setAsking('restore') },
              { key: 'rename', label: t('workflow.editVersion'), onSelect: () => setAsking('rename') },
              {
                key: 'copy',
                label: t('workflow.copyVersionId'),
                onSelect: () =>
                  void copyText(version.id).then((ok) =>
                    ok ? toast.success(t('common.copied')) : toast.error(t('common.copyFailed')),
                  ),
              },
            ],
          },
          {
            key: 'remove',
            entries: [
              {
                key: 'remove',
                label: t('common.delete'),
                danger: true,
                disabled: isLive,
                onSelect: () => setAsking('remove'),
              },
            ],
          },
        ]}
      />
      {asking === 'rename' ? (
        <VersionDialog
          title={t('workflow.editVersion')}
          action={t('common.save')}
          marks={version}
          pending={rename.isPending}
          error={rename.error ? describe(rename.error) : undefined}
          onSubmit={(marks) => rename.mutate(marks)}
          onClose={() => setAsking(undefined)}
        />
      ) : null}
      <ConfirmDialog
        open={asking === 'restore'}
        onOpenChange={() => setAsking(undefined)}
        title={t('workflow.restoreTitle', { name })}
        body={t('workflow.restoreBody')}
        confirmLabel={t('workflow.restore')}
        pending={restore.isPending}
        error={restore.error ? describe(restore.error) : undefined}
        onConfirm={() => restore.mutate()}
      />
      <ConfirmDialog
        open={asking === 'remove'}
        onOpenChange={() => setAsking(undefined)}
        title={t('workflow.removeVersionTitle', { name })}
        body={t('workflow.removeVersionBody')}
        confirmLabel={t('common.delete')}
        danger
        pending={remove.isPending}
        error={remove.error ? describe(remove.error) : undefined}
        onConfirm={() => remove.mutate()}
      />
    </div>
  );
}
