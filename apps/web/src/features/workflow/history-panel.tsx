import { useInfiniteQuery } from '@tanstack/react-query';
import { History } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { runHistoryQuery } from '../../api/runs.ts';
import { Button } from '../../ui/button.tsx';
import { Drawer } from '../../ui/dialog.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { SkeletonLines } from '../../ui/skeleton.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { RunStatusBadge, Spent } from '../runs/run-status.tsx';
import type { RunTab } from '../runs/run-tabs.tsx';
import { StoredRun } from '../runs/stored-run.tsx';
import { useWorkflow } from './workflow-context.ts';

/** Test runs of the draft, newest first; each opens with everything it did. */
export function HistoryPanel({ runId, tab }: { runId: string | undefined; tab: RunTab | undefined }) {
  const { t } = useTranslation();
  const { app, go } = useWorkflow();
  const history = useInfiniteQuery(runHistoryQuery(app.id));
  const runs = history.data?.pages.flatMap((page) => page.data) ?? [];
  return (
    <div className="p-4 sm:p-5">
      {history.error ? (
        <ErrorState error={history.error} onRetry={() => void history.refetch()} />
      ) : history.isPending ? (
        <SkeletonLines lines={6} />
      ) : runs.length === 0 ? (
        <EmptyState icon={<History />} title={t('workflow.noRuns')}>
          {t('workflow.noRunsBody')}
        </EmptyState>
      ) : (
        <ul
          aria-label={t('workflow.panel_history')}
          className="divide-y overflow-hidden rounded-panel border bg-surface"
        >
          {runs.map((run) => (
            <li key={run.id}>
              <button
                type="button"
                onClick={() => go({ panel: 'history', run: run.id })}
                className="flex min-h-11 w-full flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2 text-start hover:bg-hover focus-visible:-outline-offset-2"
              >
                <RunStatusBadge status={run.status} />
                <span className="text-sm text-ink-soft">
                  <RelativeTime at={run.created_at} />
                </span>
                <span className="ms-auto flex items-center gap-3">
                  {run.created_by_account ? (
                    <span className="max-w-32 truncate text-sm text-ink-faint">
                      {run.created_by_account.name}
                    </span>
                  ) : null}
                  <Spent elapsed={run.elapsed_time} tokens={run.total_tokens} />
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {history.hasNextPage ? (
        <div className="mt-3 flex justify-center">
          <Button size="sm" loading={history.isFetchingNextPage} onClick={() => void history.fetchNextPage()}>
            {t('workflow.olderRuns')}
          </Button>
        </div>
      ) : null}
      {runId === undefined ? null : (
        <Drawer
          open
          onOpenChange={(open) => {
            if (!open) go({ panel: 'history' });
          }}
          title={t('workflow.testRunTitle')}
        >
          <StoredRun
            appId={app.id}
            runId={runId}
            tab={tab}
            onTabChange={(next) => go({ panel: 'history', run: runId, tab: next })}
            onRun={(made) => go({ panel: 'history', run: made })}
          />
        </Drawer>
      )}
    </div>
  );
}
