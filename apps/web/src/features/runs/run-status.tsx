import { Check, CirclePause, Square, TriangleAlert, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { RunStatus } from '../../api/runs.ts';
import { useLanguage } from '../../i18n/language.ts';
import { formatNumber, formatSeconds } from '../../lib/format.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import type { NodeStatus, RunView } from './run-view.ts';

const tones: Readonly<Record<RunStatus, Tone>> = {
  running: 'info',
  paused: 'warning',
  succeeded: 'success',
  'partial-succeeded': 'warning',
  failed: 'danger',
  stopped: 'neutral',
};

/** How a run stands, in a word. */
export function RunStatusBadge({ status }: { status: RunStatus }) {
  const { t } = useTranslation();
  return (
    <Badge tone={tones[status] ?? 'neutral'}>
      {status === 'running' ? <Spinner className="!size-3" /> : null}
      {t(`runs.status_${status}`)}
    </Badge>
  );
}

const marks: Readonly<Record<NodeStatus, React.ReactNode>> = {
  running: <Spinner className="text-info-ink" />,
  paused: <CirclePause aria-hidden="true" className="size-4 text-warning-ink" />,
  succeeded: <Check aria-hidden="true" className="size-4 text-success-ink" />,
  failed: <X aria-hidden="true" className="size-4 text-danger-ink" />,
  exception: <TriangleAlert aria-hidden="true" className="size-4 text-warning-ink" />,
  stopped: <Square aria-hidden="true" className="size-4 text-ink-faint" />,
};

/** How a node stands, as a mark with its word for screen readers. */
export function NodeStatusMark({ status }: { status: NodeStatus }) {
  const { t } = useTranslation();
  return (
    <span className="inline-flex size-4 shrink-0 items-center justify-center">
      {marks[status] ?? null}
      <span className="sr-only">{t(`runs.node_${status}`)}</span>
    </span>
  );
}

/** Time and tokens of a node or run, where there are any. */
export function Spent({ elapsed, tokens }: { elapsed: number | null; tokens: number }) {
  const { t } = useTranslation();
  const language = useLanguage();
  if (elapsed === null && tokens === 0) return null;
  return (
    <span className="tabular inline-flex shrink-0 gap-2 text-xs text-ink-faint">
      {tokens > 0 ? (
        <span className="hidden sm:inline">
          {t('studio.tokens', { count: tokens, formatted: formatNumber(tokens, language, true) })}
        </span>
      ) : null}
      {elapsed === null ? null : <span>{formatSeconds(elapsed, language)}</span>}
    </span>
  );
}

/** The state of a run on one line: how it stands, how long it took, what it used. */
export function RunFacts({ view }: { view: RunView }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const facts = [
    ...(view.elapsed === null ? [] : [[t('runs.elapsed'), formatSeconds(view.elapsed, language)]]),
    ...(view.status === 'running' ? [] : [[t('runs.tokens'), formatNumber(view.tokens, language)]]),
    ...(view.steps > 0 ? [[t('runs.steps'), formatNumber(view.steps, language)]] : []),
  ];
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-1.5 text-sm">
      <RunStatusBadge status={view.status} />
      <dl className="contents">
        {facts.map(([name, value]) => (
          <div key={name} className="flex gap-1.5">
            <dt className="text-ink-faint">{name}</dt>
            <dd className="tabular">{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
