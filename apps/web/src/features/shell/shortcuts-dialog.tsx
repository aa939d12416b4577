import { useTranslation } from 'react-i18next';
import { Dialog } from '../../ui/dialog.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import { useShell } from './shell-store.ts';
import { globalShortcuts } from './use-shortcuts.ts';

/** Every shortcut of the frame, under `?`. */
export function ShortcutsDialog() {
  const { t } = useTranslation();
  const setOverlay = useShell((state) => state.setOverlay);
  return (
    <Dialog
      open
      onOpenChange={(open) => setOverlay(open ? 'shortcuts' : null)}
      title={t('shell.shortcuts')}
      size="sm"
    >
      <dl className="grid gap-1">
        {globalShortcuts.map((shortcut) => (
          <div key={shortcut.keys} className="flex items-center justify-between gap-4 py-1">
            <dt className="text-base text-ink-soft">{t(shortcut.label)}</dt>
            <dd>
              {shortcut.keys.split(' ').map((part) => (
                <Kbd key={part}>{part}</Kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
