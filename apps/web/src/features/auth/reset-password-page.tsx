import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api/error.ts';
import { sessionApi, systemFeaturesQuery } from '../../api/session.ts';
import { useLanguage } from '../../i18n/language.ts';
import { useErrorText } from '../../lib/error-text.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { Input } from '../../ui/input.tsx';
import { toast } from '../../ui/toast.tsx';
import { AuthFrame } from './auth-frame.tsx';
import { AuthSubmit, EmailField, NewPasswordField, RepeatPasswordField } from './fields.tsx';
import { useAuthRules } from './rules.ts';

const route = getRouteApi('/reset-password');

/** Step one: the address to which a code is sent. */
function EmailStep({ onSent }: { onSent: (email: string, token: string) => void }) {
  const { t } = useTranslation();
  const rules = useAuthRules();
  const language = useLanguage();
  const { data: features } = useQuery(systemFeaturesQuery);
  const form = useForm<{ email: string }>({ mode: 'onBlur', defaultValues: { email: '' } });
  const send = useMutation({
    mutationFn: ({ email }: { email: string }) => sessionApi.sendResetCode({ email, language }),
    onSuccess: (answer, { email }) => onSent(email, answer.data),
  });
  return (
    <form noValidate className="grid gap-4" onSubmit={form.handleSubmit((input) => send.mutate(input))}>
      {features && !features.is_email_setup ? (
        <Banner tone="info">{t('auth.mailNotConfigured')}</Banner>
      ) : null}
      <EmailField
        required
        registration={form.register('email', rules.email)}
        error={form.formState.errors.email?.message}
      />
      <AuthSubmit label={t('auth.sendCode')} error={send.error} loading={send.isPending} />
    </form>
  );
}

/** Step two: the six digits from the mail. */
function CodeStep({
  email,
  token,
  onChecked,
}: {
  email: string;
  token: string;
  onChecked: (token: string) => void;
}) {
  const { t } = useTranslation();
  const describe = useErrorText();
  const [code, setCode] = useState('');
  const check = useMutation({
    mutationFn: async () => {
      const answer = await sessionApi.checkResetCode({ email, code, token });
      if (!answer.is_valid) throw new ApiError({ code: 'email_code_error', message: '', status: 400 });
      return answer.token ?? token;
    },
    onSuccess: onChecked,
  });
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        check.mutate();
      }}
    >
      <Field label={t('auth.code')} required error={check.error ? describe(check.error) : undefined}>
        {(control) => (
          <Input
            {...control}
            autoFocus
            inputMode="numeric"
            autoComplete="one-time-code"
            maxLength={6}
            className="tabular font-mono tracking-[0.4em]"
            value={code}
            onChange={(event) => setCode(event.target.value.replace(/\D/g, ''))}
          />
        )}
      </Field>
      <Button
        type="submit"
        variant="primary"
        size="lg"
        disabled={code.length !== 6}
        loading={check.isPending}
      >
        {t('common.continue')}
      </Button>
    </form>
  );
}

/** Step three: the new password, twice. */
function PasswordStep({ token }: { token: string }) {
  const { t } = useTranslation();
  const rules = useAuthRules();
  const navigate = useNavigate();
  const form = useForm({ mode: 'onBlur', defaultValues: { password: '', repeat: '' } });
  const { errors } = form.formState;
  const reset = useMutation({
    mutationFn: (input: { password: string; repeat: string }) =>
      sessionApi.resetPassword({ token, new_password: input.password, password_confirm: input.repeat }),
    onSuccess: async () => {
      toast.success(t('auth.passwordChanged'));
      await navigate({ to: '/signin' });
    },
  });
  return (
    <form noValidate className="grid gap-4" onSubmit={form.handleSubmit((input) => reset.mutate(input))}>
      <NewPasswordField
        label={t('auth.newPassword')}
        registration={form.register('password', rules.newPassword)}
        error={errors.password?.message}
      />
      <RepeatPasswordField
        registration={form.register('repeat', {
          validate: (value, values) => value === values.password || t('auth.passwordsDiffer'),
        })}
        error={errors.repeat?.message}
      />
      <AuthSubmit label={t('auth.setPassword')} error={reset.error} loading={reset.isPending} />
    </form>
  );
}

/** The way back for a person who forgot the password: address, code, new password. */
export function ResetPasswordPage() {
  const { t } = useTranslation();
  const search = route.useSearch();
  const [sent, setSent] = useState(
    search.email && search.token ? { email: search.email, token: search.token } : undefined,
  );
  const [checkedToken, setCheckedToken] = useState<string>();
  const description = checkedToken
    ? t('auth.newPasswordBody')
    : sent
      ? t('auth.codeBody', { email: sent.email })
      : t('auth.resetBody');
  return (
    <AuthFrame
      title={t('auth.resetTitle')}
      description={description}
      footer={
        <Link to="/signin" className="text-accent-ink underline-offset-2 hover:underline">
          {t('auth.backToSignIn')}
        </Link>
      }
    >
      {checkedToken ? (
        <PasswordStep token={checkedToken} />
      ) : sent ? (
        <CodeStep {...sent} onChecked={setCheckedToken} />
      ) : (
        <EmailStep onSent={(email, token) => setSent({ email, token })} />
      )}
    </AuthFrame>
  );
}
