import type { ModelType } from '../schema/common.ts';
import type { CredentialField, CredentialForm } from '../schema/credential-form.ts';

/** Submitted credentials that do not fit their form. */
export class CredentialFormError extends Error {
  override readonly name = 'CredentialFormError';
  readonly code = 'credentials_form_invalid';
  /** The field at fault. */
  readonly variable: string;

  constructor(variable: string, problem: string) {
    super(`Variable ${variable} ${problem}`);
    this.variable = variable;
  }
}

/**
 * Checks submitted credentials against a form and returns what is to be stored: known fields only, trimmed, defaults
 * filled in, hidden fields left out. Fields whose `show_on` does not match are ignored, whatever was submitted.
 *
 * @param form the fields of the provider's or the model's form
 * @param input what was submitted
 * @param modelType for model forms: fields may depend on it as `__model_type`; it is not stored
 * @throws CredentialFormError naming the first field at fault
 */
export function checkCredentials(
  form: CredentialForm,
  input: Readonly<Record<string, unknown>>,
  modelType?: ModelType,
): Record<string, string | boolean> {
  const known = valuesWithDefaults(form, input, modelType);
  // A variable may stand in the form several times, once per model type: the last field that applies counts.
  const applying = new Map(
    form.filter((field) => applies(field.show_on, known)).map((field) => [field.variable, field]),
  );
  const checked: Record<string, string | boolean> = {};
  for (const [variable, field] of applying) {
    const value = checkField(field, known, input[variable]);
    if (value !== undefined) checked[variable] = value;
  }
  return checked;
}

type Values = ReadonlyMap<string, unknown>;

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

/** Defaults come first, so that a field may depend on a select that the user left as it was. */
function valuesWithDefaults(
  form: CredentialForm,
  input: Readonly<Record<string, unknown>>,
  modelType: ModelType | undefined,
): Values {
  const values = new Map<string, unknown>(Object.entries(input).filter(([, value]) => !isEmpty(value)));
  if (modelType !== undefined) values.set('__model_type', modelType);
  for (let round = 0; round < form.length; round += 1) {
    const before = values.size;
    for (const field of form) {
      const fills = field.default !== null && field.default !== '' && !values.has(field.variable);
      if (fills && applies(field.show_on, values)) values.set(field.variable, field.default);
    }
    if (values.size === before) break;
  }
  return values;
}

function applies(conditions: CredentialField['show_on'], values: Values): boolean {
  return conditions.every(
    ({ variable, value }) => values.has(variable) && String(values.get(variable)) === value,
  );
}

function checkField(
  field: CredentialField,
  values: Values,
  submitted: unknown,
): string | boolean | undefined {
  const { variable } = field;
  // Another field of the same variable may have supplied the default that is in `values`.
  const value = isEmpty(submitted) ? (field.default ?? undefined) : submitted;
  if (isEmpty(value)) {
    if (field.required) throw new CredentialFormError(variable, 'is required');
    return undefined;
  }
  if (field.type === 'switch') return checkSwitch(variable, value);
  if (typeof value !== 'string') throw new CredentialFormError(variable, 'should be string');
  const text = field.default === value ? value : value.trim();
  if (field.max_length > 0 && text.length > field.max_length) {
    throw new CredentialFormError(variable, `length should not be greater than ${field.max_length}`);
  }
  if (field.type === 'select' || field.type === 'radio') {
    const options = (field.options ?? []).filter((option) => applies(option.show_on, values));
    if (!options.some((option) => option.value === text))
      throw new CredentialFormError(variable, 'is not in options');
  }
  return text;
}

function checkSwitch(variable: string, value: unknown): boolean {
  const text = String(value).toLowerCase();
  if (text === 'true') return true;
  if (text === 'false') return false;
  throw new CredentialFormError(variable, 'should be true or false');
}
