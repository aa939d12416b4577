import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useId } from 'react';
import { Controller, useForm } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { type AppDetail, appQuery, appsApi, type Site } from '../../api/apps.ts';
import { languages } from '../../i18n/create.ts';
import { useErrorText } from '../../lib/error-text.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { Input, Textarea } from '../../ui/input.tsx';
import { Select } from '../../ui/select.tsx';
import { SwitchRow } from '../../ui/switch.tsx';
import { toast } from '../../ui/toast.tsx';

/** How the public page presents itself. */
export function SiteSettingsDialog({
  app,
  site,
  onClose,
}: {
  app: AppDetail;
  site: Site;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const describe = useErrorText();
  const queryClient = useQueryClient();
  const formId = useId();
  const form = useForm({
    mode: 'onBlur',
    defaultValues: {
      title: site.title,
      description: site.description ?? '',
      default_language: site.default_language,
      input_placeholder: site.input_placeholder ?? '',
      copyright: site.copyright ?? '',
      privacy_policy: site.privacy_policy ?? '',
      custom_disclaimer: site.custom_disclaimer ?? '',
      show_workflow_steps: site.show_workflow_steps,
    },
  });
  const { errors } = form.formState;
  const save = useMutation({
    mutationFn: (values: Partial<Site>) => appsApi.updateSite(app.id, values),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: appQuery(app.id).queryKey, exact: true });
      toast.success(t('settings.saved'));
      onClose();
    },
  });
  const known = languages.some((language) => language.code === site.default_language);
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={t('monitor.siteSettings')}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button type="submit" form={formId} variant="primary" loading={save.isPending}>
            {t('common.save')}
          </Button>
        </>
      }
    >
      <form
        id={formId}
        noValidate
        className="grid gap-4"
        onSubmit={form.handleSubmit((values) => save.mutate(values))}
      >
        <Field label={t('monitor.siteTitle')} required error={errors.title?.message}>
          {(control) => (
            <Input
              {...control}
              maxLength={100}
              {...form.register('title', { required: t('apps.nameRequired') })}
            />
          )}
        </Field>
        <Field label={t('apps.description')}>
          {(control) => (
            <Controller
              control={form.control}
              name="description"
              render={({ field }) => <Textarea {...control} rows={2} {...field} />}
            />
          )}
        </Field>
        <Field label={t('shell.language')} help={t('monitor.siteLanguageHelp')}>
          {({ id }) => (
            <Controller
              control={form.control}
              name="default_language"
              render={({ field }) => (
                <Select
                  id={id}
                  value={field.value}
                  onValueChange={field.onChange}
                  options={[
                    ...languages.map(({ code, name }) => ({ value: code as string, label: name as string })),
                    ...(known ? [] : [{ value: site.default_language, label: site.default_language }]),
                  ]}
                />
              )}
            />
          )}
        </Field>
        <Field label={t('monitor.inputPlaceholder')}>
          {(control) => <Input {...control} maxLength={64} {...form.register('input_placeholder')} />}
        </Field>
        <Field label={t('monitor.copyright')}>
          {(control) => <Input {...control} {...form.register('copyright')} />}
        </Field>
        <Field label={t('monitor.privacyPolicy')} error={errors.privacy_policy?.message}>
          {(control) => (
            <Input
              {...control}
              type="url"
              placeholder="https://"
              {...form.register('privacy_policy', {
                pattern: { value: /^https?:\/\/\S+$/, message: t('monitor.urlRule') },
              })}
            />
          )}
        </Field>
        <Field label={t('monitor.disclaimer')}>
          {(control) => (
            <Controller
              control={form.control}
              name="custom_disclaimer"
              render={({ field }) => <Textarea {...control} rows={2} maxLength={512} {...field} />}
            />
          )}
        </Field>
        {app.mode === 'workflow' || app.mode === 'advanced-chat' ? (
          <Controller
            control={form.control}
            name="show_workflow_steps"
            render={({ field }) => (
              <SwitchRow
                label={t('monitor.showSteps')}
                description={t('monitor.showStepsHelp')}
                checked={field.value}
                onCheckedChange={field.onChange}
              />
            )}
          />
        ) : null}
        {save.error ? <Banner tone="danger">{describe(save.error)}</Banner> : null}
      </form>
    </Dialog>
  );
}
