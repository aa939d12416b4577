import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Play, RotateCw, Square } from 'lucide-react';
import { type ReactNode, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { nodeExecutionsQuery, pauseQuery, type RunDetail, runQuery, runsApi } from '../../api/runs.ts';
import { useErrorText } from '../../lib/error-text.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { SkeletonLines } from '../../ui/skeleton.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { PausedForms } from './paused-forms.tsx';
import { RerunDialog } from './rerun-dialog.tsx';
import { RunFacts } from './run-status.tsx';
import { createRunStore } from './run-store.ts';
import { type RunTab, RunTabs } from './run-tabs.tsx';
import { type RunNode, viewOfExecutions } from './run-view.ts';
import { Shortened } from './shortened.tsx';
import { useOutline } from './use-outline.ts';

function Facts({ run }: { run: RunDetail }) {
  const { t } = useTranslation();
  const user = run.created_by_account?.name ?? run.created_by_end_user?.session_id ?? '–';
  const rows: readonly [string, ReactNode][] = [
    [t('runs.started'), <RelativeTime key="at" at={run.created_at} />],
    [t('runs.user'), user],
    [t('runs.version'), run.version === 'draft' ? t('runs.draft') : run.version],
    ...(run.exceptions_count > 0
      ? [[t('runs.exceptions'), run.exceptions_count] as [string, ReactNode]]
      : []),
  ];
  return (
    <dl className="grid gap-x-6 gap-y-1.5 text-sm sm:grid-cols-2">
      {rows.map(([name, value]) => (
        <div key={name} className="flex gap-2">
          <dt className="shrink-0 text-ink-faint">{name}</dt>
          <dd className="truncate">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** A stored run with everything that can be done with it; a run that goes on is followed. */
export function StoredRun({
  appId,
  runId,
  tab,
  onTabChange,
  onRun,
}: {
  appId: string;
  runId: string;
  tab?: RunTab | undefined;
  onTabChange?: (tab: RunTab) => void;
  /** Shows the run that a retry has made. */
  onRun: (runId: string) => void;
}) {
  const [full, setFull] = useState(false);
  const run = useQuery({
    ...runQuery(appId, runId, full),
    placeholderData: (before: RunDetail | undefined) => (before?.id === runId ? before : undefined),
  });
  const nodes = useQuery({
    ...nodeExecutionsQuery(appId, runId, run.data?.status === 'running'),
    enabled: run.isSuccess,
  });
  const error = run.error ?? nodes.error;
  if (error) {
    return <ErrorState error={error} onRetry={() => void (run.error ? run : nodes).refetch()} />;
  }
  if (!run.data || !nodes.data) return <SkeletonLines lines={8} />;
  return (
    <LoadedRun
      key={runId}
      appId={appId}
      run={run.data}
      onShowWhole={full ? undefined : () => setFull(true)}
      executions={nodes.data.data}
      tab={tab}
      onTabChange={onTabChange}
      onRun={onRun}
    />
  );
}

function LoadedRun({
  appId,
  run,
  executions,
  onShowWhole,
  tab,
  onTabChange,
  onRun,
}: {
  appId: string;
  run: RunDetail;
  onShowWhole: (() => void) | undefined;
  executions: Parameters<typeof viewOfExecutions>[1];
  tab: RunTab | undefined;
  onTabChange: ((tab: RunTab) => void) | undefined;
  onRun: (runId: string) => void;
}) {
  const { t } = useTranslation();
  const describe = useErrorText();
  const queryClient = useQueryClient();
  const outline = useOutline(run.graph);
  const [rerunning, setRerunning] = useState<RunNode>();
  const [again] = useState(() =>
    createRunStore({
      containerOf: () => outline.containerOf,
      stop: (taskId) => runsApi.stop(appId, taskId),
      follow: runsApi.follow,
    }),
  );
  const live = useStore(again);
  const stored = useMemo(
    () => viewOfExecutions(run, executions, outline.containerOf),
    [run, executions, outline],
  );
  const view = live.view ?? stored;
  const titleOf = (nodeId: string) => outline.byId.get(nodeId)?.title ?? nodeId;
  const refresh = () => queryClient.invalidateQueries({ queryKey: ['app', appId, 'runs'] });
  const begin = (open: (signal: AbortSignal) => Promise<Response>) =>
    void again
      .getState()
      .start(open)
      .then(async () => {
        const made = again.getState().view?.runId;
        await refresh();
        if (made !== undefined && !again.getState().failure) onRun(made);
      });
  const mayRetry = (run.status === 'failed' || run.status === 'stopped') && !live.view;
  const isEnded = run.status !== 'running' && run.status !== 'paused';

  return (
    <div className="grid gap-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <RunFacts view={view} />
        <div className="flex flex-wrap gap-2">
          {live.busy ? (
            <Button size="sm" icon={<Square className="size-3.5 fill-current" />} onClick={() => live.stop()}>
              {t('chat.stop')}
            </Button>
          ) : null}
          {mayRetry ? (
            <Button
              size="sm"
              variant="primary"
              icon={<RotateCw className="size-3.5" />}
              onClick={() => begin((signal) => runsApi.retry(appId, run.id, signal))}
            >
              {t('runs.retry')}
            </Button>
          ) : null}
          <RunAgain appId={appId} run={run} />
        </div>
      </div>
      {live.failure ? <Banner tone="danger">{describe(live.failure)}</Banner> : null}
      {(run.inputs_truncated || run.outputs_truncated) && !live.view ? (
        <Shortened error={undefined} loading={false} onShow={onShowWhole} />
      ) : null}
      <RunTabs
        appId={appId}
        view={view}
        tab={tab}
        {...(onTabChange ? { onTabChange } : {})}
        facts={<Facts run={run} />}
        waiting={
          run.status === 'paused' ? <Waiting runId={run.id} titleOf={titleOf} onAnswered={refresh} /> : null
        }
        onRerun={isEnded && !live.busy ? setRerunning : undefined}
      />
      <div className="flex items-center gap-1 border-t pt-3 text-xs text-ink-faint">
        {t('runs.id')} <code className="min-w-0 truncate font-mono">{view.runId}</code>
        <CopyButton text={view.runId ?? run.id} label={t('runs.copyId')} />
      </div>
      {rerunning ? (
        <RerunDialog
          node={rerunning}
          view={stored}
          outline={outline}
          onClose={() => setRerunning(undefined)}
          onRun={(inputs) => {
            setRerunning(undefined);
            begin((signal) => runsApi.rerun(appId, run.id, { node_id: rerunning.nodeId, inputs }, signal));
          }}
        />
      ) : null}
    </div>
  );
}

/** Leads to the test run with the same inputs filled in. */
function RunAgain({ appId, run }: { appId: string; run: RunDetail }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  if (run.conversation_id !== null) return null;
  return (
    <Button
      size="sm"
      icon={<Play className="size-3.5" />}
      onClick={() =>
        void navigate({
          to: '/app/$appId/workflow',
          params: { appId },
          search: { panel: 'run', inputs: run.id },
        })
      }
    >
      {t('runs.runAgain')}
    </Button>
  );
}

function Waiting({
  runId,
  titleOf,
  onAnswered,
}: {
  runId: string;
  titleOf: (nodeId: string) => string;
  onAnswered: () => void;
}) {
  const pause = useQuery(pauseQuery(runId));
  const queryClient = useQueryClient();
  if (pause.error) return <ErrorState error={pause.error} onRetry={() => void pause.refetch()} />;
  if (!pause.data) return <SkeletonLines lines={3} />;
  return (
    <PausedForms
      runId={runId}
      forms={pause.data.paused_nodes}
      titleOf={titleOf}
      onAnswered={() => {
        void queryClient.invalidateQueries({ queryKey: pauseQuery(runId).queryKey });
        onAnswered();
      }}
    />
  );
}
