import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { hiddenSecret, type ValueType } from '../../api/workflows.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field, FieldError } from '../../ui/field.tsx';
import { Input, PasswordInput, Textarea } from '../../ui/input.tsx';
import { Select } from '../../ui/select.tsx';
import { textOfValue } from '../runs/value-block.tsx';

/** A variable as the dialog gives it back; keys that it does not edit are kept. */
export interface EditedVariable {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly value_type: ValueType;
  readonly value: unknown;
  readonly [key: string]: unknown;
}

const namePattern = /^[\p{L}_][\p{L}\p{N}_]{0,29}$/u;
const emptyValues: Readonly<Partial<Record<ValueType, string>>> = {
  number: '0',
  boolean: 'false',
  object: '{}',
};

/** The written value as its type, or undefined when it is not one. */
function readValue(type: ValueType, text: string): { value: unknown } | undefined {
  if (type === 'string' || type === 'secret') return { value: text };
  if (type === 'number') {
    const value = Number(text);
    return text.trim() !== '' && Number.isFinite(value) ? { value } : undefined;
  }
  if (type === 'boolean') return { value: text === 'true' };
  try {
    const value: unknown = JSON.parse(text);
    const isRight =
      type === 'object' ? typeof value === 'object' && !Array.isArray(value) : Array.isArray(value);
    return isRight && value !== null ? { value } : undefined;
  } catch {
    return undefined;
  }
}

/** Asks for name, type, value and purpose of a variable. A secret's value is never shown; left empty, it stays. */
export function GraphVariableDialog({
  scope,
  types,
  variable,
  takenNames,
  pending,
  error,
  onSave,
  onClose,
}: {
  scope: 'env' | 'conversation';
  types: readonly ValueType[];
  variable: EditedVariable | undefined;
  takenNames: readonly string[];
  pending: boolean;
  error: string | undefined;
  onSave: (variable: EditedVariable) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const formId = useId();
  const keepsSecret = variable?.value === hiddenSecret;
  const [name, setName] = useState(variable?.name ?? '');
  const [type, setType] = useState<ValueType>(variable?.value_type ?? 'string');
  const [text, setText] = useState(keepsSecret ? '' : textOfValue(variable?.value ?? ''));
  const [description, setDescription] = useState(variable?.description ?? '');
  const [submitted, setSubmitted] = useState(false);
  const isKept = keepsSecret && type === 'secret' && text === '';
  const read = isKept ? { value: hiddenSecret } : readValue(type, text);
  const nameError = !namePattern.test(name)
    ? t('studio.keyRule')
    : takenNames.includes(name)
      ? t('studio.keyTaken')
      : undefined;
  const valueError = read ? undefined : t('workflow.valueRule', { type: t(`workflow.valueType_${type}`) });
  const changeType = (next: ValueType) => {
    setType(next);
    if (!readValue(next, text)) setText(emptyValues[next] ?? '[]');
  };
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
          <Button type="submit" form={formId} variant="primary" loading={pending}>
            {t('common.save')}
          </Button>
        </>
      }
    >
      <form
        id={formId}
        noValidate
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          setSubmitted(true);
          if (nameError || !read) return;
          onSave({
            ...variable,
            id: variable?.id || newId(),
            name,
            description,
            value_type: type,
            value: read.value,
            selector: [scope, name],
          });
        }}
      >
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label={t('workflow.variableName')} required error={submitted ? nameError : undefined}>
            {(control) => (
              <Input
                {...control}
                autoFocus
                autoComplete="off"
                className="font-mono"
                value={name}
                onChange={(event) => setName(event.target.value)}
              />
            )}
          </Field>
          <Field label={t('studio.variableType')}>
            {({ id }) => (
              <Select
                id={id}
                value={type}
                onValueChange={changeType}
                options={types.map((value) => ({ value, label: t(`workflow.valueType_${value}`) }))}
              />
            )}
          </Field>
        </div>
        <Field
          label={scope === 'env' ? t('workflow.value') : t('studio.defaultValue')}
          error={submitted ? valueError : undefined}
          {...(keepsSecret && type === 'secret' ? { help: t('workflow.secretKept') } : {})}
        >
          {(control) =>
            type === 'secret' ? (
              <PasswordInput
                {...control}
                autoComplete="off"
                value={text}
                onChange={(event) => setText(event.target.value)}
              />
            ) : type === 'boolean' ? (
              <Select
                id={control.id}
                value={text === 'true' ? 'true' : 'false'}
                onValueChange={setText}
                options={['true', 'false'].map((value) => ({ value, label: value }))}
              />
            ) : type === 'number' ? (
              <Input
                {...control}
                inputMode="decimal"
                value={text}
                onChange={(event) => setText(event.target.value)}
              />
            ) : (
              <Textarea
                {...control}
                className={type === 'string' ? '' : 'font-mono !text-sm'}
                value={text}
                onChange={(event) => setText(event.target.value)}
              />
            )
          }
        </Field>
        <Field label={t('workflow.purpose')}>
          {(control) => (
            <Input
              {...control}
              value={description}
              onChange={(event) => setDescription(event.target.value)}
            />
          )}
        </Field>
        <FieldError error={error} />
      </form>
    </Dialog>
  );
}

/** An id of one's own; plain HTTP has no `randomUUID`. */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}
