import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { ChevronDown, ChevronUp } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type AppDetail, publicUrl } from '../../api/apps.ts';
import { type LoggedRun, type RunStatus, runLogQuery } from '../../api/runs.ts';
import { profileQuery } from '../../api/session.ts';
import { type Period, periods, runStatuses } from '../../console/search.ts';
import { useLanguage } from '../../i18n/language.ts';
import { formatNumber, formatSeconds } from '../../lib/format.ts';
import { useDebounced } from '../../lib/hooks.ts';
import { periodStart } from '../../lib/period.ts';
import { IconButton } from '../../ui/button.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Drawer } from '../../ui/dialog.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { SearchInput } from '../../ui/input.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { Pagination } from '../../ui/pagination.tsx';
import { Select } from '../../ui/select.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { RunStatusBadge } from '../runs/run-status.tsx';
import { StoredRun } from '../runs/stored-run.tsx';
import { NoLogs } from './no-logs.tsx';

const route = getRouteApi('/shell/app/$appId/logs');
const pageSize = 25;

/** Who or what asked for runs; other names are shown as they come. */
const knownSources = [
  'service-api',
  'web-app',
  'debugger',
  'explore',
  'installed-app',
  'schedule',
  'webhook',
  'plugin',
] as const;

function SourceName({ source }: { source: string }) {
  const { t } = useTranslation();
  const known = knownSources.find((name) => name === source);
  return <span className="text-ink-soft">{known ? t(`runs.source_${known}`) : source}</span>;
}

/** A trigger tells itself; every other run tells where it was asked for. */
function sourceOf(row: LoggedRun): string {
  const { triggered_from: trigger } = row.workflow_run;
  return trigger === 'app-run' ? row.created_from : trigger;
}

function useColumns(): Column<LoggedRun>[] {
  const { t } = useTranslation();
  const language = useLanguage();
  return useMemo(
    () => [
      {
        key: 'started',
        title: t('runs.started'),
        cell: (row) => <RelativeTime at={row.created_at} />,
      },
      {
        key: 'status',
        title: t('runs.status'),
        width: 'w-44',
        cell: (row) => <RunStatusBadge status={row.workflow_run.status} />,
      },
      {
        key: 'elapsed',
        title: t('runs.elapsed'),
        numeric: true,
        width: 'w-28',
        cell: (row) => formatSeconds(row.workflow_run.elapsed_time, language),
      },
      {
        key: 'tokens',
        title: t('runs.tokens'),
        numeric: true,
        width: 'w-28',
        cell: (row) => formatNumber(row.workflow_run.total_tokens, language),
      },
      {
        key: 'user',
        title: t('runs.user'),
        width: 'w-56',
        cell: (row) => (
          <span className="block truncate text-ink-soft">
            {row.created_by_account?.name ?? row.created_by_end_user?.session_id ?? '–'}
          </span>
        ),
      },
      {
        key: 'source',
        title: t('runs.source'),
        width: 'w-36',
        cell: (row) => <SourceName source={sourceOf(row)} />,
      },
    ],
    [t, language],
  );
}

/** The runs of a published workflow, with everything each did. */
export function WorkflowLogsPage({ app }: { app: AppDetail }) {
  const { t } = useTranslation();
  const search = route.useSearch();
  const navigate = useNavigate({ from: '/app/$appId/logs' });
  const { data: profile } = useQuery(profileQuery);
  const [keyword, setKeyword] = useState(search.keyword ?? '');
  const settledKeyword = useDebounced(keyword, 300);
  const [nowMs] = useState(() => Date.now());
  const period = search.period ?? '7d';
  const page = search.page ?? 1;
  const zone = profile?.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const logs = useQuery({
    ...runLogQuery(app.id, {
      keyword: search.keyword,
      status: search.status,
      created_at__after: periodStart(period, zone, nowMs),
      page,
      limit: pageSize,
    }),
    placeholderData: keepPreviousData,
    refetchInterval: (query) =>
      query.state.data?.data.some(({ workflow_run: { status } }) => status === 'running') ? 3000 : false,
  });
  const columns = useColumns();

  useEffect(() => {
    if ((search.keyword ?? '') === settledKeyword) return;
    void navigate({
      search: ({ keyword: _old, page: _page, ...rest }) =>
        settledKeyword ? { ...rest, keyword: settledKeyword } : rest,
      replace: true,
    });
  }, [settledKeyword, search.keyword, navigate]);

  const open = (id: string | undefined) =>
    void navigate({
      search: ({ run: _old, tab: _tab, ...rest }) => (id ? { ...rest, run: id } : rest),
      replace: id === undefined,
    });
  const rows = logs.data?.data;
  const filtered = Boolean(search.keyword || search.status || search.page);
  const url = app.enable_site ? publicUrl(app) : undefined;

  return (
    <div className="mx-auto grid w-full max-w-310 gap-4 px-4 py-6 sm:px-8">
      <PageHeader
        title={t('logs.title')}
        tabTitle={`${app.name} · ${t('logs.title')}`}
        description={t('runs.logsBody')}
      />
      <div className="flex flex-wrap items-center gap-2">
        <SearchInput
          className="w-full sm:w-72"
          value={keyword}
          onValueChange={setKeyword}
          label={t('runs.search')}
        />
        <Select
          className="!w-auto min-w-36"
          aria-label={t('logs.period')}
          value={period}
          onValueChange={(value: Period) =>
            void navigate({ search: ({ page: _page, ...rest }) => ({ ...rest, period: value }) })
          }
          options={periods.map((value) => ({ value, label: t(`logs.period_${value}`) }))}
        />
        <Select
          className="!w-auto min-w-36"
          aria-label={t('runs.status')}
          value={search.status ?? 'all'}
          onValueChange={(value: RunStatus | 'all') =>
            void navigate({
              search: ({ status: _old, page: _page, ...rest }) =>
                value === 'all' ? rest : { ...rest, status: value },
            })
          }
          options={[
            { value: 'all' as const, label: t('runs.anyStatus') },
            ...runStatuses.map((value) => ({ value, label: t(`runs.status_${value}`) })),
          ]}
        />
      </div>
      {logs.error ? (
        <ErrorState error={logs.error} onRetry={() => void logs.refetch()} />
      ) : rows?.length === 0 ? (
        <NoLogs
          onClear={
            filtered
              ? () => {
                  setKeyword('');
                  void navigate({ search: {} });
                }
              : undefined
          }
          nothingMatches={t('runs.nothingMatches')}
          body={t('runs.emptyBody')}
          siteUrl={url}
        />
      ) : (
        <>
          <DataTable
            label={t('logs.title')}
            columns={columns}
            rows={rows}
            rowKey={(row) => row.id}
            onOpen={(row) => open(row.workflow_run.id)}
            selectedKey={search.run}
          />
          {logs.data ? (
            <Pagination
              page={page}
              limit={pageSize}
              total={logs.data.total}
              onPageChange={(next) => void navigate({ search: (previous) => ({ ...previous, page: next }) })}
            />
          ) : null}
        </>
      )}
      {search.run ? <RunDrawer app={app} runId={search.run} rows={rows ?? []} onOpen={open} /> : null}
    </div>
  );
}

/** One run beside the list; `J` and `K` go to the next and the one before. */
function RunDrawer({
  app,
  runId,
  rows,
  onOpen,
}: {
  app: AppDetail;
  runId: string;
  rows: readonly LoggedRun[];
  onOpen: (id: string | undefined) => void;
}) {
  const { t } = useTranslation();
  const search = route.useSearch();
  const navigate = useNavigate({ from: '/app/$appId/logs' });
  const index = rows.findIndex((row) => row.workflow_run.id === runId);
  const previousId = rows[index - 1]?.workflow_run.id;
  const nextId = index >= 0 ? rows[index + 1]?.workflow_run.id : undefined;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const typing = event.target instanceof HTMLElement && /^(INPUT|TEXTAREA)$/.test(event.target.tagName);
      if (event.metaKey || event.ctrlKey || event.altKey || typing) return;
      if (event.key === 'j' && nextId) onOpen(nextId);
      if (event.key === 'k' && previousId) onOpen(previousId);
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [nextId, previousId, onOpen]);
  return (
    <Drawer
      open
      onOpenChange={(isOpen) => {
        if (!isOpen) onOpen(undefined);
      }}
      title={t('runs.run')}
      actions={
        <>
          <IconButton
            size="sm"
            label={t('runs.previous')}
            shortcut="K"
            icon={<ChevronUp />}
            disabled={!previousId}
            onClick={() => onOpen(previousId)}
          />
          <IconButton
            size="sm"
            label={t('runs.next')}
            shortcut="J"
            icon={<ChevronDown />}
            disabled={!nextId}
            onClick={() => onOpen(nextId)}
          />
        </>
      }
    >
      <StoredRun
        appId={app.id}
        runId={runId}
        tab={search.tab}
        onTabChange={(tab) => void navigate({ search: (rest) => ({ ...rest, tab }), replace: true })}
        onRun={onOpen}
      />
    </Drawer>
  );
}
