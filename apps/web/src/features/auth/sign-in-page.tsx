import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, Navigate, useRouter } from '@tanstack/react-router';
import { useForm } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api/error.ts';
import { sessionApi, setupQuery, systemFeaturesQuery } from '../../api/session.ts';
import { useLanguage } from '../../i18n/language.ts';
import { Banner } from '../../ui/banner.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Field } from '../../ui/field.tsx';
import { PasswordInput } from '../../ui/input.tsx';
import { SkeletonLines } from '../../ui/skeleton.tsx';
import { AuthFrame } from './auth-frame.tsx';
import { AuthSubmit, EmailField } from './fields.tsx';
import { useAuthRules } from './rules.ts';

const route = getRouteApi('/signin');

interface SignInForm {
  email: string;
  password: string;
}

/** An address inside this console; anything else would let a link send people elsewhere after sign-in. */
function localAddress(address: string | undefined): string {
  return address && /^\/(?![/\\])/.test(address) ? address : '/apps';
}

function PasswordForm() {
  const { t } = useTranslation();
  const rules = useAuthRules();
  const language = useLanguage();
  const router = useRouter();
  const queryClient = useQueryClient();
  const { redirect_url: redirectUrl } = route.useSearch();
  const form = useForm<SignInForm>({ mode: 'onBlur', defaultValues: { email: '', password: '' } });
  const { errors } = form.formState;
  const signIn = useMutation({
    mutationFn: async (input: SignInForm) => {
      const answer = await sessionApi.login({ ...input, language });
      if (answer.result !== 'success') {
        throw new ApiError({
          code: answer.code ?? 'unknown',
          message: typeof answer.data === 'string' ? answer.data : t('errors.unknown'),
          status: 200,
        });
      }
    },
    onSuccess: () => {
      queryClient.clear();
      router.history.push(localAddress(redirectUrl));
    },
  });
  return (
    <form noValidate className="grid gap-4" onSubmit={form.handleSubmit((input) => signIn.mutate(input))}>
      <EmailField registration={form.register('email', rules.email)} error={errors.email?.message} />
      <Field
        label={t('auth.password')}
        error={errors.password?.message}
        aside={
          <Link to="/reset-password" className="text-sm text-accent-ink underline-offset-2 hover:underline">
            {t('auth.forgotPassword')}
          </Link>
        }
      >
        {(control) => (
          <PasswordInput
            {...control}
            autoComplete="current-password"
            {...form.register('password', rules.password)}
          />
        )}
      </Field>
      <AuthSubmit label={t('auth.signIn')} error={signIn.error} loading={signIn.isPending} />
    </form>
  );
}

/** Sign-in, by the methods that the operator allows. */
export function SignInPage() {
  const { t } = useTranslation();
  const { message } = route.useSearch();
  const features = useQuery(systemFeaturesQuery);
  const setup = useQuery(setupQuery);
  if (setup.data?.step === 'not_started') return <Navigate to="/install" />;
  return (
    <AuthFrame title={t('auth.signInTitle')} description={t('auth.signInBody')}>
      {message ? (
        <Banner tone="warning" className="mb-4">
          {message}
        </Banner>
      ) : null}
      {features.isPending ? (
        <SkeletonLines lines={5} />
      ) : features.error ? (
        <ErrorState error={features.error} onRetry={() => void features.refetch()} />
      ) : features.data.enable_email_password_login ? (
        <PasswordForm />
      ) : (
        <Banner tone="warning">{t('auth.noMethod')}</Banner>
      )}
    </AuthFrame>
  );
}
