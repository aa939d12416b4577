import { useTranslation } from 'react-i18next';
import type { FormVariable } from '../../api/model-config.ts';
import { Checkbox } from '../../ui/checkbox.tsx';
import { Field, FieldError } from '../../ui/field.tsx';
import { Input, Textarea } from '../../ui/input.tsx';
import { Select } from '../../ui/select.tsx';
import { FileVariable } from './file-variable.tsx';
import type { UploadFile } from './files.ts';

/** Values of the variables by name, as they are sent. */
export type VariableValues = Readonly<Record<string, unknown>>;

/** The values a form starts with. */
export function defaultValues(variables: readonly FormVariable[]): VariableValues {
  const values: Record<string, unknown> = {};
  for (const variable of variables) {
    if ('default' in variable && variable.default !== undefined && variable.default !== null) {
      values[variable.variable] = variable.default;
    } else if (variable.type === 'checkbox') values[variable.variable] = false;
  }
  return values;
}

function isEmpty(value: unknown): boolean {
  return (
    value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
  );
}

/** The names of required variables without a value; what the server fills itself is not asked for. */
export function missingVariables(variables: readonly FormVariable[], values: VariableValues): Set<string> {
  return new Set(
    variables
      .filter(
        (variable) =>
          variable.required &&
          variable.type !== 'external_data_tool' &&
          variable.type !== 'checkbox' &&
          isEmpty(values[variable.variable]),
      )
      .map((variable) => variable.variable),
  );
}

/** The values as the API takes them: JSON variables parsed, empty optional ones left out. */
export function toInputs(
  variables: readonly FormVariable[],
  values: VariableValues,
): Record<string, unknown> {
  const inputs: Record<string, unknown> = {};
  for (const { variable, type } of variables) {
    const value = values[variable];
    if (isEmpty(value) || type === 'external_data_tool') continue;
    if (type === 'json_object' && typeof value === 'string') {
      try {
        inputs[variable] = JSON.parse(value);
      } catch {
        // The server names the variable in its refusal.
        inputs[variable] = value;
      }
    } else inputs[variable] = value;
  }
  return inputs;
}

interface VariableFieldProps {
  readonly variable: FormVariable;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
  readonly error: string | undefined;
  readonly upload: UploadFile | undefined;
}

function VariableField({ variable, value, onChange, error, upload }: VariableFieldProps) {
  const { t } = useTranslation();
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  const label = variable.label || variable.variable;
  if (variable.type === 'checkbox') {
    return (
      <div className="grid gap-1">
        <Checkbox label={label} checked={value === true} onCheckedChange={onChange} />
        <FieldError error={error} />
      </div>
    );
  }
  const aside = variable.required ? null : (
    <span className="text-xs text-ink-faint">{t('common.optional')}</span>
  );
  return (
    <Field label={label} required={variable.required} aside={aside} error={error}>
      {(control) => {
        switch (variable.type) {
          case 'select':
            return (
              <Select
                id={control.id}
                value={text || null}
                placeholder={t('chat.choose')}
                onValueChange={onChange}
                options={variable.options.map((option) => ({ value: option, label: option }))}
              />
            );
          case 'paragraph':
          case 'json_object':
            return (
              <Textarea
                {...control}
                value={text}
                {...('max_length' in variable && variable.max_length
                  ? { maxLength: variable.max_length }
                  : {})}
                onChange={(event) => onChange(event.target.value)}
              />
            );
          case 'file':
          case 'file-list':
            return (
              <FileVariable variable={variable} upload={upload} onChange={onChange} labelledBy={control.id} />
            );
          default:
            return (
              <Input
                {...control}
                value={text}
                inputMode={variable.type === 'number' ? 'decimal' : undefined}
                {...('max_length' in variable && variable.max_length
                  ? { maxLength: variable.max_length }
                  : {})}
                onChange={(event) => onChange(event.target.value)}
              />
            );
        }
      }}
    </Field>
  );
}

/** A text with the values of its placeholders; those without a value stay as they are. */
export function fillPlaceholders(text: string, values: VariableValues): string {
  return text.replaceAll(/\{\{([\p{L}_][\p{L}\p{N}_]{0,29})\}\}/gu, (whole, name: string) => {
    const value = values[name];
    return isEmpty(value) || typeof value === 'object' ? whole : String(value);
  });
}

/** The form of an app's variables; hidden ones and those the server fills are not shown. */
export function VariablesForm({
  variables,
  values,
  onChange,
  missing,
  upload,
}: {
  variables: readonly FormVariable[];
  values: VariableValues;
  onChange: (values: VariableValues) => void;
  /** Variables to mark as missing. */
  missing: ReadonlySet<string>;
  upload?: UploadFile;
}) {
  const { t } = useTranslation();
  return (
    <div className="grid gap-4">
      {variables
        .filter((variable) => !variable.hide && variable.type !== 'external_data_tool')
        .map((variable) => (
          <VariableField
            key={variable.variable}
            variable={variable}
            value={values[variable.variable]}
            onChange={(value) => onChange({ ...values, [variable.variable]: value })}
            error={missing.has(variable.variable) ? t('chat.required') : undefined}
            upload={upload}
          />
        ))}
    </div>
  );
}
