import { Plus, Trash2 } from 'lucide-react';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FormVariable, VariableType } from '../../api/model-config.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { Input } from '../../ui/input.tsx';
import { Select } from '../../ui/select.tsx';
import { SwitchRow } from '../../ui/switch.tsx';
import { variableKeyPattern } from './prompt-variables.ts';

/** Controls that can be chosen for a variable. */
export const editableTypes = [
  'text-input',
  'paragraph',
  'select',
  'number',
  'checkbox',
  'file',
  'file-list',
] as const satisfies readonly VariableType[];

type EditableType = (typeof editableTypes)[number];

const defaultLength = 48;
const maxShortLength = 256;

interface Values {
  type: EditableType;
  variable: string;
  label: string;
  required: boolean;
  hide: boolean;
  maxLength: string;
  options: string[];
  defaultValue: string;
}

function toValues(variable: FormVariable | undefined): Values {
  const type = editableTypes.find((candidate) => candidate === variable?.type) ?? 'text-input';
  return {
    type,
    variable: variable?.variable ?? '',
    label: variable?.label ?? '',
    required: variable?.required ?? true,
    hide: variable?.hide ?? false,
    maxLength:
      variable && 'max_length' in variable ? String(variable.max_length ?? '') : String(defaultLength),
    options: variable?.type === 'select' ? [...variable.options] : ['', ''],
    defaultValue: variable && 'default' in variable ? String(variable.default ?? '') : '',
  };
}

function toVariable(values: Values): FormVariable {
  const base = {
    variable: values.variable,
    label: values.label.trim() || values.variable,
    required: values.required,
    ...(values.hide ? { hide: true } : {}),
  };
  const maxLength = Number.parseInt(values.maxLength, 10);
  switch (values.type) {
    case 'select': {
      const options = values.options.map((option) => option.trim()).filter(Boolean);
      const preset = options.includes(values.defaultValue) ? { default: values.defaultValue } : {};
      return { ...base, type: 'select', options, ...preset };
    }
    case 'number':
      return { ...base, type: 'number', default: values.defaultValue };
    case 'checkbox':
      return { ...base, type: 'checkbox', default: values.defaultValue === 'true' };
    case 'file':
    case 'file-list':
      return {
        ...base,
        type: values.type,
        ...(values.type === 'file-list' ? { max_length: Number.isNaN(maxLength) ? 5 : maxLength } : {}),
        allowed_file_types: ['image', 'document'],
        allowed_file_extensions: [],
        allowed_file_upload_methods: ['local_file'],
      };
    default:
      return {
        ...base,
        type: values.type,
        ...(Number.isNaN(maxLength) ? {} : { max_length: maxLength }),
        default: values.defaultValue,
      };
  }
}

function OptionList({
  options,
  onChange,
}: {
  options: readonly string[];
  onChange: (options: string[]) => void;
}) {
  const { t } = useTranslation();
  return (
    <fieldset className="grid gap-1.5">
      <legend className="mb-1.5 text-sm font-medium">{t('studio.options')}</legend>
      {options.map((option, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: options are texts being typed; their place is their identity.
        <div key={index} className="flex gap-1">
          <Input
            value={option}
            aria-label={t('studio.optionNumber', { number: index + 1 })}
            onChange={(event) =>
              onChange(options.map((old, at) => (at === index ? event.target.value : old)))
            }
          />
          <IconButton
            label={t('studio.removeOption', { number: index + 1 })}
            icon={<Trash2 />}
            onClick={() => onChange(options.filter((_, at) => at !== index))}
          />
        </div>
      ))}
      <Button
        size="sm"
        className="justify-self-start"
        icon={<Plus className="size-4" />}
        onClick={() => onChange([...options, ''])}
      >
        {t('studio.addOption')}
      </Button>
    </fieldset>
  );
}

/** Asks for a variable: control, key, label, and what its control needs. */
export function VariableDialog({
  variable,
  takenKeys,
  onSave,
  onClose,
}: {
  /** The variable to change; absent for a new one. */
  variable: FormVariable | undefined;
  takenKeys: ReadonlySet<string>;
  onSave: (variable: FormVariable) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const formId = useId();
  const [values, setValues] = useState(() => toValues(variable));
  const [submitted, setSubmitted] = useState(false);
  const patch = (change: Partial<Values>) => setValues((previous) => ({ ...previous, ...change }));

  const keyError = !variableKeyPattern.test(values.variable)
    ? t('studio.keyRule')
    : takenKeys.has(values.variable) && values.variable !== variable?.variable
      ? t('studio.keyTaken')
      : undefined;
  const options = values.options.map((option) => option.trim()).filter(Boolean);
  const optionsError =
    values.type === 'select' && (options.length === 0 || new Set(options).size < options.length)
      ? t('studio.optionsRule')
      : undefined;
  const hasLength =
    values.type === 'text-input' || values.type === 'paragraph' || values.type === 'file-list';
  const length = Number(values.maxLength);
  const lengthError =
    values.type === 'text-input' && !(Number.isInteger(length) && length >= 1 && length <= maxShortLength)
      ? t('studio.lengthRule', { max: maxShortLength })
      : undefined;

  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={variable ? t('studio.editVariable') : t('studio.addVariable')}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button type="submit" form={formId} variant="primary">
            {t('common.save')}
          </Button>
        </>
      }
    >
      <form
        id={formId}
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          setSubmitted(true);
          if (!keyError && !optionsError && !lengthError) onSave(toVariable(values));
        }}
      >
        <Field label={t('studio.variableType')}>
          {({ id }) => (
            <Select
              id={id}
              value={values.type}
              onValueChange={(type) => patch({ type })}
              options={editableTypes.map((type) => ({ value: type, label: t(`studio.type_${type}`) }))}
            />
          )}
        </Field>
        <div className="grid gap-4 sm:grid-cols-2">
          <Field
            label={t('studio.variableKey')}
            required
            help={t('studio.variableKeyHelp', { example: '{{topic}}' })}
            error={submitted ? keyError : undefined}
          >
            {(control) => (
              <Input
                {...control}
                autoFocus
                value={values.variable}
                maxLength={30}
                className="font-mono"
                placeholder="topic"
                onChange={(event) => patch({ variable: event.target.value.trim() })}
              />
            )}
          </Field>
          <Field label={t('studio.variableLabel')} help={t('studio.variableLabelHelp')}>
            {(control) => (
              <Input
                {...control}
                value={values.label}
                maxLength={100}
                onChange={(event) => patch({ label: event.target.value })}
              />
            )}
          </Field>
        </div>
        {values.type === 'select' ? (
          <>
            <OptionList options={values.options} onChange={(next) => patch({ options: next })} />
            {submitted && optionsError ? (
              <p role="alert" className="text-sm text-danger-ink">
                {optionsError}
              </p>
            ) : null}
          </>
        ) : null}
        {hasLength ? (
          <Field
            label={values.type === 'file-list' ? t('studio.maxFiles') : t('studio.maxLength')}
            error={submitted ? lengthError : undefined}
          >
            {(control) => (
              <Input
                {...control}
                type="number"
                min={1}
                value={values.maxLength}
                onChange={(event) => patch({ maxLength: event.target.value })}
              />
            )}
          </Field>
        ) : null}
        {values.type === 'text-input' ||
        values.type === 'paragraph' ||
        values.type === 'number' ||
        values.type === 'select' ? (
          <Field label={t('studio.defaultValue')}>
            {(control) =>
              values.type === 'select' ? (
                <Select
                  id={control.id}
                  value={options.includes(values.defaultValue) ? values.defaultValue : 'none'}
                  onValueChange={(next: string) => patch({ defaultValue: next === 'none' ? '' : next })}
                  options={[
                    { value: 'none', label: t('common.none') },
                    ...options.map((option) => ({ value: option, label: option })),
                  ]}
                />
              ) : (
                <Input
                  {...control}
                  value={values.defaultValue}
                  onChange={(event) => patch({ defaultValue: event.target.value })}
                />
              )
            }
          </Field>
        ) : null}
        <SwitchRow
          label={t('studio.required')}
          description={t('studio.requiredHelp')}
          checked={values.required}
          onCheckedChange={(required) => patch({ required })}
        />
        <SwitchRow
          label={t('studio.hidden')}
          description={t('studio.hiddenHelp')}
          checked={values.hide}
          onCheckedChange={(hide) => patch({ hide })}
        />
      </form>
    </Dialog>
  );
}
