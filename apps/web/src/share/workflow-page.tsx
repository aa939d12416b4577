import { Play, Square } from 'lucide-react';
import { lazy, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { StoreApi } from 'zustand/vanilla';
import { Markdown } from '../features/chat/markdown.tsx';
import { HumanForm } from '../features/process/human-form.tsx';
import { outputsText } from '../features/process/outputs.ts';
import { OutputsView } from '../features/process/outputs-view.tsx';
import { hasEnded, type Process } from '../features/process/process.ts';
import { ProcessView } from '../features/process/process-view.tsx';
import { useErrorText } from '../lib/error-text.ts';
import { tabStorage } from '../lib/storage.ts';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { SkeletonLines } from '../ui/skeleton.tsx';
import type { RunRow } from './batch/batch-store.ts';
import { canBatch } from './batch/rows.ts';
import { carryOut } from './carry-out.ts';
import { RunForm, useRunForm } from './run-form.tsx';
import { answerForm, type ShareApi } from './share-api.ts';
import { useShare } from './share-context.ts';
import { FormAndResult, KeptTab, ToolPage, type ToolTab, useSteps } from './tool-page.tsx';
import { createWorkflowRun, type WorkflowRunState } from './workflow-run.ts';

const BatchPage = lazy(() =>
  import('./batch/batch-page.tsx').then((module) => ({ default: module.BatchPage })),
);

/** A row of a batch is one run of the workflow. */
function rowRunner(api: ShareApi): RunRow {
  return async ({ inputs, key }, { signal, onPaused }) => {
    const process = await carryOut(api, {
      start: () => api.runWorkflow({ inputs, key }, signal),
      signal,
      onChange: ({ status }) => {
        if (status === 'paused') onPaused();
      },
    });
    if (process.status === 'failed' || process.status === 'stopped') throw new Error(process.error);
    return process.outputs;
  };
}

function Outcome({ process }: { process: Process }) {
  const { t } = useTranslation();
  const { api, site } = useShare();
  const ended = hasEnded(process);
  return (
    <article className="grid gap-4" aria-busy={process.status === 'running'}>
      {site.show_workflow_steps ? <ProcessView process={process} /> : null}
      {process.status === 'paused' ? (
        process.forms.length > 0 && process.forms.every(({ token }) => token !== null) ? (
          process.forms.map((form) => (
            <HumanForm
              key={form.token}
              form={form}
              upload={api.upload}
              submit={(answer) => answerForm(form.token ?? '', answer)}
            />
          ))
        ) : (
          <Banner tone="info">{t('chat.formElsewhere')}</Banner>
        )
      ) : null}
      {process.status === 'failed' ? (
        <Banner tone="danger">{process.error || t('chat.failed')}</Banner>
      ) : null}
      {process.status === 'stopped' ? <p className="text-base text-ink-faint">{t('chat.stopped')}</p> : null}
      {ended && process.status !== 'failed' && process.status !== 'stopped' ? (
        <div className="rounded-panel border p-4">
          <OutputsView outputs={process.outputs} />
          <div className="-ms-1.5 mt-2">
            <CopyButton text={() => outputsText(process.outputs)} label={t('share.copyResult')} />
          </div>
        </div>
      ) : process.text ? (
        <div className="rounded-panel border p-4">
          <Markdown text={process.text} streaming={process.status === 'running'} />
        </div>
      ) : process.status === 'running' ? (
        <SkeletonLines lines={4} />
      ) : null}
    </article>
  );
}

function Result({ run }: { run: StoreApi<WorkflowRunState> }) {
  const { t } = useTranslation();
  const describe = useErrorText();
  const process = useStore(run, (state) => state.process);
  const busy = useStore(run, (state) => state.busy);
  const failure = useStore(run, (state) => state.failure);
  const status =
    process?.status === 'paused'
      ? t('chat.processPaused')
      : busy
        ? t('chat.processRunning')
        : process?.status === 'failed' || failure
          ? t('chat.failed')
          : process
            ? t('chat.answered')
            : '';
  return (
    <section aria-label={t('share.result')} className="grid content-start gap-4 p-5 sm:p-7">
      <div className="flex min-h-8.5 items-center justify-between gap-2">
        <h2 className="text-base font-semibold">{t('share.result')}</h2>
        {busy ? (
          <Button
            size="sm"
            icon={<Square className="size-3 fill-current" />}
            onClick={() => run.getState().stop()}
          >
            {t('chat.stop')}
          </Button>
        ) : null}
      </div>
      {failure ? <Banner tone="danger">{describe(failure)}</Banner> : null}
      {process ? (
        <Outcome process={process} />
      ) : busy ? (
        <SkeletonLines lines={4} />
      ) : failure ? null : (
        <EmptyState icon={<Play />} title={t('share.noResult')}>
          {t('share.noResultBody')}
        </EmptyState>
      )}
      <div role="status" className="sr-only">
        {status}
      </div>
    </section>
  );
}

/** A published workflow: fill the form, watch it work, read what it puts out; once, or for a table of inputs. */
export function WorkflowPage() {
  const { api, address } = useShare();
  const [tab, setTab] = useState<ToolTab>('once');
  const form = useRunForm();
  const run = useMemo(
    () => createWorkflowRun({ api, memory: tabStorage(`run-${address.code}`) }),
    [api, address.code],
  );
  const busy = useStore(run, (state) => state.busy);
  const started = useStore(run, (state) => state.process !== undefined);
  const { wide, step, setStep, back } = useSteps();
  const runRow = useMemo(() => rowRunner(api), [api]);
  return (
    <ToolPage
      tabs={canBatch(form.variables) ? ['once', 'batch'] : ['once']}
      tab={tab}
      onTab={setTab}
      onBack={tab === 'once' ? back : undefined}
    >
      {tab === 'once' ? (
        <FormAndResult
          wide={wide}
          // A run that was found again after a reload is what the visitor came back for.
          step={step === 'form' && started && busy ? 'result' : step}
          form={
            <RunForm
              form={form}
              busy={busy}
              onRun={(inputs) => {
                setStep('result');
                void run.getState().run(inputs);
              }}
              onClear={() => run.getState().clear()}
            />
          }
          result={<Result run={run} />}
        />
      ) : null}
      <KeptTab shown={tab === 'batch'}>
        <BatchPage variables={form.variables} run={runRow} />
      </KeptTab>
    </ToolPage>
  );
}
