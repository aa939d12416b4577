import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { ThumbsDown, ThumbsUp } from 'lucide-react';
import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { appQuery, publicUrl } from '../../api/apps.ts';
import { type LoggedConversation, logQuery, type RatingCounts } from '../../api/logs.ts';
import { profileQuery } from '../../api/session.ts';
import { type Period, periods } from '../../console/search.ts';
import { cx } from '../../lib/cx.ts';
import { useDebounced } from '../../lib/hooks.ts';
import { periodBounds } from '../../lib/period.ts';
import { type Column, DataTable, type Sort } from '../../ui/data-table.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { SearchInput } from '../../ui/input.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { Pagination } from '../../ui/pagination.tsx';
import { Select } from '../../ui/select.tsx';
import { SkeletonLines } from '../../ui/skeleton.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { ConversationDrawer } from './conversation-drawer.tsx';
import { NoLogs } from './no-logs.tsx';

// It reads graphs, which prompt apps need not load.
const WorkflowLogsPage = lazy(() =>
  import('./workflow-logs-page.tsx').then((module) => ({ default: module.WorkflowLogsPage })),
);

const route = getRouteApi('/shell/app/$appId/logs');
const pageSize = 25;

function Ratings({ counts }: { counts: RatingCounts }) {
  const { t } = useTranslation();
  if (counts.like === 0 && counts.dislike === 0) return <span className="text-ink-faint">–</span>;
  return (
    <span className="tabular inline-flex items-center gap-2.5 text-sm">
      {counts.like > 0 ? (
        <span className="inline-flex items-center gap-1">
          <ThumbsUp aria-label={t('chat.like')} className="size-3.5 text-success-ink" />
          {counts.like}
        </span>
      ) : null}
      {counts.dislike > 0 ? (
        <span className="inline-flex items-center gap-1">
          <ThumbsDown aria-label={t('chat.dislike')} className="size-3.5 text-danger-ink" />
          {counts.dislike}
        </span>
      ) : null}
    </span>
  );
}

/** What a row is recognised by: the conversation's name, or what was filled in for a generated text. */
function titleOf(row: LoggedConversation, isChat: boolean): string {
  if (!isChat && row.message) {
    return Object.values(row.message.inputs).map(String).join(' · ') || row.message.query;
  }
  return row.name || row.summary || row.message?.query || '';
}

function useColumns(isChat: boolean): Column<LoggedConversation>[] {
  const { t } = useTranslation();
  return useMemo(() => {
    const title: Column<LoggedConversation> = {
      key: 'title',
      title: isChat ? t('logs.conversation') : t('logs.input'),
      cell: (row) => (
        <span className="flex items-center gap-2">
          <span
            aria-hidden="true"
            className={cx('size-1.5 shrink-0 rounded-full', row.read_at ? 'bg-transparent' : 'bg-accent')}
          />
          <span className={cx('truncate', !row.read_at && 'font-medium')}>
            {row.read_at ? null : <span className="sr-only">{t('logs.unread')} </span>}
            {titleOf(row, isChat) || t('logs.untitled')}
          </span>
        </span>
      ),
    };
    const user: Column<LoggedConversation> = {
      key: 'user',
      title: t('logs.user'),
      width: 'w-44',
      cell: (row) => (
        <span className="block truncate text-ink-soft">
          {row.from_account_name ?? row.from_end_user_session_id ?? '–'}
        </span>
      ),
    };
    const middle: Column<LoggedConversation>[] = isChat
      ? [
          user,
          {
            key: 'messages',
            title: t('logs.messages'),
            numeric: true,
            width: 'w-24',
            cell: (row) => row.message_count,
          },
        ]
      : [
          {
            key: 'output',
            title: t('logs.output'),
            cell: (row) => <span className="block truncate text-ink-soft">{row.message?.answer ?? ''}</span>,
          },
          user,
        ];
    return [
      title,
      ...middle,
      {
        key: 'user-rating',
        title: t('logs.userRating'),
        width: 'w-28',
        cell: (row) => <Ratings counts={row.user_feedback_stats} />,
      },
      {
        key: 'operator-rating',
        title: t('logs.operatorRating'),
        width: 'w-28',
        cell: (row) => <Ratings counts={row.admin_feedback_stats} />,
      },
      {
        key: 'updated_at',
        title: t('logs.updated'),
        sortable: true,
        width: 'w-32',
        cell: (row) => <RelativeTime at={row.updated_at} />,
      },
      {
        key: 'created_at',
        title: t('logs.created'),
        sortable: true,
        width: 'w-32',
        cell: (row) => <RelativeTime at={row.created_at} />,
      },
    ];
  }, [isChat, t]);
}

function toSort(value: string): Sort {
  return { key: value.replace('-', ''), descending: value.startsWith('-') };
}

/** What people asked and what they got: conversations, or the runs of a workflow. */
export function LogsPage() {
  const { appId } = route.useParams();
  const { data } = useQuery(appQuery(appId));
  if (data?.mode !== 'workflow') return <ConversationLogsPage />;
  return (
    <Suspense fallback={<SkeletonLines lines={8} className="mx-auto max-w-310 px-4 py-8 sm:px-8" />}>
      <WorkflowLogsPage app={data} />
    </Suspense>
  );
}

function ConversationLogsPage() {
  const { t } = useTranslation();
  const { appId } = route.useParams();
  const search = route.useSearch();
  const navigate = useNavigate({ from: '/app/$appId/logs' });
  const app = useQuery(appQuery(appId));
  const { data: profile } = useQuery(profileQuery);
  const [keyword, setKeyword] = useState(search.keyword ?? '');
  const settledKeyword = useDebounced(keyword, 300);
  const [nowMs] = useState(() => Date.now());
  const isChat = app.data?.mode !== 'completion';
  const kind = isChat ? 'chat-conversations' : 'completion-conversations';
  const period = search.period ?? '7d';
  const sort = search.sort ?? '-updated_at';
  const page = search.page ?? 1;
  const zone = profile?.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const logs = useQuery({
    ...logQuery(appId, kind, {
      keyword: search.keyword,
      annotation_status: search.annotated,
      sort_by: sort,
      page,
      limit: pageSize,
      ...periodBounds(period, zone, nowMs),
    }),
    enabled: app.isSuccess,
    placeholderData: keepPreviousData,
  });
  const columns = useColumns(isChat);

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
      search: ({ conversation: _old, ...rest }) => (id ? { ...rest, conversation: id } : rest),
      replace: id === undefined,
    });
  const rows = logs.data?.data;
  const filtered = Boolean(search.keyword || search.annotated || search.page);
  const url = app.data?.enable_site ? publicUrl(app.data) : undefined;
  const openIndex = rows?.findIndex((row) => row.id === search.conversation) ?? -1;

  return (
    <div className="mx-auto grid w-full max-w-310 gap-4 px-4 py-6 sm:px-8">
      <PageHeader
        title={t('logs.title')}
        tabTitle={`${app.data?.name ?? ''} · ${t('logs.title')}`}
        description={t('logs.body')}
      />
      <div className="flex flex-wrap items-center gap-2">
        <SearchInput
          className="w-full sm:w-72"
          value={keyword}
          onValueChange={setKeyword}
          label={t('logs.search')}
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
          aria-label={t('logs.annotation')}
          value={search.annotated ?? 'all'}
          onValueChange={(value: 'all' | 'annotated' | 'not_annotated') =>
            void navigate({
              search: ({ annotated: _old, page: _page, ...rest }) =>
                value === 'all' ? rest : { ...rest, annotated: value },
            })
          }
          options={(['all', 'annotated', 'not_annotated'] as const).map((value) => ({
            value,
            label: t(`logs.annotation_${value}`),
          }))}
        />
      </div>
      {(logs.error ?? app.error) ? (
        <ErrorState error={logs.error ?? app.error} onRetry={() => void (app.error ? app : logs).refetch()} />
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
          nothingMatches={t('logs.nothingMatches')}
          body={t('logs.emptyBody')}
          siteUrl={url}
        />
      ) : (
        <>
          <DataTable
            label={t('logs.title')}
            columns={columns}
            rows={rows}
            rowKey={(row) => row.id}
            onOpen={(row) => open(row.id)}
            selectedKey={search.conversation}
            sort={toSort(sort)}
            onSortChange={(next) =>
              void navigate({
                search: ({ page: _page, ...rest }) => ({
                  ...rest,
                  sort: `${next.descending ? '-' : ''}${next.key}` as '-updated_at',
                }),
              })
            }
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
      {search.conversation ? (
        <ConversationDrawer
          appId={appId}
          kind={kind}
          id={search.conversation}
          previousId={rows?.[openIndex - 1]?.id}
          nextId={openIndex >= 0 ? rows?.[openIndex + 1]?.id : undefined}
          onOpen={open}
          onClose={() => open(undefined)}
        />
      ) : null}
    </div>
  );
}
