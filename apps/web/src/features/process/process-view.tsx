import { Check, ChevronRight, CircleAlert, CirclePause, Repeat, Square } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useLanguage } from '../../i18n/language.ts';
import { cx } from '../../lib/cx.ts';
import { formatSeconds } from '../../lib/format.ts';
import { Spinner } from '../../ui/spinner.tsx';
import { hasEnded, type Process, type ProcessStep } from './process.ts';

function StepIcon({ status, waiting }: { status: ProcessStep['status']; waiting: boolean }) {
  const { t } = useTranslation();
  const box = 'size-4 shrink-0';
  if (waiting)
    return <CirclePause aria-label={t('chat.stepWaiting')} className={cx(box, 'text-warning-ink')} />;
  switch (status) {
    case 'running':
      return <Spinner className={box} />;
    case 'succeeded':
      return <Check aria-label={t('chat.stepDone')} className={cx(box, 'text-success-ink')} />;
    case 'stopped':
      return <Square aria-label={t('chat.stopped')} className={cx(box, 'text-ink-faint')} />;
    case 'exception':
      return <CircleAlert aria-label={t('chat.stepException')} className={cx(box, 'text-warning-ink')} />;
    default:
      return <CircleAlert aria-label={t('chat.stepFailed')} className={cx(box, 'text-danger-ink')} />;
  }
}

function Steps({ process, containerId }: { process: Process; containerId: string | null }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const steps = process.steps.filter((step) => step.containerId === containerId);
  const waiting = new Set(process.status === 'paused' ? process.forms.map(({ nodeId }) => nodeId) : []);
  if (steps.length === 0) return null;
  return (
    <ol className={cx('grid gap-1', containerId === null ? '' : 'ms-2 mt-1 border-s ps-3')}>
      {steps.map((step) => (
        <li key={step.key}>
          <div className="flex min-w-0 items-center gap-2 text-sm">
            <StepIcon status={step.status} waiting={waiting.has(step.nodeId)} />
            <span className="min-w-0 truncate">{step.title}</span>
            {step.rounds > 0 ? (
              <span className="tabular inline-flex items-center gap-1 text-xs text-ink-faint">
                <Repeat aria-hidden="true" className="size-3" />
                {step.length ? t('chat.roundOf', { round: step.rounds, length: step.length }) : step.rounds}
              </span>
            ) : null}
            <span className="tabular ms-auto ps-2 text-xs whitespace-nowrap text-ink-faint">
              {step.elapsed === null ? '' : formatSeconds(step.elapsed, language)}
            </span>
          </div>
          <Steps process={process} containerId={step.nodeId} />
        </li>
      ))}
    </ol>
  );
}

/** The steps of a run as they are taken; folded once it has ended. */
export function ProcessView({ process, className }: { process: Process; className?: string }) {
  const { t } = useTranslation();
  const language = useLanguage();
  if (process.steps.length === 0) return null;
  const ended = hasEnded(process);
  const last = process.steps.findLast(({ status }) => status === 'running');
  const title = ended
    ? t(process.status === 'failed' ? 'chat.processFailed' : 'chat.processDone', {
        time: formatSeconds(process.elapsed ?? 0, language),
      })
    : process.status === 'paused'
      ? t('chat.processPaused')
      : (last?.title ?? t('chat.processRunning'));
  return (
    // The key opens the list anew for a run that goes on, and closes it once at its end.
    <details
      key={ended ? 'ended' : 'open'}
      open={!ended}
      className={cx('group rounded-panel border bg-sunken', className)}
    >
      <summary className="flex cursor-pointer list-none items-center gap-2 px-3 py-2 text-sm font-medium text-ink-soft [&::-webkit-details-marker]:hidden">
        <ChevronRight
          aria-hidden="true"
          className="size-4 shrink-0 transition-transform duration-120 group-open:rotate-90 rtl:rotate-180"
        />
        <span className="truncate">{title}</span>
      </summary>
      <div className="px-3 pb-3">
        <Steps process={process} containerId={null} />
      </div>
    </details>
  );
}
