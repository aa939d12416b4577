import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { FormVariable } from '../../api/model-config.ts';
import { useErrorText } from '../../lib/error-text.ts';
import { tabStorage } from '../../lib/storage.ts';
import { useShare } from '../share-context.ts';
import { BatchResults } from './batch-results.tsx';
import { createBatch, type RunRow } from './batch-store.ts';
import { BatchUpload } from './batch-upload.tsx';
import { batchVariables } from './rows.ts';

function newKey(): string {
  // `randomUUID` exists on pages that were reached by HTTPS only.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The form, run for every row of a table. */
export function BatchPage({ variables, run }: { variables: readonly FormVariable[]; run: RunRow }) {
  const { t } = useTranslation();
  const { address, batchConcurrency } = useShare();
  const describe = useErrorText();
  const columns = useMemo(() => batchVariables(variables), [variables]);
  const [batch] = useState(() =>
    createBatch({
      run,
      concurrency: batchConcurrency,
      newKey,
      describe,
      memory: tabStorage(`batch-${address.code}`),
    }),
  );
  const running = useStore(batch, (state) => state.running);
  const loaded = useStore(batch, (state) => state.rows.length > 0);
  useEffect(() => {
    if (!running) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [running]);
  return (
    <main className="mx-auto grid w-full max-w-250 flex-1 content-start gap-5 p-5 sm:p-7">
      <h2 className="sr-only">{t('share.tab_batch')}</h2>
      {loaded ? (
        <BatchResults batch={batch} columns={columns} />
      ) : (
        <BatchUpload columns={columns} onRows={(rows) => batch.getState().load(rows)} />
      )}
    </main>
  );
}
