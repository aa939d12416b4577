import { Check, CircleAlert, CirclePause, Clock, Download, Play, RefreshCw, Square } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { StoreApi } from 'zustand/vanilla';
import type { FormVariable } from '../../api/model-config.ts';
import { outputsText } from '../../features/process/outputs.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { Pagination } from '../../ui/pagination.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { useShare } from '../share-context.ts';
import type { BatchRow, BatchState, RowStatus } from './batch-store.ts';
import { download } from './download.ts';
import { resultTable } from './result-table.ts';
import { columnNames } from './rows.ts';

const rowsPerPage = 50;

const icons: Readonly<Record<RowStatus, ReactNode>> = {
  waiting: <Clock className="text-ink-faint" />,
  running: <Spinner />,
  paused: <CirclePause className="text-warning-ink" />,
  done: <Check className="text-success-ink" />,
  failed: <CircleAlert className="text-danger-ink" />,
  stopped: <Square className="text-ink-faint" />,
};

function RowView({
  row,
  number,
  columns,
  onRetry,
}: {
  row: BatchRow;
  number: number;
  columns: readonly FormVariable[];
  onRetry: () => void;
}) {
  const { t } = useTranslation();
  const result = outputsText(row.outputs);
  const inputs = columns.map(({ variable }) => row.inputs[variable]).filter((value) => value !== undefined);
  return (
    <li className="relative grid gap-x-4 gap-y-1 border-b px-3 py-2.5 text-base last:border-0 sm:grid-cols-[7.5rem_minmax(0,2fr)_minmax(0,3fr)_auto] sm:items-start">
      <span className="tabular flex items-center gap-2 text-sm text-ink-soft [&_svg]:size-4">
        <span className="w-7 text-end text-ink-faint">{number}</span>
        {icons[row.status]}
        {t(`share.row_${row.status}`)}
      </span>
      <span className="line-clamp-3 min-w-0 break-words text-ink-soft">
        {inputs
          .map((value) => (typeof value === 'object' ? JSON.stringify(value) : String(value)))
          .join(' · ')}
      </span>
      <span className="line-clamp-4 min-w-0 break-words whitespace-pre-wrap">
        {row.status === 'failed' ? <span className="text-danger-ink">{row.error}</span> : result}
      </span>
      <span className="absolute end-2 top-1 flex justify-end sm:static sm:-my-1">
        {row.status === 'done' ? (
          <CopyButton text={result} label={t('share.copyRow', { number })} />
        ) : row.status === 'failed' || row.status === 'stopped' ? (
          <IconButton
            size="sm"
            label={t('share.retryRow', { number })}
            icon={<RefreshCw />}
            onClick={onRetry}
          />
        ) : null}
      </span>
    </li>
  );
}

/** The rows with what became of them; run, stopped, run again, taken away as a file. */
export function BatchResults({
  batch,
  columns,
}: {
  batch: StoreApi<BatchState>;
  columns: readonly FormVariable[];
}) {
  const { t } = useTranslation();
  const { site } = useShare();
  const rows = useStore(batch, (state) => state.rows);
  const running = useStore(batch, (state) => state.running);
  const [page, setPage] = useState(1);
  const [leaving, setLeaving] = useState(false);
  const count = (status: RowStatus) => rows.filter((row) => row.status === status).length;
  const [done, failed, waiting, stopped] = [
    count('done'),
    count('failed'),
    count('waiting'),
    count('stopped'),
  ];
  const ended = done + failed;
  const first = (page - 1) * rowsPerPage;
  const save = async () => {
    const { writeCsv } = await import('./csv.ts');
    const table = resultTable(rows, columns, {
      names: columnNames(columns),
      status: t('share.batchStatus'),
      error: t('share.batchError'),
    });
    download(writeCsv(table), `${site.title}-results.csv`);
  };

  return (
    <>
      <div className="grid gap-3">
        <div className="flex flex-wrap items-center gap-2">
          <p role="status" className="tabular me-auto text-base font-medium">
            {t('share.batchProgress', { done: ended, total: rows.length })}
            {failed > 0 ? (
              <span className="text-danger-ink"> · {t('share.batchFailed', { count: failed })}</span>
            ) : null}
          </p>
          {running ? (
            <Button icon={<Square className="size-3 fill-current" />} onClick={() => batch.getState().stop()}>
              {t('chat.stop')}
            </Button>
          ) : waiting > 0 ? (
            <Button
              variant="primary"
              icon={<Play className="size-4 fill-current" />}
              onClick={() => batch.getState().start()}
            >
              {ended > 0 ? t('share.batchContinue') : t('share.batchRun', { count: waiting })}
            </Button>
          ) : null}
          {failed + stopped > 0 && !running ? (
            <Button icon={<RefreshCw className="size-4" />} onClick={() => batch.getState().retry()}>
              {t('share.batchRetryAll')}
            </Button>
          ) : null}
          {ended > 0 ? (
            <Button icon={<Download className="size-4" />} onClick={() => void save()}>
              {t('share.batchExport')}
            </Button>
          ) : null}
          <Button
            variant="ghost"
            onClick={() => (ended > 0 || running ? setLeaving(true) : batch.getState().clear())}
          >
            {t('share.batchOther')}
          </Button>
        </div>
        <progress
          aria-label={t('share.batchProgress', { done: ended, total: rows.length })}
          value={ended}
          max={rows.length}
          className="progress h-1.5 w-full"
        />
      </div>
      <ol className="rounded-panel border bg-surface" aria-label={t('share.batchRows')}>
        {rows.slice(first, first + rowsPerPage).map((row, index) => (
          <RowView
            key={row.key}
            row={row}
            number={first + index + 1}
            columns={columns}
            onRetry={() => batch.getState().retry(first + index)}
          />
        ))}
      </ol>
      <Pagination page={page} limit={rowsPerPage} total={rows.length} onPageChange={setPage} />
      <ConfirmDialog
        open={leaving}
        onOpenChange={setLeaving}
        title={t('share.batchOther')}
        body={t('share.batchLeave')}
        confirmLabel={t('share.batchDiscard')}
        danger
        onConfirm={() => {
          setLeaving(false);
          batch.getState().clear();
        }}
      />
    </>
  );
}
