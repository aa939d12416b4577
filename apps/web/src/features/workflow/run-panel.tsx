import { useQuery } from '@tanstack/react-query';
import { FlaskConical, Play, Square } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { runQuery, runsApi } from '../../api/runs.ts';
import { studioApi } from '../../api/studio.ts';
import { useErrorText } from '../../lib/error-text.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { missingVariables, toInputs, VariablesForm } from '../chat/variables-form.tsx';
import { PausedForms } from '../runs/paused-forms.tsx';
import { RunFacts } from '../runs/run-status.tsx';
import { RunTabs } from '../runs/run-tabs.tsx';
import { useWorkflow } from './workflow-context.ts';

/** Runs the draft of a workflow on what the form holds, and shows the run as it goes. */
export function RunPanel({ inputsOf }: { inputsOf: string | undefined }) {
  const { t } = useTranslation();
  const describe = useErrorText();
  const { app, run, form, outline, refresh } = useWorkflow();
  const { view, busy, failure } = useStore(run);
  const [showMissing, setShowMissing] = useState(false);
  const missing = missingVariables(form.variables, form.values);
  const begin = () => {
    setShowMissing(true);
    if (missing.size > 0) return;
    const inputs = toInputs(form.variables, form.values);
    void run
      .getState()
      .start((signal) => runsApi.test(app.id, inputs, signal))
      .then(refresh);
  };
  useFilledFrom(inputsOf);
  return (
    <div className="grid gap-5 p-4 sm:p-5">
      <form
        className="grid gap-4"
        aria-label={t('workflow.testRun')}
        onSubmit={(event) => {
          event.preventDefault();
          begin();
        }}
      >
        {form.variables.length > 0 ? (
          <VariablesForm
            variables={form.variables}
            values={form.values}
            onChange={form.setValues}
            missing={showMissing ? missing : new Set<string>()}
            upload={studioApi.upload}
          />
        ) : (
          <p className="text-base text-ink-soft">{t('workflow.noForm')}</p>
        )}
        <div className="flex gap-2">
          <Button
            type="submit"
            variant="primary"
            icon={<Play className="size-3.5 fill-current" />}
            loading={busy}
          >
            {t('chat.run')}
          </Button>
          {busy ? (
            <Button icon={<Square className="size-3.5 fill-current" />} onClick={() => run.getState().stop()}>
              {t('chat.stop')}
            </Button>
          ) : null}
        </div>
      </form>
      {failure ? <Banner tone="danger">{describe(failure)}</Banner> : null}
      {view ? (
        <section aria-label={t('workflow.newestRun')} className="grid gap-4 border-t pt-4">
          <RunFacts view={view} />
          <RunTabs
            appId={app.id}
            key={view.runId ?? 'starting'}
            view={view}
            waiting={
              view.runId !== undefined && view.status === 'paused' ? (
                <PausedForms
                  runId={view.runId}
                  forms={view.forms}
                  titleOf={(nodeId) => outline.byId.get(nodeId)?.title ?? nodeId}
                />
              ) : null
            }
          />
          <div role="status" className="sr-only">
            {t(`runs.status_${view.status}`)}
          </div>
        </section>
      ) : failure ? null : (
        <EmptyState icon={<FlaskConical />} title={t('workflow.tryIt')}>
          {t('workflow.tryItBody')}
        </EmptyState>
      )}
    </div>
  );
}

/** Fills the form from a run that the address names, once. */
function useFilledFrom(runId: string | undefined) {
  const { app, form, go } = useWorkflow();
  const { data } = useQuery({ ...runQuery(app.id, runId ?? '', true), enabled: runId !== undefined });
  // biome-ignore lint/correctness/useExhaustiveDependencies: filled once, when the run arrives.
  useEffect(() => {
    if (!data) return;
    const own = form.variables.flatMap(({ variable, type }) => {
      const value = data.inputs[variable];
      if (value === undefined) return [];
      const isText = type === 'json_object' && typeof value !== 'string';
      return [[variable, isText ? JSON.stringify(value, null, 2) : value] as const];
    });
    form.setValues({ ...form.values, ...Object.fromEntries(own) });
    go({ panel: 'run' }, { replace: true });
  }, [data]);
}
