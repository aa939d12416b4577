import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useShell } from './shell-store.ts';

/** Keys that work on every page, for the list under `?`. */
export const globalShortcuts = [
  { keys: 'Mod+K', label: 'shell.shortcutCommands' },
  { keys: '?', label: 'shell.shortcutHelp' },
  { keys: '[', label: 'shell.shortcutRail' },
  { keys: 'G A', label: 'shell.shortcutApps' },
  { keys: 'G M', label: 'shell.shortcutModels' },
  { keys: 'G P', label: 'shell.shortcutAccount' },
] as const;

const sequenceMs = 900;

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) ||
      target.role === 'combobox')
  );
}

/** Listens for {@link globalShortcuts}; single letters are left alone while a person types. */
export function useGlobalShortcuts(): void {
  const navigate = useNavigate();
  useEffect(() => {
    const pages: Record<string, () => void> = {
      a: () => void navigate({ to: '/apps' }),
      m: () => void navigate({ to: '/settings/models' }),
      p: () => void navigate({ to: '/account' }),
    };
    let leaderAtMs = 0;
    const onKeyDown = (event: KeyboardEvent) => {
      const key = event.key.toLowerCase();
      const { overlay, setOverlay, toggleRail } = useShell.getState();
      if ((event.metaKey || event.ctrlKey) && key === 'k') {
        event.preventDefault();
        setOverlay(overlay === 'commands' ? null : 'commands');
        return;
      }
      if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target) || overlay) return;
      if (Date.now() - leaderAtMs < sequenceMs && pages[key]) {
        event.preventDefault();
        pages[key]();
      } else if (key === '?') setOverlay('shortcuts');
      else if (key === '[') toggleRail();
      leaderAtMs = key === 'g' ? Date.now() : 0;
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [navigate]);
}
