import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type PausedForm, runsApi } from '../../api/runs.ts';
import { useErrorText } from '../../lib/error-text.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Field } from '../../ui/field.tsx';
import { Input, Textarea } from '../../ui/input.tsx';
import { Select } from '../../ui/select.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { Markdown } from '../chat/markdown.tsx';

/** Places of the form's fields in its text; the fields stand below it here. */
const fieldPlaces = /\{\{#\$output\.[^#}]+#\}\}/g;

function formLink(token: string): string {
  return `${window.location.origin}/form/${token}`;
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
  return forms.map((form) => (
    <FormCard
      key={form.form_id}
      runId={runId}
      form={form}
      title={titleOf(form.node_id)}
      onAnswered={onAnswered}
    />
  ));
}

function FormCard({
  runId,
  form,
  title,
  onAnswered,
}: {
  runId: string;
  form: PausedForm;
  title: string;
  onAnswered: (() => void) | undefined;
}) {
  const { t } = useTranslation();
  const describe = useErrorText();
  const [values, setValues] = useState<Record<string, string>>(() =>
    Object.fromEntries(
      form.inputs.map(({ output_variable_name: name }) => [name, form.resolved_default_values[name] ?? '']),
    ),
  );
  const answer = useMutation({
    mutationFn: (action: string) => runsApi.answerForm(runId, form.form_id, { inputs: values, action }),
    onSuccess: () => onAnswered?.(),
  });
  const content = form.form_content.replaceAll(fieldPlaces, '').trim();
  const needsFile = form.inputs.some(({ type }) => type.startsWith('file'));
  return (
    <section
      aria-label={t('runs.formOf', { name: title })}
      className="grid gap-3 rounded-panel border border-s-3 bg-surface p-4"
      style={{ borderInlineStartColor: 'var(--node-flow)' }}
    >
      <header className="flex flex-wrap items-start justify-between gap-2">
        <div>
          <h2 className="text-base font-semibold">{t('runs.waitsFor', { name: title })}</h2>
          <p className="text-sm text-ink-faint">
            {t('runs.formEnds')} <RelativeTime at={form.expiration_time} />
          </p>
        </div>
        {form.form_token ? (
          <span className="flex items-center gap-1 text-sm text-ink-soft">
            {t('runs.formLink')}
            <CopyButton text={formLink(form.form_token)} label={t('runs.copyFormLink')} />
          </span>
        ) : null}
      </header>
      {content ? <Markdown text={content} /> : null}
      {needsFile ? (
        <Banner tone="info">{t('runs.formNeedsFile')}</Banner>
      ) : (
        <>
          {form.inputs.map((input) => {
            const name = input.output_variable_name;
            const set = (value: string) => setValues((before) => ({ ...before, [name]: value }));
            return (
              <Field key={name} label={input.label || name}>
                {(control) =>
                  input.type === 'select' ? (
                    <Select
                      id={control.id}
                      value={values[name] || null}
                      placeholder={t('chat.choose')}
                      onValueChange={set}
                      options={(input.options ?? []).map((option) => ({ value: option, label: option }))}
                    />
                  ) : input.type === 'paragraph' ? (
                    <Textarea
                      {...control}
                      value={values[name] ?? ''}
                      onChange={(event) => set(event.target.value)}
                    />
                  ) : (
                    <Input
                      {...control}
                      value={values[name] ?? ''}
                      onChange={(event) => set(event.target.value)}
                    />
                  )
                }
              </Field>
            );
          })}
          {answer.error ? <Banner tone="danger">{describe(answer.error)}</Banner> : null}
          <div className="flex flex-wrap gap-2">
            {form.user_actions.map((action) => (
              <Button
                key={action.id}
                size="sm"
                variant={action.button_style === 'primary' ? 'primary' : 'secondary'}
                loading={answer.isPending && answer.variables === action.id}
                disabled={answer.isPending || answer.isSuccess}
                onClick={() => answer.mutate(action.id)}
              >
                {action.title || action.id}
              </Button>
            ))}
          </div>
        </>
      )}
    </section>
  );
}
