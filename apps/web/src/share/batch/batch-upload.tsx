import { Download, Table2 } from 'lucide-react';
import { type ClipboardEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FormVariable } from '../../api/model-config.ts';
import { cx } from '../../lib/cx.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { useShare } from '../share-context.ts';
import { download } from './download.ts';
import { type BatchProblem, columnNames, decodeCsv, readRows } from './rows.ts';

function useProblemText(): (problem: BatchProblem) => string {
  const { t } = useTranslation();
  return (problem) => {
    switch (problem.kind) {
      case 'header': {
        const { missing, unknown } = problem;
        return [
          missing.length > 0 ? t('share.batchColumnsMissing', { columns: missing.join(', ') }) : '',
          unknown.length > 0 ? t('share.batchColumnsUnknown', { columns: unknown.join(', ') }) : '',
        ]
          .filter(Boolean)
          .join(' ');
      }
      case 'empty-row':
        return t('share.batchProblem_empty-row', { row: problem.row });
      case 'encoding':
      case 'empty':
      case 'no-rows':
      case 'unreadable':
        return t(`share.batchProblem_${problem.kind}`);
      default:
        return t(`share.batchProblem_${problem.kind}`, {
          row: problem.row,
          column: problem.column,
          allowed: problem.allowed ?? '',
        });
    }
  };
}

/** Where a table is handed over: chosen, dropped or pasted; what is wrong with it is said by row and column. */
export function BatchUpload({
  columns,
  onRows,
}: {
  columns: readonly FormVariable[];
  onRows: (rows: readonly Readonly<Record<string, unknown>>[]) => void;
}) {
  const { t } = useTranslation();
  const { site } = useShare();
  const describe = useProblemText();
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [problems, setProblems] = useState<readonly BatchProblem[]>([]);
  const names = columnNames(columns);

  const take = async (text: string | undefined) => {
    if (text === undefined) {
      setProblems([{ kind: 'encoding' }]);
      return;
    }
    const { parseCsv } = await import('./csv.ts');
    const cells = parseCsv(text);
    const file = cells ? readRows(cells, columns) : { problems: [{ kind: 'unreadable' } as const] };
    setProblems(file.problems ?? []);
    if (!file.problems) onRows(file.rows);
  };
  const takeFile = async (file: File | undefined) => {
    if (file) await take(decodeCsv(new Uint8Array(await file.arrayBuffer())));
  };
  const paste = (event: ClipboardEvent) => {
    const file = event.clipboardData.files[0];
    const text = event.clipboardData.getData('text/plain');
    if (!file && !text) return;
    event.preventDefault();
    void (file ? takeFile(file) : take(text));
  };
  const template = async () => {
    const { writeCsv } = await import('./csv.ts');
    download(writeCsv([names]), `${site.title}-template.csv`);
  };

  return (
    <div className="grid gap-5">
      <p className="text-base text-ink-soft">{t('share.batchIntro')}</p>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping and pasting are extras to the button inside. */}
      <div
        className={cx(
          'flex flex-col items-center gap-3 rounded-panel border border-dashed border-control px-5 py-10 text-center',
          over ? 'bg-selected' : 'bg-surface',
        )}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          void takeFile(event.dataTransfer.files[0]);
        }}
        onPaste={paste}
      >
        <Table2 aria-hidden="true" className="size-6 text-ink-faint" />
        <p className="text-base text-ink-soft">{t('share.batchDrop')}</p>
        <div className="flex flex-wrap justify-center gap-2">
          <Button variant="primary" onClick={() => input.current?.click()}>
            {t('share.batchChoose')}
          </Button>
          <Button icon={<Download className="size-4" />} onClick={() => void template()}>
            {t('share.batchTemplate')}
          </Button>
        </div>
        <input
          ref={input}
          type="file"
          accept=".csv,text/csv"
          aria-label={t('share.batchChoose')}
          className="hidden"
          onChange={(event) => {
            void takeFile(event.target.files?.[0]);
            event.target.value = '';
          }}
        />
      </div>
      {problems.length > 0 ? (
        <Banner tone="danger">
          <p className="font-medium">{t('share.batchRefused')}</p>
          <ul className="mt-1 list-disc ps-5">
            {problems.map((problem) => {
              const text = describe(problem);
              return <li key={text}>{text}</li>;
            })}
          </ul>
        </Banner>
      ) : null}
      <section aria-label={t('share.batchColumns')}>
        <h3 className="mb-2 text-sm font-medium text-ink-soft">{t('share.batchColumns')}</h3>
        <ul className="flex flex-wrap gap-2">
          {columns.map((variable, index) => (
            <li key={variable.variable} className="rounded-control border bg-sunken px-2 py-1 text-sm">
              {names[index]}
              {variable.required ? null : <span className="text-ink-faint"> · {t('common.optional')}</span>}
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}
