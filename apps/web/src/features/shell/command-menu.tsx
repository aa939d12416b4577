import { Dialog } from '@base-ui/react/dialog';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import {
  ArrowRight,
  Boxes,
  CircleUserRound,
  Keyboard,
  Languages,
  LayoutGrid,
  LogOut,
  Plus,
  Search,
  Settings2,
  SunMoon,
  Users,
} from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { appListQuery, buildPage } from '../../api/apps.ts';
import { languages } from '../../i18n/create.ts';
import { cx } from '../../lib/cx.ts';
import { useDebounced } from '../../lib/hooks.ts';
import { AppIcon } from '../../ui/avatar.tsx';
import { usePreferences } from './preferences.ts';
import { useShell } from './shell-store.ts';
import { useSignOut } from './sign-out.ts';

interface Command {
  readonly key: string;
  readonly label: string;
  readonly section: string;
  readonly icon: ReactNode;
  readonly run: () => void;
}

function matches(label: string, query: string): boolean {
  const haystack = label.toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => haystack.includes(word));
}

/** The pages and actions that are always there. */
function useFixedCommands(): Command[] {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const signOut = useSignOut();
  const { setTheme, setLanguage } = usePreferences();
  const setOverlay = useShell((state) => state.setOverlay);
  const pages = t('shell.sectionPages');
  const actions = t('shell.sectionActions');
  return [
    {
      key: 'apps',
      section: pages,
      label: t('shell.apps'),
      icon: <LayoutGrid />,
      run: () => void navigate({ to: '/apps' }),
    },
    {
      key: 'models',
      section: pages,
      label: t('settings.models'),
      icon: <Boxes />,
      run: () => void navigate({ to: '/settings/models' }),
    },
    {
      key: 'members',
      section: pages,
      label: t('settings.members'),
      icon: <Users />,
      run: () => void navigate({ to: '/settings/members' }),
    },
    {
      key: 'workspace',
      section: pages,
      label: t('settings.workspace'),
      icon: <Settings2 />,
      run: () => void navigate({ to: '/settings/workspace' }),
    },
    {
      key: 'account',
      section: pages,
      label: t('shell.account'),
      icon: <CircleUserRound />,
      run: () => void navigate({ to: '/account' }),
    },
    {
      key: 'create',
      section: actions,
      label: t('apps.create'),
      icon: <Plus />,
      run: () => void navigate({ to: '/apps', hash: 'create' }),
    },
    ...(['light', 'dark', 'system'] as const).map((choice) => ({
      key: `theme-${choice}`,
      section: actions,
      label: `${t('shell.theme')}: ${t(`shell.theme_${choice}`)}`,
      icon: <SunMoon />,
      run: () => setTheme(choice),
    })),
    ...languages.map(({ code, name }) => ({
      key: `language-${code}`,
      section: actions,
      label: `${t('shell.language')}: ${name}`,
      icon: <Languages />,
      run: () => setLanguage(code),
    })),
    {
      key: 'shortcuts',
      section: actions,
      label: t('shell.shortcuts'),
      icon: <Keyboard />,
      run: () => setOverlay('shortcuts'),
    },
    {
      key: 'sign-out',
      section: actions,
      label: t('shell.signOut'),
      icon: <LogOut />,
      run: () => signOut.mutate(),
    },
  ];
}

/** Apps found on the server, by name. */
function useAppCommands(query: string): Command[] {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const name = useDebounced(query, 150);
  const { data } = useQuery({ ...appListQuery({ name, limit: 8 }), placeholderData: (previous) => previous });
  return (data?.data ?? []).map((app) => ({
    key: `app-${app.id}`,
    section: t('shell.apps'),
    label: app.name,
    icon: <AppIcon icon={app} className="!size-5 !text-sm" />,
    run: () => void navigate({ to: buildPage(app), params: { appId: app.id } }),
  }));
}

/** Reaches every page, app and action by typing; opened with Ctrl or ⌘ K. */
export function CommandMenu() {
  const { t } = useTranslation();
  const setOverlay = useShell((state) => state.setOverlay);
  const [query, setQuery] = useState('');
  const [active, setActive] = useState(0);
  const listRef = useRef<HTMLDivElement>(null);
  const listId = useId();
  const fixed = useFixedCommands();
  const apps = useAppCommands(query.trim());
  const shown = [...apps, ...fixed.filter((command) => matches(command.label, query.trim()))];
  const current = Math.min(active, Math.max(0, shown.length - 1));

  useEffect(() => {
    listRef.current?.querySelector(`[data-index="${current}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [current]);

  const run = (command: Command | undefined) => {
    if (!command) return;
    setOverlay(null);
    command.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      setActive((current + step + shown.length) % Math.max(1, shown.length));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      run(shown[current]);
    }
  };
  return (
    <Dialog.Root open onOpenChange={(open) => setOverlay(open ? 'commands' : null)}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-overlay" />
        <Dialog.Popup
          aria-label={t('shell.commandMenu')}
          className="fixed inset-x-3 top-[10dvh] z-50 mx-auto flex max-h-[70dvh] max-w-150 flex-col overflow-hidden rounded-panel border bg-raised shadow-float"
        >
          <div className="flex items-center gap-2.5 border-b px-4">
            <Search aria-hidden="true" className="size-4 text-ink-faint" />
            <input
              role="combobox"
              aria-expanded="true"
              aria-controls={listId}
              aria-activedescendant={shown.length ? `${listId}-${current}` : undefined}
              aria-label={t('shell.commandPlaceholder')}
              placeholder={t('shell.commandPlaceholder')}
              value={query}
              onChange={(event) => {
                setQuery(event.target.value);
                setActive(0);
              }}
              onKeyDown={onKeyDown}
              className="h-12 flex-1 bg-transparent text-md outline-none"
            />
          </div>
          <div
            ref={listRef}
            id={listId}
            role="listbox"
            aria-label={t('shell.commandMenu')}
            className="overflow-y-auto p-1.5"
          >
            {shown.map((command, index) => (
              <div key={command.key}>
                {shown[index - 1]?.section === command.section ? null : (
                  <div role="presentation" className="px-2.5 pt-2 pb-1 text-xs font-medium text-ink-faint">
                    {command.section}
                  </div>
                )}
                {/* biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled by the combobox above. */}
                <div
                  id={`${listId}-${index}`}
                  data-index={index}
                  role="option"
                  tabIndex={-1}
                  aria-selected={index === current}
                  onPointerMove={() => setActive(index)}
                  onClick={() => run(command)}
                  className={cx(
                    'flex h-9 items-center gap-3 rounded-control px-2.5 text-base [&_svg]:size-4 [&_svg]:text-ink-faint',
                    index === current && 'bg-hover',
                  )}
                >
                  <span className="flex w-5 shrink-0 justify-center">{command.icon}</span>
                  <span className="min-w-0 flex-1 truncate">{command.label}</span>
                  {index === current ? <ArrowRight /> : null}
                </div>
              </div>
            ))}
            {shown.length === 0 ? (
              <p role="status" className="px-3 py-8 text-center text-base text-ink-faint">
                {t('shell.nothingFound')}
              </p>
            ) : null}
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
