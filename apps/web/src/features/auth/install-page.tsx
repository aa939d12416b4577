import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Navigate, useNavigate } from '@tanstack/react-router';
import { useForm } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { sessionApi, setupQuery } from '../../api/session.ts';
import { useLanguage } from '../../i18n/language.ts';
import { ErrorState } from '../../ui/error-state.tsx';
import { Field } from '../../ui/field.tsx';
import { Input } from '../../ui/input.tsx';
import { SkeletonLines } from '../../ui/skeleton.tsx';
import { AuthFrame } from './auth-frame.tsx';
import { AuthSubmit, EmailField, NewPasswordField } from './fields.tsx';
import { useAuthRules } from './rules.ts';

interface InstallForm {
  email: string;
  name: string;
  password: string;
}

function InstallFields() {
  const { t } = useTranslation();
  const rules = useAuthRules();
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
      <EmailField required registration={form.register('email', rules.email)} error={errors.email?.message} />
      <Field label={t('auth.name')} required error={errors.name?.message}>
        {(control) => <Input {...control} autoComplete="name" {...form.register('name', rules.name)} />}
      </Field>
      <NewPasswordField
        label={t('auth.password')}
        registration={form.register('password', rules.newPassword)}
        error={errors.password?.message}
      />
      <AuthSubmit label={t('auth.installAction')} error={install.error} loading={install.isPending} />
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
