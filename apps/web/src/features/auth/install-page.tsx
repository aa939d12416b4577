import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Navigate, useNavigate } from '@tanstack/react-router';
import { useForm } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { sessionApi, setupQuery } from '../../api/session.ts';
import { useLanguage } from '../../i18n/language.ts';
import { useErrorText } from '../../lib/error-text.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Field } from '../../ui/field.tsx';
import { Input, PasswordInput } from '../../ui/input.tsx';
import { SkeletonLines } from '../../ui/skeleton.tsx';
import { AuthFrame } from './auth-frame.tsx';
import { useAuthRules } from './rules.ts';

interface InstallForm {
  email: string;
  name: string;
  password: string;
}

function InstallFields() {
  const { t } = useTranslation();
  const rules = useAuthRules();
  const describe = useErrorText();
  const language = useLanguage();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const form = useForm<InstallForm>({ mode: 'onBlur', defaultValues: { email: '', name: '', password: '' } });
  const { errors } = form.formState;
  const install = useMutation({
    mutationFn: async (input: InstallForm) => {
      await sessionApi.setup({ ...input, language });
      await sessionApi.login({ email: input.email, password: input.password, language });
    },
    onSuccess: async () => {
      queryClient.clear();
      await navigate({ to: '/apps' });
    },
  });
  return (
    <form noValidate className="grid gap-4" onSubmit={form.handleSubmit((input) => install.mutate(input))}>
      <Field label={t('auth.email')} required error={errors.email?.message}>
        {(control) => (
          <Input
            {...control}
            type="email"
            autoComplete="username"
            autoFocus
            {...form.register('email', rules.email)}
          />
        )}
      </Field>
      <Field label={t('auth.name')} required error={errors.name?.message}>
        {(control) => <Input {...control} autoComplete="name" {...form.register('name', rules.name)} />}
      </Field>
      <Field
        label={t('auth.password')}
        required
        help={t('auth.passwordRule')}
        error={errors.password?.message}
      >
        {(control) => (
          <PasswordInput
            {...control}
            autoComplete="new-password"
            {...form.register('password', rules.newPassword)}
          />
        )}
      </Field>
      {install.error ? <Banner tone="danger">{describe(install.error)}</Banner> : null}
      <Button type="submit" variant="primary" size="lg" loading={install.isPending}>
        {t('auth.installAction')}
      </Button>
    </form>
  );
}

/** The first administrator of a new installation. */
export function InstallPage() {
  const { t } = useTranslation();
  const setup = useQuery(setupQuery);
  const init = useQuery({
    queryKey: ['init'],
    queryFn: sessionApi.initStatus,
    enabled: setup.data?.step === 'not_started',
  });
  if (setup.data?.step === 'finished') return <Navigate to="/signin" />;
  if (init.data?.status === 'not_started') return <Navigate to="/init" />;
  const error = setup.error ?? init.error;
  return (
    <AuthFrame title={t('auth.installTitle')} description={t('auth.installBody')}>
      {error ? (
        <ErrorState error={error} onRetry={() => void (setup.error ? setup : init).refetch()} />
      ) : setup.isPending || init.isPending ? (
        <SkeletonLines lines={6} />
      ) : (
        <InstallFields />
      )}
    </AuthFrame>
  );
}
