import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, Navigate, useNavigate } from '@tanstack/react-router';
import { Workflow as WorkflowIcon } from 'lucide-react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { type AppDetail, appQuery } from '../../api/apps.ts';
import { runsApi } from '../../api/runs.ts';
import { workspaceQuery } from '../../api/session.ts';
import { studioApi } from '../../api/studio.ts';
import {
  type CheckIssue,
  checklistQuery,
  versionQuery,
  type Workflow,
  workflowDraftQuery,
} from '../../api/workflows.ts';
import { type WorkflowPanel, workflowPanels } from '../../console/search.ts';
import { cx } from '../../lib/cx.ts';
import { useDocumentTitle, useLatest, useMediaQuery } from '../../lib/hooks.ts';
import { Badge } from '../../ui/badge.tsx';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Skeleton, SkeletonLines } from '../../ui/skeleton.tsx';
import { canEditApps } from '../apps/app-list-page.tsx';
import { createChatStore } from '../chat/chat-store.ts';
import { defaultValues, type VariableValues } from '../chat/variables-form.tsx';
import { createRunStore } from '../runs/run-store.ts';
import { useOutline } from '../runs/use-outline.ts';
import { ChatPanel } from './chat-panel.tsx';
import { ChecklistPanel } from './checklist-panel.tsx';
import { FeaturesPanel } from './features-panel.tsx';
import { HistoryPanel } from './history-panel.tsx';
import { NodeDrawer } from './node-drawer.tsx';
import { OutlineList } from './outline-list.tsx';
import { PublishButton } from './publish-button.tsx';
import { RunPanel } from './run-panel.tsx';
import { startFormOf } from './start-form.ts';
import { VariablesPanel } from './variables-panel.tsx';
import { useVersionName, VersionsPanel } from './versions-panel.tsx';
import { useWorkflow, WorkflowContext, type WorkflowStudio } from './workflow-context.ts';

const route = getRouteApi('/shell/app/$appId/workflow');

/** The stores of one visit: the newest test run, and for chatflows the conversation whose answers are runs. */
function useStores(app: AppDetail, containerOf: (nodeId: string) => string | null) {
  const latest = useLatest(containerOf);
  const [stores] = useState(() => {
    const run = createRunStore({
      containerOf: () => latest.current,
      stop: (taskId) => runsApi.stop(app.id, taskId),
      follow: runsApi.follow,
    });
    const chat = createChatStore({
      transport: () => ({
        open: async (request, signal) => {
          const response = await runsApi.chat(app.id, request, signal);
          if (!response.ok || !response.body) return response;
          // One stream, read twice: as an answer, and as the run behind it.
          const [answer, steps] = response.body.tee();
          void run.getState().start(async () => new Response(steps));
          return new Response(answer, { status: response.status, headers: response.headers });
        },
        stop: (taskId) => runsApi.stop(app.id, taskId),
        suggest: (messageId) => studioApi.suggestions(app.id, messageId),
      }),
      newKey: () => `turn-${performance.now()}`,
    });
    return { run, chat };
  });
  return stores;
}

function Body({ app, draft, issues }: { app: AppDetail; draft: Workflow; issues: readonly CheckIssue[] }) {
  const { t } = useTranslation();
  const search = route.useSearch();
  const navigate = useNavigate({ from: '/app/$appId/workflow' });
  const queryClient = useQueryClient();
  const outline = useOutline(draft.graph);
  const { run, chat } = useStores(app, outline.containerOf);
  const variables = useMemo(() => startFormOf(draft.graph), [draft.graph]);
  const [typed, setTyped] = useState<VariableValues>({});
  const form = useMemo(
    () => ({ variables, values: { ...defaultValues(variables), ...typed }, setValues: setTyped }),
    [variables, typed],
  );
  const refresh = useCallback(() => {
    void queryClient.invalidateQueries({ queryKey: ['app', app.id, 'workflow'] });
    void queryClient.invalidateQueries({ queryKey: ['app', app.id, 'runs'] });
  }, [queryClient, app.id]);
  const twoColumns = useMediaQuery('(min-width: 1024px)');
  const go = useCallback<WorkflowStudio['go']>(
    (place, how) => {
      // Steps, also those of a version, have a column of their own where there is room for it.
      const leadsToSteps = !twoColumns && (place.node !== undefined || place.version !== undefined);
      void navigate({
        search: leadsToSteps ? { ...place, panel: 'steps' } : place,
        replace: how?.replace ?? false,
      });
    },
    [navigate, twoColumns],
  );
  const studio = useMemo<WorkflowStudio>(
    () => ({ app, draft, outline, issues, run, chat, form, go, refresh }),
    [app, draft, outline, issues, run, chat, form, go, refresh],
  );
  const panel =
    search.panel === 'steps' && twoColumns ? 'run' : (search.panel ?? (twoColumns ? 'run' : 'steps'));
  const showSteps = twoColumns || panel === 'steps';
  return (
    <WorkflowContext.Provider value={studio}>
      <div className="flex h-full min-h-0 flex-col">
        <h1 className="sr-only">{t('studio.titleOf', { name: app.name })}</h1>
        <div className="flex min-h-11 shrink-0 flex-wrap items-center justify-between gap-x-3 gap-y-1.5 border-b bg-surface px-4 py-1.5">
          <ProblemsLine />
          <PublishButton />
        </div>
        <div className="grid min-h-0 flex-1 lg:grid-cols-[minmax(0,1fr)_minmax(26rem,34rem)]">
          {showSteps && twoColumns ? <StepsColumn versionId={search.version} nodeId={search.node} /> : null}
          <section
            aria-label={t(`workflow.panel_${panel}`)}
            className="flex min-h-0 min-w-0 flex-col lg:border-s"
          >
            <PanelNav panel={panel} withSteps={!twoColumns} />
            <div
              className={cx(
                'min-h-0 flex-1',
                panel === 'run' && app.mode === 'advanced-chat' ? 'overflow-hidden' : 'overflow-y-auto',
              )}
            >
              <Panel panel={panel} />
            </div>
          </section>
        </div>
      </div>
    </WorkflowContext.Provider>
  );
}

function Panel({ panel }: { panel: WorkflowPanel }) {
  const { app } = useWorkflow();
  const search = route.useSearch();
  switch (panel) {
    case 'steps':
      return <StepsColumn versionId={search.version} nodeId={search.node} />;
    case 'run':
      return app.mode === 'advanced-chat' ? <ChatPanel /> : <RunPanel inputsOf={search.inputs} />;
    case 'history':
      return <HistoryPanel runId={search.run} tab={search.tab} />;
    case 'checklist':
      return <ChecklistPanel />;
    case 'variables':
      return <VariablesPanel />;
    case 'features':
      return <FeaturesPanel />;
    case 'versions':
      return <VersionsPanel shownId={search.version} />;
  }
}

function PanelNav({ panel, withSteps }: { panel: WorkflowPanel; withSteps: boolean }) {
  const { t } = useTranslation();
  const { app, issues } = useWorkflow();
  const shown = workflowPanels.filter((name) => withSteps || name !== 'steps');
  const current = useRef<HTMLAnchorElement>(null);
  // On phones the row is longer than the screen.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another panel is another link.
  useEffect(() => {
    // In braces: browsers give back a promise, which React would take for a clean-up.
    void current.current?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [panel]);
  return (
    <nav
      aria-label={t('workflow.panels')}
      className="flex h-11 shrink-0 overflow-x-auto border-b bg-surface px-2"
    >
      {shown.map((name) => (
        <Link
          key={name}
          to="/app/$appId/workflow"
          params={{ appId: app.id }}
          search={{ panel: name }}
          aria-current={name === panel ? 'page' : undefined}
          ref={name === panel ? current : undefined}
          className={cx(
            'relative inline-flex items-center gap-1.5 px-2 text-sm font-medium whitespace-nowrap after:absolute after:inset-x-1.5 after:bottom-0 after:h-0.5 focus-visible:-outline-offset-2',
            name === panel ? 'text-ink after:bg-accent' : 'text-ink-soft hover:text-ink',
          )}
        >
          {name === 'run' && app.mode === 'advanced-chat' ? t('studio.preview') : t(`workflow.panel_${name}`)}
          {name === 'checklist' && issues.length > 0 ? (
            <Badge tone={issues.some(({ severity }) => severity === 'error') ? 'danger' : 'warning'}>
              {issues.length}
            </Badge>
          ) : null}
        </Link>
      ))}
    </nav>
  );
}

/** Whether the draft can run, with the way to what stands against it. */
function ProblemsLine() {
  const { t } = useTranslation();
  const { issues, outline, draft } = useWorkflow();
  const errors = issues.filter(({ severity }) => severity === 'error').length;
  const by = draft.updated_by?.name ?? draft.created_by?.name;
  return (
    <p className="flex min-w-0 flex-wrap items-center gap-x-3 text-sm text-ink-faint">
      <span className="tabular">{t('workflow.stepCount', { count: outline.byId.size })}</span>
      <span className={errors > 0 ? 'text-danger-ink' : ''}>
        {errors > 0 ? t('workflow.problems', { count: errors }) : t('workflow.ready')}
      </span>
      {by ? <span className="hidden truncate md:inline">{t('workflow.savedBy', { name: by })}</span> : null}
    </p>
  );
}

/** The steps of the draft, or of the version that the address names. */
function StepsColumn({ versionId, nodeId }: { versionId: string | undefined; nodeId: string | undefined }) {
  const { t } = useTranslation();
  const { app, go, run, outline: draftOutline, issues } = useWorkflow();
  const search = route.useSearch();
  const nameOf = useVersionName();
  const versions = useQuery({
    ...versionQuery(app.id, versionId ?? ''),
    enabled: versionId !== undefined,
  });
  const version = versionId === undefined ? undefined : versions.data;
  const versionOutline = useOutline(version?.graph);
  const outline = version ? versionOutline : draftOutline;
  const runNodes = useStore(run, (state) => state.view?.nodes);
  const open = nodeId === undefined ? undefined : outline.byId.get(nodeId);
  const { node: _node, ...rest } = search;
  if (versions.error) return <ErrorState error={versions.error} onRetry={() => void versions.refetch()} />;
  return (
    <div className="min-h-0 overflow-y-auto">
      <div className="mx-auto grid w-full max-w-200 gap-3 px-4 py-5 sm:px-6">
        {version ? (
          <Banner
            tone="info"
            action={
              <Button size="sm" onClick={() => go({ panel: 'versions' })}>
                {t('workflow.backToDraft')}
              </Button>
            }
          >
            {t('workflow.showsVersion', { name: nameOf(version) })}
          </Banner>
        ) : null}
        <h2 className="sr-only">{t('workflow.steps')}</h2>
        {versionId !== undefined && versions.isPending ? (
          <SkeletonLines lines={8} />
        ) : outline.nodes.length === 0 ? (
          <EmptyState icon={<WorkflowIcon />} title={t('workflow.noSteps')}>
            {t('workflow.noStepsBody')}
          </EmptyState>
        ) : (
          <OutlineList
            outline={outline}
            issues={version ? [] : issues}
            runNodes={version ? [] : (runNodes ?? [])}
            selectedId={nodeId}
            onOpen={(id) => go({ ...rest, node: id })}
          />
        )}
      </div>
      {open ? (
        <NodeDrawer
          node={open}
          issues={version ? [] : issues.filter((issue) => issue.nodeId === open.id)}
          onClose={() => go(rest)}
        />
      ) : null}
    </div>
  );
}

function PageSkeleton() {
  return (
    <div className="grid h-full lg:grid-cols-[minmax(0,1fr)_minmax(26rem,34rem)]">
      <div className="grid content-start gap-2 p-6">
        {[1, 2, 3, 4, 5].map((row) => (
          <Skeleton key={row} className="h-18" />
        ))}
      </div>
      <div className="hidden border-s p-5 lg:block">
        <SkeletonLines lines={5} />
      </div>
    </div>
  );
}

/** Where a graph app is built: its steps, trying it, what stands against it, and its versions. */
export function WorkflowPage() {
  const { appId } = route.useParams();
  const { data: workspace } = useQuery(workspaceQuery);
  const app = useQuery(appQuery(appId));
  const isGraphApp = app.data?.mode === 'workflow' || app.data?.mode === 'advanced-chat';
  const draft = useQuery({ ...workflowDraftQuery(appId), enabled: isGraphApp });
  const checklist = useQuery({ ...checklistQuery(appId), enabled: isGraphApp });
  useDocumentTitle(app.data ? `${app.data.name} · Trellis` : undefined);
  if (workspace && !canEditApps(workspace.role)) {
    return <Navigate to="/app/$appId/overview" params={{ appId }} />;
  }
  if (app.data && !isGraphApp) return <Navigate to="/app/$appId/configuration" params={{ appId }} />;
  const failed = [app, draft, checklist].find((query) => query.error);
  if (failed) {
    return <ErrorState heading="h1" error={failed.error} onRetry={() => void failed.refetch()} />;
  }
  if (!app.data || !draft.data || !checklist.data) return <PageSkeleton />;
  return <Body key={appId} app={app.data} draft={draft.data} issues={checklist.data.data} />;
}
