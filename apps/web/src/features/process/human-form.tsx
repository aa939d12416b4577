import { Clock } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLanguage } from '../../i18n/language.ts';
import { useErrorText } from '../../lib/error-text.ts';
import { formatDateTime } from '../../lib/format.ts';
import { useNow } from '../../lib/hooks.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button, type ButtonVariant } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { Input, Textarea } from '../../ui/input.tsx';
import { Select } from '../../ui/select.tsx';
import { FileVariable } from '../chat/file-variable.tsx';
import type { UploadFile } from '../chat/files.ts';
import { Markdown } from '../chat/markdown.tsx';
import { formParts } from './form-content.ts';
import type { FormAction, FormInput, WaitingForm } from './process.ts';

/** What a person answers: the fields, and the button that was pressed. */
export interface FormAnswer {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly action: string;
}

const looks: Readonly<Record<FormAction['button_style'], ButtonVariant>> = {
  primary: 'primary',
  accent: 'primary',
  default: 'secondary',
  ghost: 'ghost',
};

function initialValues(form: WaitingForm): Record<string, unknown> {
  return Object.fromEntries(
    form.inputs
      .filter(({ type }) => type !== 'file' && type !== 'file-list')
      .map(({ type, output_variable_name: name }) => [
        name,
        // A choice has to be made; a text may stay empty.
        form.defaults[name] || (type === 'select' ? undefined : ''),
      ]),
  );
}

function FormField({
  input,
  value,
  onChange,
  missing,
  upload,
}: {
  input: FormInput;
  value: unknown;
  onChange: (value: unknown) => void;
  missing: boolean;
  upload: UploadFile | undefined;
}) {
  const { t } = useTranslation();
  const { output_variable_name: name } = input;
  return (
    <Field label={name} required error={missing ? t('chat.required') : undefined}>
      {(control) => {
        if (input.type === 'select') {
          return (
            <Select
              id={control.id}
              value={typeof value === 'string' && value ? value : null}
              placeholder={t('chat.choose')}
              onValueChange={onChange}
              options={(input.option_source?.value ?? []).map((option) => ({ value: option, label: option }))}
            />
          );
        }
        if (input.type === 'file' || input.type === 'file-list') {
          return (
            <FileVariable
              variable={{
                type: input.type,
                label: name,
                variable: name,
                required: true,
                ...(input.allowed_file_types ? { allowed_file_types: input.allowed_file_types } : {}),
                ...(input.allowed_file_extensions
                  ? { allowed_file_extensions: input.allowed_file_extensions }
                  : {}),
                ...(input.number_limits ? { max_length: input.number_limits } : {}),
              }}
              upload={upload}
              onChange={onChange}
              labelledBy={control.id}
            />
          );
        }
        if (input.type === 'text-input') {
          return (
            <Input
              {...control}
              value={typeof value === 'string' ? value : ''}
              onChange={(event) => onChange(event.target.value)}
            />
          );
        }
        return (
          <Textarea
            {...control}
            value={typeof value === 'string' ? value : ''}
            onChange={(event) => onChange(event.target.value)}
          />
        );
      }}
    </Field>
  );
}

/** A form that a run waits for: text with fields in their places, a button per way to go on. */
export function HumanForm({
  form,
  submit,
  upload,
}: {
  form: WaitingForm;
  /** Sends the answer; what it throws is shown, and what was written stays. */
  submit: (answer: FormAnswer) => Promise<unknown>;
  upload?: UploadFile | undefined;
}) {
  const { t } = useTranslation();
  const describe = useErrorText();
  const language = useLanguage();
  const nowMs = useNow();
  const [values, setValues] = useState(() => initialValues(form));
  const [sending, setSending] = useState<string>();
  const [error, setError] = useState<unknown>();
  const [showMissing, setShowMissing] = useState(false);
  const names = form.inputs.map((input) => input.output_variable_name);
  const parts = formParts(form.content, names);
  const isMissing = (name: string) => values[name] === undefined;
  const expired = form.expiresAt > 0 && form.expiresAt * 1000 < nowMs;

  const answer = async (action: string) => {
    setShowMissing(true);
    if (names.some(isMissing)) return;
    setSending(action);
    setError(undefined);
    try {
      await submit({ inputs: values, action });
    } catch (cause) {
      setError(cause);
      setSending(undefined);
    }
  };

  return (
    <form
      className="grid gap-4 rounded-panel border bg-surface p-4"
      aria-label={form.title || t('chat.form')}
      onSubmit={(event) => event.preventDefault()}
    >
      {parts.map((part, index) => {
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a form never change.
        if ('text' in part) return <Markdown key={index} text={part.text} />;
        const input = form.inputs.find((candidate) => candidate.output_variable_name === part.field);
        return input ? (
          <FormField
            key={part.field}
            input={input}
            value={values[part.field]}
            onChange={(value) => setValues((before) => ({ ...before, [part.field]: value }))}
            missing={showMissing && isMissing(part.field)}
            upload={upload}
          />
        ) : null;
      })}
      {error ? <Banner tone="danger">{describe(error)}</Banner> : null}
      {expired ? (
        <Banner tone="warning">{t('chat.formExpired')}</Banner>
      ) : (
        <div className="flex flex-wrap items-center gap-2">
          {form.actions.map((action) => (
            <Button
              key={action.id}
              variant={looks[action.button_style] ?? 'secondary'}
              disabled={sending !== undefined}
              loading={sending === action.id}
              onClick={() => void answer(action.id)}
            >
              {action.title}
            </Button>
          ))}
          {form.expiresAt > 0 ? (
            <span className="ms-auto flex items-center gap-1.5 text-xs text-ink-faint">
              <Clock aria-hidden="true" className="size-3.5" />
              {t('chat.formOpenUntil', { time: formatDateTime(form.expiresAt, language) })}
            </span>
          ) : null}
        </div>
      )}
    </form>
  );
}
