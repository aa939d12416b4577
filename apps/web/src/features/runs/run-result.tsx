import { Download } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Banner } from '../../ui/banner.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { SkeletonLines } from '../../ui/skeleton.tsx';
import { Markdown } from '../chat/markdown.tsx';
import type { RunView } from './run-view.ts';
import { ValueBlock } from './value-block.tsx';

interface OutputFile {
  readonly url: string;
  readonly filename?: string;
}

function isFile(value: unknown): value is OutputFile {
  return (
    typeof value === 'object' &&
    value !== null &&
    'url' in value &&
    typeof value.url === 'string' &&
    ('transfer_method' in value || 'mime_type' in value)
  );
}

function filesIn(outputs: unknown): OutputFile[] {
  if (typeof outputs !== 'object' || outputs === null) return [];
  return Object.values(outputs).flatMap((value: unknown) => [value].flat().filter(isFile));
}

/** The text of the only output, when that is all there is. */
function onlyText(outputs: unknown): string | undefined {
  if (typeof outputs !== 'object' || outputs === null) return undefined;
  const values = Object.values(outputs);
  return values.length === 1 && typeof values[0] === 'string' ? values[0] : undefined;
}

/** What a run gave: its streamed text or only text as people read it, files to open, everything else as data. */
export function RunResult({ view }: { view: RunView }) {
  const { t } = useTranslation();
  const running = view.status === 'running';
  const text = view.text || (onlyText(view.outputs) ?? '');
  const hasMore = onlyText(view.outputs) === undefined && Object.keys(view.outputs ?? {}).length > 0;
  const files = filesIn(view.outputs);
  return (
    <div className="grid gap-3" aria-busy={running}>
      {view.error ? <Banner tone="danger">{view.error}</Banner> : null}
      {text ? (
        <article className="rounded-panel border bg-surface px-4 py-3">
          <Markdown text={text} streaming={running} />
          {running ? null : (
            <div className="-ms-1.5 mt-1">
              <CopyButton text={text} label={t('runs.copyResult')} />
            </div>
          )}
        </article>
      ) : running ? (
        <SkeletonLines lines={3} />
      ) : null}
      {files.map((file) => (
        <a
          key={file.url}
          href={file.url}
          target="_blank"
          rel="noreferrer"
          className="inline-flex items-center gap-2 justify-self-start rounded-control border bg-surface px-2.5 py-1.5 text-sm hover:bg-hover"
        >
          <Download aria-hidden="true" className="size-4 text-ink-faint" />
          <span className="truncate">{file.filename ?? file.url}</span>
        </a>
      ))}
      {hasMore ? <ValueBlock label={t('runs.outputs')} value={view.outputs} /> : null}
      {!running && !text && !hasMore && !view.error && view.status !== 'paused' ? (
        <p className="text-base text-ink-faint">{t('runs.noResult')}</p>
      ) : null}
    </div>
  );
}
