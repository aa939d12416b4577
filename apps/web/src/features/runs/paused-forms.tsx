import { useTranslation } from 'react-i18next';
import { type PausedForm, runsApi } from '../../api/runs.ts';
import { studioApi } from '../../api/studio.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { HumanForm } from '../process/human-form.tsx';
import type { WaitingForm } from '../process/process.ts';

function formLink(token: string): string {
  return `${window.location.origin}/form/${token}`;
}

function toWaitingForm(form: PausedForm, title: string): WaitingForm {
  return {
    nodeId: form.node_id,
    title,
    token: form.form_token,
    content: form.form_content,
    inputs: form.inputs,
    actions: form.user_actions,
    defaults: form.resolved_default_values,
    expiresAt: form.expiration_time,
  };
}

/** What a paused run waits for: each form with its link, to be answered here or by whoever has the link. */
export function PausedForms({
  runId,
  forms,
  titleOf,
  onAnswered,
}: {
  runId: string;
  forms: readonly PausedForm[];
  titleOf: (nodeId: string) => string;
  onAnswered?: () => void;
}) {
  const { t } = useTranslation();
  return forms.map((form) => {
    const title = titleOf(form.node_id);
    return (
      <section key={form.form_id} aria-label={t('runs.waitsFor', { name: title })} className="grid gap-2">
        <header className="flex flex-wrap items-center justify-between gap-2">
          <h2 className="text-base font-semibold">{t('runs.waitsFor', { name: title })}</h2>
          {form.form_token ? (
            <span className="flex items-center gap-1 text-sm text-ink-soft">
              {t('runs.formLink')}
              <CopyButton text={formLink(form.form_token)} label={t('runs.copyFormLink')} />
            </span>
          ) : null}
        </header>
        <HumanForm
          form={toWaitingForm(form, title)}
          upload={studioApi.upload}
          submit={async (answer) => {
            await runsApi.answerForm(runId, form.form_id, answer);
            onAnswered?.();
          }}
        />
      </section>
    );
  });
}
