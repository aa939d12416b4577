import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, Outlet } from '@tanstack/react-router';
import {
  ChartSpline,
  ChevronLeft,
  Code,
  ExternalLink,
  MoreHorizontal,
  PencilRuler,
  ScrollText,
} from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { AppDetail } from '../../api/apps.ts';
import { appQuery, buildPage, publicUrl } from '../../api/apps.ts';
import { workspaceQuery } from '../../api/session.ts';
import { AppIcon } from '../../ui/avatar.tsx';
import { buttonClass, IconButton } from '../../ui/button.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Menu } from '../../ui/menu.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { useAppActions } from './app-actions.tsx';
import { canEditApps } from './app-list-page.tsx';

const route = getRouteApi('/shell/app/$appId');

const tabClass =
  'relative inline-flex h-12 items-center gap-1.5 px-2.5 text-base font-medium whitespace-nowrap text-ink-soft after:absolute after:inset-x-1.5 after:bottom-0 after:h-0.5 hover:text-ink data-[status=active]:text-ink data-[status=active]:after:bg-accent [&_svg]:size-4';

function AppMenu({ app }: { app: AppDetail }) {
  const { t } = useTranslation();
  const { groups, dialogs } = useAppActions(app);
  return (
    <>
      <Menu
        groups={groups}
        trigger={<IconButton label={t('apps.menuOf', { name: app.name })} icon={<MoreHorizontal />} />}
      />
      {dialogs}
    </>
  );
}

/** The second level of an app: its name, its pages, the way to its public page. */
export function AppLayout() {
  const { t } = useTranslation();
  const { appId } = route.useParams();
  const app = useQuery(appQuery(appId));
  const { data: workspace } = useQuery(workspaceQuery);
  const editable = canEditApps(workspace?.role);
  const url = app.data?.enable_site ? publicUrl(app.data) : undefined;
  const params = { appId };
  if (app.error) return <ErrorState heading="h1" error={app.error} onRetry={() => void app.refetch()} />;
  return (
    <div className="flex h-full min-h-0 flex-col">
      <header className="flex shrink-0 flex-wrap items-center border-b bg-surface px-2 sm:flex-nowrap sm:px-4">
        <div className="flex h-12 min-w-0 flex-1 items-center gap-2 sm:max-w-64 sm:flex-none">
          <Link
            to="/apps"
            aria-label={t('shell.backToApps')}
            className="flex size-7 shrink-0 items-center justify-center rounded-control text-ink-faint hover:bg-hover hover:text-ink"
          >
            <ChevronLeft className="size-4 rtl:rotate-180" />
          </Link>
          {app.data ? (
            <>
              <AppIcon icon={app.data} className="!size-7 !text-md" />
              <span className="truncate text-base font-semibold">{app.data.name}</span>
            </>
          ) : (
            <>
              <Skeleton className="size-7" />
              <Skeleton className="h-4 w-28" />
            </>
          )}
        </div>
        <nav
          aria-label={t('apps.pages')}
          className="order-last flex w-full overflow-x-auto sm:order-none sm:mx-4 sm:w-auto sm:flex-1"
        >
          {editable ? (
            <>
              <Link to={buildPage(app.data)} params={params} className={tabClass}>
                <PencilRuler aria-hidden="true" />
                {t('apps.pageBuild')}
              </Link>
              <Link to="/app/$appId/logs" params={params} className={tabClass}>
                <ScrollText aria-hidden="true" />
                {t('apps.pageLogs')}
              </Link>
            </>
          ) : null}
          <Link to="/app/$appId/overview" params={params} className={tabClass}>
            <ChartSpline aria-hidden="true" />
            {t('apps.pageMonitor')}
          </Link>
          <Link to="/app/$appId/develop" params={params} className={tabClass}>
            <Code aria-hidden="true" />
            {t('apps.pageApi')}
          </Link>
        </nav>
        <div className="flex items-center gap-1">
          {url ? (
            <a href={url} target="_blank" rel="noreferrer" className={buttonClass('ghost', 'sm')}>
              <ExternalLink className="size-4" aria-hidden="true" />
              <span className="hidden md:inline">{t('apps.openSite')}</span>
              <span className="sr-only md:hidden">{t('apps.openSite')}</span>
            </a>
          ) : null}
          {app.data && editable ? <AppMenu app={app.data} /> : null}
        </div>
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto">
        <Outlet />
      </div>
    </div>
  );
}
