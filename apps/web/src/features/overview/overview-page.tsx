import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { appQuery } from '../../api/apps.ts';
import { profileQuery, workspaceQuery } from '../../api/session.ts';
import { type Period, periods } from '../../console/search.ts';
import { ErrorState } from '../../ui/error-state.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { Select } from '../../ui/select.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { canEditApps } from '../apps/app-list-page.tsx';
import { ApiCard } from './api-card.tsx';
import { ChartCard } from './chart-card.tsx';
import { chartsFor } from './charts.ts';
import { SiteCard } from './site-card.tsx';
import { TriggersCard } from './triggers-card.tsx';

const route = getRouteApi('/shell/app/$appId/overview');

/** Where the app can be reached, and how it is used. */
export function OverviewPage() {
  const { t } = useTranslation();
  const { appId } = route.useParams();
  const { period = '7d' } = route.useSearch();
  const navigate = useNavigate({ from: '/app/$appId/overview' });
  const app = useQuery(appQuery(appId));
  const { data: profile } = useQuery(profileQuery);
  const { data: workspace } = useQuery(workspaceQuery);
  const [nowMs] = useState(() => Date.now());
  const editable = canEditApps(workspace?.role);
  const privileged = workspace?.role === 'owner' || workspace?.role === 'admin';
  const timeZone = profile?.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (app.error) return <ErrorState heading="h1" error={app.error} onRetry={() => void app.refetch()} />;
  return (
    <div className="mx-auto grid w-full max-w-310 gap-5 px-4 py-6 sm:px-8">
      <PageHeader
        title={t('monitor.title')}
        tabTitle={`${app.data?.name ?? ''} · ${t('monitor.title')}`}
        action={
          <Select
            className="!w-auto min-w-36"
            aria-label={t('logs.period')}
            value={period}
            onValueChange={(value: Period) => void navigate({ search: { period: value } })}
            options={periods.map((value) => ({ value, label: t(`logs.period_${value}`) }))}
          />
        }
      />
      {app.data ? (
        <>
          <div className="grid gap-4 lg:grid-cols-2">
            <SiteCard app={app.data} editable={editable} privileged={privileged} />
            <ApiCard app={app.data} privileged={privileged} />
          </div>
          {editable && app.data.mode === 'workflow' ? <TriggersCard appId={appId} /> : null}
          {editable ? (
            <div className="grid gap-4 sm:grid-cols-2 xl:grid-cols-3">
              {chartsFor(app.data.mode).map((chart) => (
                <ChartCard
                  key={chart.name}
                  appId={appId}
                  chart={chart}
                  period={period}
                  timeZone={timeZone}
                  nowMs={nowMs}
                />
              ))}
            </div>
          ) : null}
        </>
      ) : (
        <div className="grid gap-4 lg:grid-cols-2">
          <Skeleton className="h-36" />
          <Skeleton className="h-36" />
          <Skeleton className="h-44" />
          <Skeleton className="h-44" />
        </div>
      )}
    </div>
  );
}
