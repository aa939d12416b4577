import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { ApiError } from '../api/error.ts';
import { profileQuery, workspaceQuery } from '../api/session.ts';
import { AppShell, ShellPending } from '../features/shell/app-shell.tsx';
import { NotFoundPage, RouteError } from '../features/shell/route-error.tsx';
import {
  parseAppListSearch,
  parseLogSearch,
  parseMonitorSearch,
  parseStudioSearch,
  parseWorkflowSearch,
  text,
} from './search.ts';

interface RouterContext {
  readonly queryClient: QueryClient;
}

const rootRoute = createRootRouteWithContext<RouterContext>()({
  component: Outlet,
  errorComponent: RouteError,
  notFoundComponent: NotFoundPage,
});

const indexRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/apps' });
  },
});

const installRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/install',
  component: lazyRouteComponent(() => import('../features/auth/install-page.tsx'), 'InstallPage'),
});

const initRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/init',
  component: lazyRouteComponent(() => import('../features/auth/init-page.tsx'), 'InitPage'),
});

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/signin',
  validateSearch: (search: Record<string, unknown>) => ({
    ...text(search, 'redirect_url'),
    ...text(search, 'message'),
  }),
  component: lazyRouteComponent(() => import('../features/auth/sign-in-page.tsx'), 'SignInPage'),
});

const resetPasswordRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/reset-password',
  validateSearch: (search: Record<string, unknown>) => ({
    ...text(search, 'email'),
    ...text(search, 'token'),
  }),
  component: lazyRouteComponent(
    () => import('../features/auth/reset-password-page.tsx'),
    'ResetPasswordPage',
  ),
});

const forgotPasswordRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/forgot-password',
  beforeLoad: () => {
    throw redirect({ to: '/reset-password' });
  },
});

const activateRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/activate',
  validateSearch: (search: Record<string, unknown>) => ({
    ...text(search, 'workspace_id'),
    ...text(search, 'email'),
    ...text(search, 'token'),
  }),
  component: lazyRouteComponent(() => import('../features/auth/activate-page.tsx'), 'ActivatePage'),
});

/** Where a refused session belongs; undefined when the failure is another one. */
function gateOf(error: unknown): '/install' | '/init' | '/signin' | undefined {
  if (!(error instanceof ApiError) || error.status !== 401) return undefined;
  if (error.code === 'not_setup') return '/install';
  if (error.code === 'not_init_validated') return '/init';
  return '/signin';
}

const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'shell',
  beforeLoad: async ({ context, location }) => {
    try {
      await Promise.all([
        context.queryClient.ensureQueryData(profileQuery),
        context.queryClient.ensureQueryData(workspaceQuery),
      ]);
    } catch (error) {
      const gate = gateOf(error);
      if (gate === '/signin') throw redirect({ to: gate, search: { redirect_url: location.href } });
      if (gate) throw redirect({ to: gate });
      throw error;
    }
  },
  component: AppShell,
  pendingComponent: ShellPending,
});

const appsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/apps',
  validateSearch: parseAppListSearch,
  component: lazyRouteComponent(() => import('../features/apps/app-list-page.tsx'), 'AppListPage'),
});

const appRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/app/$appId',
  component: lazyRouteComponent(() => import('../features/apps/app-layout.tsx'), 'AppLayout'),
});

const appIndexRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/',
  beforeLoad: ({ params }) => {
    throw redirect({ to: '/app/$appId/overview', params });
  },
});

const configurationRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/configuration',
  validateSearch: parseStudioSearch,
  component: lazyRouteComponent(() => import('../features/studio/studio-page.tsx'), 'StudioPage'),
});

const workflowRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/workflow',
  validateSearch: parseWorkflowSearch,
  component: lazyRouteComponent(() => import('../features/workflow/workflow-page.tsx'), 'WorkflowPage'),
});

const logsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/logs',
  validateSearch: parseLogSearch,
  component: lazyRouteComponent(() => import('../features/logs/logs-page.tsx'), 'LogsPage'),
});

const overviewRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/overview',
  validateSearch: parseMonitorSearch,
  component: lazyRouteComponent(() => import('../features/overview/overview-page.tsx'), 'OverviewPage'),
});

const developRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/develop',
  component: lazyRouteComponent(() => import('../features/develop/develop-page.tsx'), 'DevelopPage'),
});

const settingsRoute = createRoute({
  getParentRoute: () => shellRoute,
  id: 'settings-pages',
  component: lazyRouteComponent(() => import('../features/settings/settings-layout.tsx'), 'SettingsLayout'),
});

const settingsIndexRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/settings',
  beforeLoad: () => {
    throw redirect({ to: '/settings/models' });
  },
});

const modelsRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: '/settings/models',
  validateSearch: (search: Record<string, unknown>) => text(search, 'provider'),
  component: lazyRouteComponent(() => import('../features/settings/models-page.tsx'), 'ModelsPage'),
});

const membersRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: '/settings/members',
  component: lazyRouteComponent(() => import('../features/settings/members-page.tsx'), 'MembersPage'),
});

const workspaceRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: '/settings/workspace',
  component: lazyRouteComponent(() => import('../features/settings/workspace-page.tsx'), 'WorkspacePage'),
});

const systemRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: '/settings/system',
  component: lazyRouteComponent(() => import('../features/settings/system-page.tsx'), 'SystemPage'),
});

const accountRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: '/account',
  component: lazyRouteComponent(() => import('../features/settings/account-page.tsx'), 'AccountPage'),
});

const routeTree = rootRoute.addChildren([
  indexRoute,
  installRoute,
  initRoute,
  signInRoute,
  resetPasswordRoute,
  forgotPasswordRoute,
  activateRoute,
  shellRoute.addChildren([
    appsRoute,
    appRoute.addChildren([
      appIndexRoute,
      configurationRoute,
      workflowRoute,
      logsRoute,
      overviewRoute,
      developRoute,
    ]),
    settingsIndexRoute,
    settingsRoute.addChildren([modelsRoute, membersRoute, workspaceRoute, systemRoute, accountRoute]),
  ]),
]);

/** The console's pages and their addresses. */
export function createConsoleRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree,
    context: { queryClient },
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0,
    defaultPendingMs: 100,
    defaultPendingMinMs: 0,
    defaultErrorComponent: RouteError,
    defaultNotFoundComponent: NotFoundPage,
    scrollRestoration: true,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createConsoleRouter>;
  }
}
