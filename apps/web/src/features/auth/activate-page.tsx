import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { Link2Off } from 'lucide-react';
import { useForm } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { sessionApi } from '../../api/session.ts';
import { useLanguage } from '../../i18n/language.ts';
import { buttonClass } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Field } from '../../ui/field.tsx';
import { Input } from '../../ui/input.tsx';
import { SkeletonLines } from '../../ui/skeleton.tsx';
import { AuthFrame } from './auth-frame.tsx';
import { AuthSubmit, NewPasswordField } from './fields.tsx';
import { useAuthRules } from './rules.ts';

const route = getRouteApi('/activate');

function ActivateForm({ email }: { email: string }) {
  const { t } = useTranslation();
  const search = route.useSearch();
  const rules = useAuthRules();
  const language = useLanguage();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const form = useForm({ mode: 'onBlur', defaultValues: { name: '', password: '' } });
  const { errors } = form.formState;
  const activate = useMutation({
    mutationFn: ({ name, password }: { name: string; password: string }) =>
      sessionApi.activate({
        workspace_id: search.workspace_id,
        email,
        token: search.token ?? '',
        name,
        password,
        interface_language: language,
        timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      }),
    onSuccess: async () => {
      queryClient.clear();
      await navigate({ to: '/apps' });
    },
  });
  return (
    <form noValidate className="grid gap-4" onSubmit={form.handleSubmit((input) => activate.mutate(input))}>
      <Field label={t('auth.email')}>{(control) => <Input {...control} value={email} disabled />}</Field>
      <Field label={t('auth.name')} required error={errors.name?.message}>
        {(control) => (
          <Input {...control} autoFocus autoComplete="name" {...form.register('name', rules.name)} />
        )}
      </Field>
      <NewPasswordField
        label={t('auth.password')}
        registration={form.register('password', rules.newPassword)}
        error={errors.password?.message}
      />
      <AuthSubmit label={t('auth.join')} error={activate.error} loading={activate.isPending} />
    </form>
  );
}

/** Where an invitation's link leads. */
export function ActivatePage() {
  const { t } = useTranslation();
  const search = route.useSearch();
  const check = useQuery({
    queryKey: ['activate', search],
    queryFn: () =>
      sessionApi.checkInvitation({
        workspace_id: search.workspace_id,
        email: search.email,
        token: search.token ?? '',
      }),
    retry: false,
  });
  const invitation = check.data?.is_valid ? check.data.data : undefined;
  return (
    <AuthFrame
      title={t('auth.activateTitle')}
      {...(invitation
        ? { description: t('auth.activateBody', { workspace: invitation.workspace_name }) }
        : {})}
    >
      {check.isPending ? (
        <SkeletonLines lines={4} />
      ) : check.error ? (
        <ErrorState error={check.error} onRetry={() => void check.refetch()} />
      ) : invitation ? (
        <ActivateForm email={invitation.email} />
      ) : (
        <EmptyState
          icon={<Link2Off />}
          title={t('auth.invitationInvalid')}
          action={
            <Link to="/signin" className={buttonClass('primary')}>
              {t('auth.backToSignIn')}
            </Link>
          }
        >
          {t('auth.invitationInvalidBody')}
        </EmptyState>
      )}
    </AuthFrame>
  );
}
