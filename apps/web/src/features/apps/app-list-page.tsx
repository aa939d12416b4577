import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, useLocation, useNavigate } from '@tanstack/react-router';
import { LayoutGrid, Plus, SearchX, Tag as TagIcon } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { appPagesQuery, tagsQuery } from '../../api/apps.ts';
import { type Role, workspaceQuery } from '../../api/session.ts';
import { type AppMode, appModes, appSorts } from '../../console/search.ts';
import { useDebounced } from '../../lib/hooks.ts';
import { range } from '../../lib/range.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { SearchInput } from '../../ui/input.tsx';
import { Menu } from '../../ui/menu.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { Select } from '../../ui/select.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { AppCard } from './app-card.tsx';
import { CreateAppDialog, type CreateWay } from './create-app-dialog.tsx';

const route = getRouteApi('/shell/apps');

/** Whether a role may make and change apps. */
export function canEditApps(role: Role | undefined): boolean {
  return role === 'owner' || role === 'admin' || role === 'editor';
}

/** Filters that live in the address; the text waits until typing pauses. */
function useAppFilters() {
  const search = route.useSearch();
  const navigate = useNavigate({ from: '/apps' });
  const [name, setName] = useState(search.name ?? '');
  const settledName = useDebounced(name, 250);
  useEffect(() => {
    if ((search.name ?? '') === settledName) return;
    void navigate({
      search: ({ name: _old, ...rest }) => (settledName ? { ...rest, name: settledName } : rest),
      replace: true,
    });
  }, [settledName, search.name, navigate]);
  const clear = () => {
    setName('');
    void navigate({ search: {} });
  };
  return { search, navigate, name, setName, clear };
}

/** Asks for the next page when the end of the list comes into view. */
function useEndReached(onReached: () => void, enabled: boolean) {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const end = ref.current;
    if (!end || !enabled) return;
    const observer = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) onReached();
    });
    observer.observe(end);
    return () => observer.disconnect();
  }, [onReached, enabled]);
  return ref;
}

/** All apps of the workspace. */
export function AppListPage() {
  const { t } = useTranslation();
  const { search, navigate, name, setName, clear } = useAppFilters();
  const { data: workspace } = useQuery(workspaceQuery);
  const { data: tags } = useQuery(tagsQuery);
  const hash = useLocation({ select: (location) => location.hash });
  const [creating, setCreating] = useState<CreateWay | undefined>(hash === 'create' ? 'blank' : undefined);
  const editable = canEditApps(workspace?.role);
  const apps = useInfiniteQuery(
    appPagesQuery({
      mode: search.mode,
      name: search.name,
      tag_ids: search.tags,
      sort_by: search.sort,
      is_created_by_me: search.mine,
    }),
  );
  const end = useEndReached(apps.fetchNextPage, apps.hasNextPage && !apps.isFetchingNextPage);
  useEffect(() => {
    if (hash === 'create') setCreating('blank');
  }, [hash]);
  const rows = apps.data?.pages.flatMap((page) => page.data) ?? [];
  const filtered = Object.keys(search).some((key) => key !== 'sort');
  const chosenTags = search.tags ?? [];

  return (
    <div className="mx-auto grid w-full max-w-310 gap-5 px-4 py-6 sm:px-8">
      <PageHeader
        title={t('shell.apps')}
        action={
          editable ? (
            <Button variant="primary" icon={<Plus className="size-4" />} onClick={() => setCreating('blank')}>
              {t('apps.create')}
            </Button>
          ) : null
        }
      />
      <div className="flex flex-wrap items-center gap-2">
        <SearchInput
          className="w-full sm:w-64"
          value={name}
          onValueChange={setName}
          label={t('apps.search')}
        />
        <Select
          className="!w-auto min-w-36"
          aria-label={t('apps.modeFilter')}
          value={search.mode ?? 'all'}
          onValueChange={(mode: AppMode | 'all') =>
            void navigate({
              search: ({ mode: _old, ...rest }) => (mode === 'all' ? rest : { ...rest, mode }),
            })
          }
          options={[
            { value: 'all', label: t('apps.allModes') },
            ...appModes.map((mode) => ({ value: mode, label: t(`apps.mode_${mode}`) })),
          ]}
        />
        <Menu
          align="start"
          trigger={
            <Button icon={<TagIcon className="size-4" />}>
              {chosenTags.length > 0 ? t('apps.tagsChosen', { count: chosenTags.length }) : t('apps.tags')}
            </Button>
          }
          groups={[
            {
              key: 'mine',
              entries: [
                {
                  key: 'mine',
                  label: t('apps.mine'),
                  checked: search.mine ?? false,
                  onSelect: () =>
                    void navigate({
                      search: ({ mine, ...rest }) => (mine ? rest : { ...rest, mine: true }),
                    }),
                },
              ],
            },
            {
              key: 'tags',
              label: t('apps.tags'),
              entries: tags?.length
                ? tags.map((tag) => ({
                    key: tag.id,
                    label: tag.name,
                    checked: chosenTags.includes(tag.id),
                    onSelect: () => {
                      const next = chosenTags.includes(tag.id)
                        ? chosenTags.filter((id) => id !== tag.id)
                        : [...chosenTags, tag.id];
                      void navigate({
                        search: ({ tags: _old, ...rest }) => (next.length ? { ...rest, tags: next } : rest),
                      });
                    },
                  }))
                : [{ key: 'none', label: t('apps.noTags'), disabled: true, onSelect: () => undefined }],
            },
          ]}
        />
        <Select
          className="!w-auto min-w-40 sm:ms-auto"
          aria-label={t('apps.sort')}
          value={search.sort ?? 'last_modified'}
          onValueChange={(sort) => void navigate({ search: (previous) => ({ ...previous, sort }) })}
          options={appSorts.map((sort) => ({ value: sort, label: t(`apps.sort_${sort}`) }))}
        />
      </div>
      {apps.error && rows.length === 0 ? (
        <ErrorState error={apps.error} onRetry={() => void apps.refetch()} />
      ) : apps.isPending ? (
        <div role="status" className="grid grid-cols-1 gap-3 sm:grid-cols-2 lg:grid-cols-3 xl:grid-cols-4">
          <span className="sr-only">{t('common.loading')}</span>
          {range(8).map((key) => (
            <Skeleton key={key} className="h-42 !rounded-panel" />
          ))}
        </div>
      ) : rows.length > 0 ? (
        <>
          <ul className="grid grid-cols-1 gap-3 sm:grid-cols-2 lg:grid-cols-3 xl:grid-cols-4">
            {rows.map((app) => (
              <AppCard key={app.id} app={app} editable={editable} />
            ))}
          </ul>
          <div ref={end} className="flex h-8 items-center justify-center">
            {apps.isFetchingNextPage ? <Spinner className="text-ink-faint" /> : null}
          </div>
        </>
      ) : filtered ? (
        <EmptyState
          icon={<SearchX />}
          title={t('apps.nothingMatches')}
          action={<Button onClick={clear}>{t('apps.clearFilters')}</Button>}
        >
          {t('apps.nothingMatchesBody')}
        </EmptyState>
      ) : (
        <EmptyState
          icon={<LayoutGrid />}
          title={t('apps.emptyTitle')}
          action={
            editable ? (
              <>
                <Button
                  variant="primary"
                  icon={<Plus className="size-4" />}
                  onClick={() => setCreating('blank')}
                >
                  {t('apps.createFirst')}
                </Button>
                <Button onClick={() => setCreating('template')}>{t('apps.fromTemplate')}</Button>
                <Button onClick={() => setCreating('import')}>{t('apps.importFile')}</Button>
              </>
            ) : null
          }
        >
          {t('apps.emptyBody')}
        </EmptyState>
      )}
      {creating ? (
        <CreateAppDialog
          way={creating}
          onClose={() => {
            setCreating(undefined);
            if (hash) void navigate({ search: (previous) => previous, hash: '', replace: true });
          }}
        />
      ) : null}
    </div>
  );
}
