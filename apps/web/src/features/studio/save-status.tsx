import { useQueryClient } from '@tanstack/react-query';
import { Check, CloudAlert, CloudOff, Redo2, Undo2 } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { draftQuery } from '../../api/studio.ts';
import { useErrorText } from '../../lib/error-text.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { toast } from '../../ui/toast.tsx';
import { Tooltip } from '../../ui/tooltip.tsx';
import { useStudio, useStudioState } from './studio-context.ts';

/** Asks what to do when somebody else saved the same app in the meantime. */
function ConflictDialog() {
  const { t } = useTranslation();
  const { app, store } = useStudio();
  const queryClient = useQueryClient();
  const describe = useErrorText();
  const [pending, setPending] = useState(false);
  const decide = async (keepMine: boolean) => {
    setPending(true);
    try {
      const server = await queryClient.fetchQuery({ ...draftQuery(app.id), staleTime: 0 });
      if (keepMine) await store.getState().overwrite(server.hash);
      else store.getState().takeOver(server);
    } catch (error) {
      toast.error(describe(error));
    } finally {
      setPending(false);
    }
  };
  return (
    <Dialog
      open
      onOpenChange={() => undefined}
      size="sm"
      title={t('studio.conflictTitle')}
      footer={
        <>
          <Button disabled={pending} onClick={() => void decide(false)}>
            {t('studio.conflictTheirs')}
          </Button>
          <Button variant="primary" loading={pending} onClick={() => void decide(true)}>
            {t('studio.conflictMine')}
          </Button>
        </>
      }
    >
      <p className="text-base text-ink-soft">{t('studio.conflictBody')}</p>
    </Dialog>
  );
}

/** Whether the draft is kept, with undo and redo; saves once more before the page is left. */
export function SaveStatus() {
  const { t } = useTranslation();
  const describe = useErrorText();
  const { store } = useStudio();
  const saveState = useStudioState((state) => state.saveState);
  const saveError = useStudioState((state) => state.saveError);
  const canUndo = useStudioState((state) => state.canUndo);
  const canRedo = useStudioState((state) => state.canRedo);

  useEffect(() => {
    const { undo, redo } = store.getState();
    const onKeyDown = (event: KeyboardEvent) => {
      const key = event.key.toLowerCase();
      // Fields have an undo of their own while they are being typed in.
      const typing = event.target instanceof HTMLElement && /^(INPUT|TEXTAREA)$/.test(event.target.tagName);
      if (!(event.metaKey || event.ctrlKey) || typing || (key !== 'z' && key !== 'y')) return;
      event.preventDefault();
      if (key === 'y' || event.shiftKey) redo();
      else undo();
    };
    const onLeave = (event: BeforeUnloadEvent) => {
      if (store.getState().saveState === 'saved') return;
      void store.getState().saveNow();
      event.preventDefault();
    };
    const onOnline = () => {
      if (store.getState().saveState === 'offline') void store.getState().saveNow();
    };
    window.addEventListener('keydown', onKeyDown);
    window.addEventListener('beforeunload', onLeave);
    window.addEventListener('online', onOnline);
    return () => {
      window.removeEventListener('keydown', onKeyDown);
      window.removeEventListener('beforeunload', onLeave);
      window.removeEventListener('online', onOnline);
      if (store.getState().saveState !== 'saved') void store.getState().saveNow();
    };
  }, [store]);

  const failed = saveState === 'failed' || saveState === 'offline';
  return (
    <div className="flex items-center gap-0.5">
      <span role="status" className="me-1 hidden items-center gap-1.5 text-sm text-ink-faint sm:inline-flex">
        {saveState === 'saved' ? <Check aria-hidden="true" className="size-3.5" /> : null}
        {saveState === 'saving' ? <Spinner className="size-3.5" /> : null}
        {saveState === 'offline' ? (
          <CloudOff aria-hidden="true" className="size-3.5 text-warning-ink" />
        ) : null}
        {saveState === 'failed' || saveState === 'conflict' ? (
          <CloudAlert aria-hidden="true" className="size-3.5 text-danger-ink" />
        ) : null}
        {t(`studio.save_${saveState}`)}
      </span>
      {failed ? (
        <Tooltip label={describe(saveError)}>
          <Button size="sm" variant="ghost" onClick={() => void store.getState().saveNow()}>
            {t('common.retry')}
          </Button>
        </Tooltip>
      ) : null}
      <IconButton
        size="sm"
        label={t('studio.undo')}
        shortcut="Mod+Z"
        icon={<Undo2 />}
        disabled={!canUndo}
        onClick={() => store.getState().undo()}
      />
      <IconButton
        size="sm"
        label={t('studio.redo')}
        shortcut="Mod+Shift+Z"
        icon={<Redo2 />}
        disabled={!canRedo}
        onClick={() => store.getState().redo()}
      />
      {saveState === 'conflict' ? <ConflictDialog /> : null}
    </div>
  );
}
