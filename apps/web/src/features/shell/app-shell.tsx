import { useQuery } from '@tanstack/react-query';
import { Outlet } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { profileQuery } from '../../api/session.ts';
import { cx } from '../../lib/cx.ts';
import { LogoMark } from '../../ui/logo.tsx';
import { useAccountPreferences } from './preferences.ts';
import { BottomBar, Rail } from './rail.tsx';
import { useShell } from './shell-store.ts';
import { useGlobalShortcuts } from './use-shortcuts.ts';

const CommandMenu = lazy(() =>
  import('./command-menu.tsx').then((module) => ({ default: module.CommandMenu })),
);
const ShortcutsDialog = lazy(() =>
  import('./shortcuts-dialog.tsx').then((module) => ({ default: module.ShortcutsDialog })),
);

/** The frame of every signed-in page: rail (or bottom bar), page, and what floats over all of them. */
export function AppShell() {
  const { t } = useTranslation();
  const { data: profile } = useQuery(profileQuery);
  const collapsed = useShell((state) => state.railCollapsed);
  const overlay = useShell((state) => state.overlay);
  useAccountPreferences(profile);
  useGlobalShortcuts();
  return (
    <div
      className={cx(
        'grid h-dvh grid-rows-[minmax(0,1fr)_auto] md:grid-rows-1',
        collapsed ? 'md:grid-cols-[56px_minmax(0,1fr)]' : 'md:grid-cols-[220px_minmax(0,1fr)]',
      )}
    >
      <a
        href="#main"
        className="sr-only z-60 focus:not-sr-only focus:absolute focus:start-2 focus:top-2 focus:rounded-control focus:bg-ink focus:px-3 focus:py-2 focus:text-canvas"
      >
        {t('shell.skipToContent')}
      </a>
      <Rail />
      <main id="main" tabIndex={-1} className="min-h-0 min-w-0 overflow-y-auto outline-none">
        <Outlet />
      </main>
      <BottomBar />
      <Suspense>
        {overlay === 'commands' ? <CommandMenu /> : null}
        {overlay === 'shortcuts' ? <ShortcutsDialog /> : null}
      </Suspense>
    </div>
  );
}

/** What is seen while the session is being checked. */
export function ShellPending() {
  const { t } = useTranslation();
  return (
    <div role="status" className="flex h-dvh items-center justify-center">
      <LogoMark className="size-9 animate-pulse-soft text-accent" />
      <span className="sr-only">{t('common.loading')}</span>
    </div>
  );
}
