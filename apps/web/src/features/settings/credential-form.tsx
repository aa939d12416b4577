import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { CredentialField, Credentials, ShowOn } from '../../api/models.ts';
import { localize, useLanguage } from '../../i18n/language.ts';
import { Field } from '../../ui/field.tsx';
import { Input, PasswordInput } from '../../ui/input.tsx';
import { Select } from '../../ui/select.tsx';
import { SwitchRow } from '../../ui/switch.tsx';
import { Segmented } from '../../ui/tabs.tsx';

function holds(conditions: readonly ShowOn[] | undefined, values: Credentials): boolean {
  return (conditions ?? []).every(({ variable, value }) => String(values[variable] ?? '') === value);
}

/** The values a form starts with: what is stored, else the schema's defaults. */
export function initialCredentials(
  fields: readonly CredentialField[],
  stored?: Credentials | null,
): Credentials {
  const values: Record<string, string | boolean> = {};
  for (const field of fields) {
    const value = stored?.[field.variable] ?? field.default ?? undefined;
    if (value === undefined || value === null) continue;
    values[field.variable] = field.type === 'switch' ? value === true || value === 'true' : value;
  }
  return values;
}

/**
 * The fields that are asked for with these values. `modelType` stands for the pseudo-variable by which model forms
 * show fields of some types only.
 */
export function visibleFields(
  fields: readonly CredentialField[],
  values: Credentials,
  modelType?: string,
): CredentialField[] {
  const known = modelType ? { ...values, __model_type: modelType } : values;
  return fields.filter((field) => holds(field.show_on, known));
}

/** The variables that are required, asked for and empty. */
export function missingFields(fields: readonly CredentialField[], values: Credentials): Set<string> {
  return new Set(
    fields
      .filter(
        (field) =>
          (field.required ?? true) && field.type !== 'switch' && !String(values[field.variable] ?? '').trim(),
      )
      .map((field) => field.variable),
  );
}

function CredentialControl({
  field,
  values,
  onChange,
  error,
}: {
  field: CredentialField;
  values: Credentials;
  onChange: (value: string | boolean) => void;
  error: string | undefined;
}): ReactNode {
  const language = useLanguage();
  const label = localize(field.label, language) || field.variable;
  const value = values[field.variable];
  const text = typeof value === 'string' ? value : '';
  const options = (field.options ?? [])
    .filter((option) => holds(option.show_on, values))
    .map((option) => ({ value: option.value, label: localize(option.label, language) || option.value }));
  if (field.type === 'switch') {
    return <SwitchRow label={label} checked={value === true} onCheckedChange={onChange} />;
  }
  return (
    <Field
      label={label}
      required={field.required ?? true}
      help={localize(field.help, language) || null}
      error={error}
    >
      {(control) => {
        if (field.type === 'select') {
          return <Select id={control.id} value={text || null} options={options} onValueChange={onChange} />;
        }
        if (field.type === 'radio') {
          return <Segmented label={label} value={text} options={options} onValueChange={onChange} />;
        }
        const shared = {
          ...control,
          value: text,
          placeholder: localize(field.placeholder, language),
          spellCheck: false,
          ...(field.max_length ? { maxLength: field.max_length } : {}),
          onChange: (event: { target: { value: string } }) => onChange(event.target.value),
        };
        return field.type === 'secret-input' ? (
          <PasswordInput {...shared} autoComplete="new-password" />
        ) : (
          <Input {...shared} autoComplete="off" />
        );
      }}
    </Field>
  );
}

/** The fields of a credential schema, each with the control of its type; hidden ones leave no gap. */
export function CredentialFields({
  fields,
  values,
  onChange,
  missing,
}: {
  fields: readonly CredentialField[];
  values: Credentials;
  onChange: (values: Credentials) => void;
  /** Variables to mark as missing. */
  missing: ReadonlySet<string>;
}) {
  const { t } = useTranslation();
  return (
    <>
      {fields.map((field) => (
        <CredentialControl
          key={field.variable}
          field={field}
          values={values}
          onChange={(value) => onChange({ ...values, [field.variable]: value })}
          error={missing.has(field.variable) ? t('settings.fieldRequired') : undefined}
        />
      ))}
    </>
  );
}
