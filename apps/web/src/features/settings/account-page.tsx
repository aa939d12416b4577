import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useMemo, useState } from 'react';
import { useForm } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { accountApi, type Profile, profileQuery } from '../../api/session.ts';
import { languages } from '../../i18n/create.ts';
import { useErrorText } from '../../lib/error-text.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Field } from '../../ui/field.tsx';
import { Input, PasswordInput } from '../../ui/input.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { Select } from '../../ui/select.tsx';
import { SkeletonLines } from '../../ui/skeleton.tsx';
import { Segmented } from '../../ui/tabs.tsx';
import { toast } from '../../ui/toast.tsx';
import { NewPasswordField, RepeatPasswordField } from '../auth/fields.tsx';
import { useAuthRules } from '../auth/rules.ts';
import { usePreferences } from '../shell/preferences.ts';
import { SessionsPanel } from './sessions-panel.tsx';

function Panel({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="rounded-panel border bg-surface p-5">
      <h2 className="mb-4 text-base font-semibold">{title}</h2>
      <div className="grid gap-4">{children}</div>
    </section>
  );
}

/** Puts the answer of a change into the cache and says that it is kept. */
function useSaved() {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  return (profile: Profile) => {
    if (profile?.id) queryClient.setQueryData(profileQuery.queryKey, profile);
    else void queryClient.invalidateQueries({ queryKey: profileQuery.queryKey });
    toast.success(t('settings.saved'));
  };
}

function ProfilePanel({ profile }: { profile: Profile }) {
  const { t } = useTranslation();
  const describe = useErrorText();
  const onSuccess = useSaved();
  const [name, setName] = useState(profile.name);
  const trimmed = name.trim();
  const rename = useMutation({ mutationFn: () => accountApi.setName(trimmed), onSuccess });
  const tooShort = trimmed.length < 3 || trimmed.length > 30;
  return (
    <Panel title={t('settings.profile')}>
      <div className="flex items-center gap-3">
        <Avatar name={profile.name} url={profile.avatar_url} className="!size-11 !text-lg" />
        <div className="min-w-0">
          <div className="truncate text-base font-medium">{profile.name}</div>
          <div className="truncate text-sm text-ink-faint">{profile.email}</div>
        </div>
      </div>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!tooShort) rename.mutate();
        }}
      >
        <Field
          label={t('auth.name')}
          error={tooShort ? t('auth.nameLength') : rename.error ? describe(rename.error) : undefined}
        >
          {(control) => (
            <div className="flex gap-2">
              <Input
                {...control}
                value={name}
                maxLength={30}
                onChange={(event) => setName(event.target.value)}
              />
              <Button
                type="submit"
                disabled={tooShort || trimmed === profile.name}
                loading={rename.isPending}
              >
                {t('common.save')}
              </Button>
            </div>
          )}
        </Field>
      </form>
    </Panel>
  );
}

function PreferencesPanel({ profile }: { profile: Profile }) {
  const { t } = useTranslation();
  const describe = useErrorText();
  const onSuccess = useSaved();
  const { language, theme, setLanguage, setTheme } = usePreferences();
  const zones = useMemo(() => Intl.supportedValuesOf('timeZone'), []);
  const current = profile.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const setTimezone = useMutation({
    mutationFn: accountApi.setTimezone,
    onSuccess,
    onError: (error) => toast.error(describe(error)),
  });
  const options = [...new Set([current, 'UTC', ...zones])].map((zone) => ({
    value: zone,
    label: zone.replaceAll('_', ' '),
  }));
  return (
    <Panel title={t('settings.preferences')}>
      <div className="grid gap-1.5">
        <span className="text-sm font-medium">{t('shell.theme')}</span>
        <div>
          <Segmented
            label={t('shell.theme')}
            value={theme}
            onValueChange={setTheme}
            options={(['light', 'dark', 'system'] as const).map((value) => ({
              value,
              label: t(`shell.theme_${value}`),
            }))}
          />
        </div>
      </div>
      <Field label={t('shell.language')}>
        {({ id }) => (
          <Select
            id={id}
            value={language}
            onValueChange={setLanguage}
            options={languages.map(({ code, name }) => ({ value: code, label: name }))}
          />
        )}
      </Field>
      <Field label={t('settings.timezone')} help={t('settings.timezoneHelp')}>
        {({ id }) => (
          <Select
            id={id}
            value={current}
            onValueChange={(zone) => setTimezone.mutate(zone)}
            options={options}
          />
        )}
      </Field>
    </Panel>
  );
}

interface PasswordForm {
  current: string;
  password: string;
  repeat: string;
}

function PasswordPanel({ profile }: { profile: Profile }) {
  const { t } = useTranslation();
  const describe = useErrorText();
  const rules = useAuthRules();
  const onSaved = useSaved();
  const form = useForm<PasswordForm>({
    mode: 'onBlur',
    defaultValues: { current: '', password: '', repeat: '' },
  });
  const { errors } = form.formState;
  const change = useMutation({
    mutationFn: (input: PasswordForm) =>
      accountApi.setPassword({
        ...(profile.is_password_set ? { password: input.current } : {}),
        new_password: input.password,
        repeat_new_password: input.repeat,
      }),
    onSuccess: (answer) => {
      form.reset();
      onSaved(answer);
    },
  });
  return (
    <Panel title={t('settings.password')}>
      <form noValidate className="grid gap-4" onSubmit={form.handleSubmit((input) => change.mutate(input))}>
        {profile.is_password_set ? (
          <Field label={t('settings.currentPassword')} required error={errors.current?.message}>
            {(control) => (
              <PasswordInput
                {...control}
                autoComplete="current-password"
                {...form.register('current', rules.password)}
              />
            )}
          </Field>
        ) : null}
        <div className="grid items-start gap-4 sm:grid-cols-2">
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
        </div>
        {change.error ? <Banner tone="danger">{describe(change.error)}</Banner> : null}
        <div>
          <Button type="submit" loading={change.isPending}>
            {t('settings.changePassword')}
          </Button>
        </div>
      </form>
    </Panel>
  );
}

/** One's own account: who one is, how the console looks, the password. */
export function AccountPage() {
  const { t } = useTranslation();
  const profile = useQuery(profileQuery);
  return (
    <div className="grid gap-5">
      <PageHeader title={t('settings.account')} />
      {profile.error ? (
        <ErrorState error={profile.error} onRetry={() => void profile.refetch()} />
      ) : profile.isPending ? (
        <SkeletonLines lines={6} />
      ) : (
        <>
          <ProfilePanel profile={profile.data} />
          <PreferencesPanel profile={profile.data} />
          <PasswordPanel profile={profile.data} />
          <SessionsPanel />
        </>
      )}
    </div>
  );
}
