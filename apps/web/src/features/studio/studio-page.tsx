import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Navigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type AppDetail, appQuery } from '../../api/apps.ts';
import { workspaceQuery } from '../../api/session.ts';
import { type Draft, draftQuery, studioApi } from '../../api/studio.ts';
import { cx } from '../../lib/cx.ts';
import { useDocumentTitle, useMediaQuery } from '../../lib/hooks.ts';
import { ErrorState } from '../../ui/error-state.tsx';
import { Skeleton, SkeletonLines } from '../../ui/skeleton.tsx';
import { Segmented } from '../../ui/tabs.tsx';
import { canEditApps } from '../apps/app-list-page.tsx';
import { FeaturesSection, OpenerSection } from './features-section.tsx';
import { KeptSection } from './kept-section.tsx';
import { ModelBar } from './model-bar.tsx';
import { ChatPreview, CompletionPreview } from './preview.tsx';
import { PromptSection } from './prompt-section.tsx';
import { PublishMenu } from './publish-menu.tsx';
import { SaveStatus } from './save-status.tsx';
import { StudioContext } from './studio-context.ts';
import { createStudioStore } from './studio-store.ts';
import { VariableSection } from './variable-section.tsx';

const route = getRouteApi('/shell/app/$appId/configuration');

type Side = 'configure' | 'preview';

function StudioBody({ app, draft }: { app: AppDetail; draft: Draft }) {
  const { t } = useTranslation();
  // The draft is taken once; afterwards the store is the truth of this page.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a later answer must not replace unsaved work.
  const store = useMemo(
    () => createStudioStore({ draft, save: (input) => studioApi.saveDraft(app.id, input) }),
    [app.id],
  );
  const studio = useMemo(() => ({ app, store }), [app, store]);
  const twoColumns = useMediaQuery('(min-width: 1024px)');
  const [side, setSide] = useState<Side>('configure');
  const isChat = app.mode !== 'completion';
  return (
    <StudioContext.Provider value={studio}>
      <div className="flex h-full min-h-0 flex-col">
        <h1 className="sr-only">{t('studio.titleOf', { name: app.name })}</h1>
        <div className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-1.5 border-b bg-surface px-4 py-1.5">
          {twoColumns ? null : (
            <Segmented
              label={t('studio.side')}
              value={side}
              onValueChange={setSide}
              options={[
                { value: 'configure', label: t('studio.configure') },
                { value: 'preview', label: t('studio.preview') },
              ]}
            />
          )}
          <SaveStatus />
          <div className="ms-auto flex flex-wrap items-center gap-2">
            <ModelBar />
            <PublishMenu />
          </div>
        </div>
        <div className="grid min-h-0 flex-1 lg:grid-cols-2">
          {twoColumns || side === 'configure' ? (
            <div className={cx('min-h-0 overflow-y-auto', twoColumns && 'border-e')}>
              <div className="mx-auto grid w-full max-w-180 gap-8 px-4 py-5 sm:px-6">
                <PromptSection />
                <VariableSection />
                {isChat ? <OpenerSection /> : null}
                <FeaturesSection />
                <KeptSection />
              </div>
            </div>
          ) : null}
          {twoColumns || side === 'preview' ? (
            <div className="min-h-0">{isChat ? <ChatPreview /> : <CompletionPreview />}</div>
          ) : null}
        </div>
      </div>
    </StudioContext.Provider>
  );
}

function StudioSkeleton() {
  return (
    <div className="grid h-full lg:grid-cols-2">
      <div className="grid content-start gap-5 border-e p-6">
        <Skeleton className="h-5 w-32" />
        <Skeleton className="h-52" />
        <Skeleton className="h-5 w-32" />
        <Skeleton className="h-24" />
      </div>
      <div className="hidden p-6 lg:block">
        <SkeletonLines lines={4} />
      </div>
    </div>
  );
}

/** The studio of prompt apps: what the app is told at one side, trying it at the other. */
export function StudioPage() {
  const { appId } = route.useParams();
  const { data: workspace } = useQuery(workspaceQuery);
  const app = useQuery(appQuery(appId));
  const isPromptApp = app.data ? app.data.mode !== 'workflow' && app.data.mode !== 'advanced-chat' : false;
  const draft = useQuery({ ...draftQuery(appId), enabled: isPromptApp });
  useDocumentTitle(app.data ? `${app.data.name} · Trellis` : undefined);
  const error = app.error ?? draft.error;
  if (workspace && !canEditApps(workspace.role)) {
    return <Navigate to="/app/$appId/overview" params={{ appId }} />;
  }
  if (error)
    return <ErrorState heading="h1" error={error} onRetry={() => void (app.error ? app : draft).refetch()} />;
  if (app.data && !isPromptApp) return <Navigate to="/app/$appId/workflow" params={{ appId }} replace />;
  if (!app.data || !draft.data) return <StudioSkeleton />;
  return <StudioBody key={appId} app={app.data} draft={draft.data} />;
}
