import type { UseFormRegisterReturn } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { useErrorText } from '../../lib/error-text.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { Input, PasswordInput } from '../../ui/input.tsx';

/** What ties a field to its form, and what is wrong with its value. */
interface AuthFieldProps {
  readonly registration: UseFormRegisterReturn;
  readonly error: string | undefined;
}

/** The address that an account is known by. */
export function EmailField({ registration, error, required }: AuthFieldProps & { required?: boolean }) {
  const { t } = useTranslation();
  return (
    <Field label={t('auth.email')} required={required} error={error}>
      {(control) => <Input {...control} type="email" autoComplete="username" autoFocus {...registration} />}
    </Field>
  );
}

/** A password that is being chosen, with the rule it has to meet. */
export function NewPasswordField({ registration, error, label }: AuthFieldProps & { label: string }) {
  const { t } = useTranslation();
  return (
    <Field label={label} required help={t('auth.passwordRule')} error={error}>
      {(control) => <PasswordInput {...control} autoComplete="new-password" {...registration} />}
    </Field>
  );
}

/** The same password once more. */
export function RepeatPasswordField({ registration, error }: AuthFieldProps) {
  const { t } = useTranslation();
  return (
    <Field label={t('auth.repeatPassword')} required error={error}>
      {(control) => <PasswordInput {...control} autoComplete="new-password" {...registration} />}
    </Field>
  );
}

/** What the server said against a form, and the button that sends it. */
export function AuthSubmit({ label, error, loading }: { label: string; error: unknown; loading: boolean }) {
  const describe = useErrorText();
  return (
    <>
      {error ? <Banner tone="danger">{describe(error)}</Banner> : null}
      <Button type="submit" variant="primary" size="lg" loading={loading}>
        {label}
      </Button>
    </>
  );
}
