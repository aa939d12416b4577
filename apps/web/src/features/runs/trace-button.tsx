import { ListTree } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { IconButton } from '../../ui/button.tsx';
import { Drawer } from '../../ui/dialog.tsx';
import { SkeletonLines } from '../../ui/skeleton.tsx';

// Logs of prompt apps have no runs: what shows them is loaded when it is asked for.
const StoredRun = lazy(() => import('./stored-run.tsx').then((module) => ({ default: module.StoredRun })));

/** Opens the run behind an answer, with what each step did. */
export function TraceButton({ appId, runId }: { appId: string; runId: string }) {
  const { t } = useTranslation();
  const [shown, setShown] = useState<string>();
  return (
    <>
      <IconButton size="sm" label={t('runs.trace')} icon={<ListTree />} onClick={() => setShown(runId)} />
      {shown ? (
        <Drawer
          open
          onOpenChange={(open) => {
            if (!open) setShown(undefined);
          }}
          title={t('runs.trace')}
        >
          <Suspense fallback={<SkeletonLines lines={8} />}>
            <StoredRun appId={appId} runId={shown} onRun={setShown} />
          </Suspense>
        </Drawer>
      ) : null}
    </>
  );
}
