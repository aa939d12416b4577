import { useQuery } from '@tanstack/react-query';
import { Link, type LinkProps, useLocation, useNavigate } from '@tanstack/react-router';
import {
  Boxes,
  CircleUserRound,
  Keyboard,
  Languages,
  LayoutGrid,
  LogOut,
  PanelLeftClose,
  PanelLeftOpen,
  Search,
  Settings2,
  SunMoon,
} from 'lucide-react';
import { Children, type ReactElement, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { profileQuery, workspaceQuery } from '../../api/session.ts';
import { languages } from '../../i18n/create.ts';
import { cx } from '../../lib/cx.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { IconButton } from '../../ui/button.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import { LogoMark } from '../../ui/logo.tsx';
import { Menu, type MenuGroup } from '../../ui/menu.tsx';
import { Tooltip } from '../../ui/tooltip.tsx';
import { usePreferences } from './preferences.ts';
import { useShell } from './shell-store.ts';
import { useSignOut } from './sign-out.ts';

const itemClass =
  'flex h-8.5 items-center gap-2.5 rounded-control px-2.5 text-base font-medium text-ink-soft transition-colors duration-120 hover:bg-hover hover:text-ink [&[aria-current]]:bg-selected [&[aria-current]]:text-ink [&_svg]:size-4.5 [&_svg]:shrink-0';

function Hint({ show, label, children }: { show: boolean; label: string; children: ReactElement }) {
  return show ? <Tooltip label={label}>{children}</Tooltip> : Children.only(children);
}

/** The part of the console that an address belongs to. */
type Area = 'apps' | 'models' | 'settings';

function areaOf(pathname: string): Area {
  if (pathname.startsWith('/settings/models')) return 'models';
  return pathname.startsWith('/settings') || pathname.startsWith('/account') ? 'settings' : 'apps';
}

function useArea(): Area {
  return useLocation({ select: (location) => areaOf(location.pathname) });
}

function RailLink({
  to,
  area,
  icon,
  label,
}: {
  to: NonNullable<LinkProps['to']>;
  area: Area;
  icon: ReactNode;
  label: string;
}) {
  const collapsed = useShell((state) => state.railCollapsed);
  const current = useArea() === area;
  return (
    <Hint show={collapsed} label={label}>
      <Link
        to={to}
        aria-label={label}
        aria-current={current ? 'true' : undefined}
        className={cx(itemClass, collapsed && 'justify-center !px-0')}
      >
        {icon}
        {collapsed ? null : <span className="truncate">{label}</span>}
      </Link>
    </Hint>
  );
}

/** The groups of the account menu. */
function useAccountMenu(): MenuGroup[] {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const signOut = useSignOut();
  const setOverlay = useShell((state) => state.setOverlay);
  const { language, theme, setLanguage, setTheme } = usePreferences();
  return [
    {
      key: 'account',
      entries: [
        {
          key: 'account',
          label: t('shell.account'),
          icon: <CircleUserRound />,
          onSelect: () => void navigate({ to: '/account' }),
        },
        {
          key: 'shortcuts',
          label: t('shell.shortcuts'),
          icon: <Keyboard />,
          hint: '?',
          onSelect: () => setOverlay('shortcuts'),
        },
      ],
    },
    {
      key: 'theme',
      label: t('shell.theme'),
      entries: (['light', 'dark', 'system'] as const).map((choice) => ({
        key: choice,
        label: t(`shell.theme_${choice}`),
        icon: <SunMoon />,
        checked: theme === choice,
        onSelect: () => setTheme(choice),
      })),
    },
    {
      key: 'language',
      label: t('shell.language'),
      entries: languages.map(({ code, name }) => ({
        key: code,
        label: name,
        icon: <Languages />,
        checked: language === code,
        onSelect: () => setLanguage(code),
      })),
    },
    {
      key: 'leave',
      entries: [
        { key: 'sign-out', label: t('shell.signOut'), icon: <LogOut />, onSelect: () => signOut.mutate() },
      ],
    },
  ];
}

/** The navigation at the start side of wide windows. */
export function Rail() {
  const { t } = useTranslation();
  const { data: profile } = useQuery(profileQuery);
  const { data: workspace } = useQuery(workspaceQuery);
  const collapsed = useShell((state) => state.railCollapsed);
  const toggleRail = useShell((state) => state.toggleRail);
  const setOverlay = useShell((state) => state.setOverlay);
  const accountMenu = useAccountMenu();
  return (
    <nav
      aria-label={t('shell.navigation')}
      className="hidden min-h-0 flex-col gap-1 border-e bg-sunken p-2.5 md:flex"
    >
      <div className={cx('flex h-9 items-center gap-2 px-1.5', collapsed && 'justify-center !px-0')}>
        <LogoMark className="size-5.5 shrink-0 text-accent" />
        {collapsed ? null : (
          <span className="min-w-0 truncate text-base font-semibold" title={workspace?.name}>
            {workspace?.name ?? 'Trellis'}
          </span>
        )}
      </div>
      <Hint show={collapsed} label={t('shell.search')}>
        <button
          type="button"
          aria-label={collapsed ? t('shell.search') : undefined}
          onClick={() => setOverlay('commands')}
          className={cx(
            'mt-1 mb-2 flex h-8.5 items-center gap-2 rounded-control border bg-surface px-2.5 text-base text-ink-faint hover:text-ink',
            collapsed && 'justify-center !px-0',
          )}
        >
          <Search className="size-4 shrink-0" />
          {collapsed ? null : (
            <>
              <span className="flex-1 text-start">{t('shell.search')}</span>
              <Kbd>Mod+K</Kbd>
            </>
          )}
        </button>
      </Hint>
      <RailLink to="/apps" area="apps" icon={<LayoutGrid />} label={t('shell.apps')} />
      <div className="flex-1" />
      <RailLink to="/settings/models" area="models" icon={<Boxes />} label={t('shell.models')} />
      <RailLink to="/settings/workspace" area="settings" icon={<Settings2 />} label={t('shell.settings')} />
      <div className={cx('mt-1 flex items-center gap-1 border-t pt-2', collapsed && 'flex-col')}>
        <Menu
          align="start"
          side="top"
          groups={accountMenu}
          trigger={
            <button
              type="button"
              aria-label={collapsed ? t('shell.accountMenu', { name: profile?.name ?? '' }) : undefined}
              className={cx(
                'flex h-9 min-w-0 flex-1 items-center gap-2 rounded-control px-1.5 text-start hover:bg-hover',
                collapsed && 'flex-none',
              )}
            >
              <Avatar name={profile?.name ?? ''} url={profile?.avatar_url ?? null} className="size-6.5" />
              {collapsed ? null : <span className="truncate text-base font-medium">{profile?.name}</span>}
            </button>
          }
        />
        <IconButton
          size="sm"
          label={collapsed ? t('shell.expandRail') : t('shell.collapseRail')}
          icon={collapsed ? <PanelLeftOpen /> : <PanelLeftClose />}
          onClick={toggleRail}
        />
      </div>
    </nav>
  );
}

const barItemClass =
  'flex flex-1 flex-col items-center gap-0.5 rounded-control py-1.5 text-xs font-medium text-ink-soft [&[aria-current]]:text-accent-ink [&_svg]:size-5';

/** The navigation at the foot of phones. */
export function BottomBar() {
  const { t } = useTranslation();
  const area = useArea();
  const setOverlay = useShell((state) => state.setOverlay);
  const accountMenu = useAccountMenu();
  return (
    <nav
      aria-label={t('shell.navigation')}
      className="flex border-t bg-surface px-2 pb-[env(safe-area-inset-bottom)] md:hidden"
    >
      <Link to="/apps" aria-current={area === 'apps' ? 'true' : undefined} className={barItemClass}>
        <LayoutGrid aria-hidden="true" />
        {t('shell.apps')}
      </Link>
      <button type="button" className={barItemClass} onClick={() => setOverlay('commands')}>
        <Search aria-hidden="true" />
        {t('shell.search')}
      </button>
      <Link
        to="/settings/models"
        aria-current={area === 'apps' ? undefined : 'true'}
        className={barItemClass}
      >
        <Settings2 aria-hidden="true" />
        {t('shell.settings')}
      </Link>
      <Menu
        side="top"
        groups={accountMenu}
        trigger={
          <button type="button" className={barItemClass}>
            <CircleUserRound aria-hidden="true" />
            {t('shell.account')}
          </button>
        }
      />
    </nav>
  );
}
