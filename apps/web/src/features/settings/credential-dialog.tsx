import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ExternalLink, ShieldCheck } from 'lucide-react';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  type Credentials,
  credentialsQuery,
  type ModelType,
  modelsApi,
  type Provider,
} from '../../api/models.ts';
import { localize, useLanguage } from '../../i18n/language.ts';
import { useErrorText } from '../../lib/error-text.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { Input } from '../../ui/input.tsx';
import { Select } from '../../ui/select.tsx';
import { SkeletonLines } from '../../ui/skeleton.tsx';
import { toast } from '../../ui/toast.tsx';
import { CredentialFields, initialCredentials, missingFields, visibleFields } from './credential-form.tsx';

/** What the dialog sets up: credentials of the provider (new or stored), or a model added by hand. */
export type CredentialTarget =
  | { readonly kind: 'provider'; readonly credentialId?: string; readonly name?: string }
  | { readonly kind: 'model' };

interface FormProps {
  readonly provider: Provider;
  readonly target: CredentialTarget;
  readonly stored: Credentials | null;
  readonly onClose: () => void;
  readonly formId: string;
  readonly onPendingChange: (pending: boolean) => void;
}

function CredentialDialogForm({ provider, target, stored, onClose, formId, onPendingChange }: FormProps) {
  const { t } = useTranslation();
  const language = useLanguage();
  const describe = useErrorText();
  const queryClient = useQueryClient();
  const isModel = target.kind === 'model';
  const schema = isModel ? provider.model_credential_schema : provider.provider_credential_schema;
  const allFields = schema?.credential_form_schemas ?? [];
  const [values, setValues] = useState(() => initialCredentials(allFields, stored));
  const [name, setName] = useState(target.kind === 'provider' ? (target.name ?? '') : '');
  const [model, setModel] = useState('');
  const [modelType, setModelType] = useState<ModelType>(provider.supported_model_types[0] ?? 'llm');
  const [submitted, setSubmitted] = useState(false);
  const fields = visibleFields(allFields, values, isModel ? modelType : undefined);
  const missing = missingFields(fields, values);
  const modelMissing = isModel && model.trim() === '';

  const save = useMutation({
    mutationFn: () => {
      const credentials = Object.fromEntries(
        fields.flatMap(({ variable }) => {
          const value = values[variable];
          return value === undefined ? [] : [[variable, value] as const];
        }),
      );
      if (target.kind === 'model') {
        return modelsApi.addModelCredentials(provider.provider, {
          model: model.trim(),
          model_type: modelType,
          credentials,
        });
      }
      const named = name.trim() ? { name: name.trim() } : {};
      return target.credentialId
        ? modelsApi.updateCredentials(provider.provider, {
            credential_id: target.credentialId,
            credentials,
            ...named,
          })
        : modelsApi.addCredentials(provider.provider, { credentials, ...named });
    },
    onMutate: () => onPendingChange(true),
    onSettled: () => onPendingChange(false),
    onSuccess: () => {
      toast.success(t('settings.credentialsSaved'));
      void queryClient.invalidateQueries({ queryKey: ['models'] });
      onClose();
    },
  });

  return (
    <form
      id={formId}
      noValidate
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        setSubmitted(true);
        if (missing.size === 0 && !modelMissing) save.mutate();
      }}
    >
      {isModel ? (
        <>
          <Field label={t('settings.modelType')}>
            {({ id }) => (
              <Select
                id={id}
                value={modelType}
                onValueChange={setModelType}
                options={provider.supported_model_types.map((type) => ({
                  value: type,
                  label: t(`settings.type_${type}`),
                }))}
              />
            )}
          </Field>
          <Field
            label={
              localize(provider.model_credential_schema?.model.label, language) || t('settings.modelName')
            }
            required
            error={submitted && modelMissing ? t('settings.fieldRequired') : undefined}
          >
            {(control) => (
              <Input
                {...control}
                value={model}
                placeholder={localize(provider.model_credential_schema?.model.placeholder, language)}
                onChange={(event) => setModel(event.target.value)}
              />
            )}
          </Field>
        </>
      ) : (
        <Field label={t('settings.credentialName')} help={t('settings.credentialNameHelp')}>
          {(control) => (
            <Input
              {...control}
              value={name}
              maxLength={30}
              autoComplete="off"
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
      )}
      <CredentialFields
        fields={fields}
        values={values}
        onChange={setValues}
        missing={submitted ? missing : new Set<string>()}
      />
      {save.error ? <Banner tone="danger">{describe(save.error)}</Banner> : null}
      <p className="flex items-start gap-1.5 text-sm text-ink-faint">
        <ShieldCheck aria-hidden="true" className="mt-0.5 size-3.5 shrink-0" />
        {t('settings.credentialsEncrypted')}
      </p>
    </form>
  );
}

/** Asks for credentials by the provider's schema; saving checks them with a real call. */
export function CredentialDialog({
  provider,
  target,
  onClose,
}: {
  provider: Provider;
  target: CredentialTarget;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const language = useLanguage();
  const formId = useId();
  const [pending, setPending] = useState(false);
  const credentialId = target.kind === 'provider' ? target.credentialId : undefined;
  const stored = useQuery(credentialsQuery(provider.provider, credentialId));
  const label = localize(provider.label, language);
  const helpUrl = localize(provider.help?.url, language);
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={
        target.kind === 'model'
          ? t('settings.addModelTo', { provider: label })
          : t('settings.setUp', { provider: label })
      }
      footer={
        <>
          {helpUrl ? (
            <a
              href={helpUrl}
              target="_blank"
              rel="noreferrer"
              className="me-auto inline-flex items-center gap-1 text-sm text-accent-ink underline-offset-2 hover:underline"
            >
              {localize(provider.help?.title, language)}
              <ExternalLink aria-hidden="true" className="size-3.5" />
            </a>
          ) : null}
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button type="submit" form={formId} variant="primary" loading={pending}>
            {pending ? t('settings.checking') : t('common.save')}
          </Button>
        </>
      }
    >
      {credentialId && stored.isPending ? (
        <SkeletonLines lines={4} />
      ) : (
        <CredentialDialogForm
          provider={provider}
          target={target}
          stored={stored.data?.credentials ?? null}
          onClose={onClose}
          formId={formId}
          onPendingChange={setPending}
        />
      )}
    </Dialog>
  );
}
