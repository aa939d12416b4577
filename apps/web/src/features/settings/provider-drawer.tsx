import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { KeyRound, Pencil, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  type CredentialName,
  type Model,
  modelsApi,
  type Provider,
  providerModelsQuery,
} from '../../api/models.ts';
import { localize, useLanguage } from '../../i18n/language.ts';
import { useErrorText } from '../../lib/error-text.ts';
import { formatNumber } from '../../lib/format.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { ConfirmDialog, Drawer } from '../../ui/dialog.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { SkeletonLines } from '../../ui/skeleton.tsx';
import { Switch } from '../../ui/switch.tsx';
import { toast } from '../../ui/toast.tsx';
import { CredentialDialog, type CredentialTarget } from './credential-dialog.tsx';

interface SectionProps {
  readonly provider: Provider;
  readonly mayChange: boolean;
  readonly onEdit: (target: CredentialTarget) => void;
}

function CredentialRow({
  provider,
  credential,
  mayChange,
  onEdit,
}: SectionProps & { readonly credential: CredentialName }) {
  const { t } = useTranslation();
  const describe = useErrorText();
  const queryClient = useQueryClient();
  const [removing, setRemoving] = useState(false);
  const active = provider.custom_configuration.current_credential_id === credential.credential_id;
  const refresh = () => void queryClient.invalidateQueries({ queryKey: ['models'] });
  const use = useMutation({
    mutationFn: () => modelsApi.switchCredentials(provider.provider, credential.credential_id),
    onSuccess: refresh,
    onError: (error) => toast.error(describe(error)),
  });
  const remove = useMutation({
    mutationFn: () => modelsApi.removeCredentials(provider.provider, credential.credential_id),
    onSuccess: () => {
      setRemoving(false);
      refresh();
    },
  });
  return (
    <li className="flex items-center gap-2 border-b py-2 last:border-b-0">
      <KeyRound aria-hidden="true" className="size-4 text-ink-faint" />
      <span className="min-w-0 flex-1 truncate text-base">{credential.credential_name}</span>
      {active ? (
        <Badge tone="success">{t('settings.inUse')}</Badge>
      ) : (
        <Button
          size="sm"
          variant="ghost"
          disabled={!mayChange}
          loading={use.isPending}
          onClick={() => use.mutate()}
        >
          {t('settings.use')}
        </Button>
      )}
      {mayChange ? (
        <>
          <IconButton
            size="sm"
            label={t('settings.editCredential', { name: credential.credential_name })}
            icon={<Pencil />}
            onClick={() =>
              onEdit({
                kind: 'provider',
                credentialId: credential.credential_id,
                name: credential.credential_name,
              })
            }
          />
          <IconButton
            size="sm"
            label={t('settings.removeCredential', { name: credential.credential_name })}
            icon={<Trash2 />}
            onClick={() => setRemoving(true)}
          />
        </>
      ) : null}
      <ConfirmDialog
        open={removing}
        onOpenChange={setRemoving}
        title={t('settings.removeCredential', { name: credential.credential_name })}
        body={t('settings.removeCredentialBody')}
        confirmLabel={t('common.delete')}
        danger
        pending={remove.isPending}
        error={remove.error ? describe(remove.error) : undefined}
        onConfirm={() => remove.mutate()}
      />
    </li>
  );
}

function CredentialSection(props: SectionProps) {
  const { t } = useTranslation();
  const { provider, mayChange, onEdit } = props;
  const { custom_configuration: configuration } = provider;
  const credentials =
    configuration.available_credentials ??
    (configuration.current_credential_id
      ? [
          {
            credential_id: configuration.current_credential_id,
            credential_name: configuration.current_credential_name ?? '',
          },
        ]
      : []);
  if ((provider.provider_credential_schema?.credential_form_schemas.length ?? 0) === 0) return null;
  return (
    <section>
      <div className="flex items-center justify-between gap-2">
        <h3 className="text-base font-semibold">{t('settings.credentials')}</h3>
        {mayChange ? (
          <Button
            size="sm"
            variant={credentials.length === 0 ? 'primary' : 'secondary'}
            icon={<Plus className="size-4" />}
            onClick={() => onEdit({ kind: 'provider' })}
          >
            {t('settings.addCredential')}
          </Button>
        ) : null}
      </div>
      {credentials.length === 0 ? (
        <p className="mt-2 text-base text-ink-soft">{t('settings.noCredentials')}</p>
      ) : (
        <ul className="mt-2">
          {credentials.map((credential) => (
            <CredentialRow key={credential.credential_id} {...props} credential={credential} />
          ))}
        </ul>
      )}
    </section>
  );
}

function ModelRow({ provider, model, mayChange }: { provider: Provider; model: Model; mayChange: boolean }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const describe = useErrorText();
  const queryClient = useQueryClient();
  const key = { model: model.model, model_type: model.model_type };
  const refresh = () => void queryClient.invalidateQueries({ queryKey: ['models'] });
  const toggle = useMutation({
    mutationFn: (enabled: boolean) => modelsApi.setModelEnabled(provider.provider, key, enabled),
    onSuccess: refresh,
    onError: (error) => toast.error(describe(error)),
  });
  const remove = useMutation({
    mutationFn: () => modelsApi.removeModel(provider.provider, key),
    onSuccess: refresh,
    onError: (error) => toast.error(describe(error)),
  });
  const context = model.model_properties.context_size;
  return (
    <li className="flex items-center gap-2 border-b py-2 last:border-b-0">
      <span className="min-w-0 flex-1">
        <span className="block truncate text-base">{localize(model.label, language) || model.model}</span>
        <span className="mt-0.5 flex flex-wrap gap-1">
          <Badge>{t(`settings.typeShort_${model.model_type}`)}</Badge>
          {context ? (
            <Badge>{t('settings.context', { size: formatNumber(context, language, true) })}</Badge>
          ) : null}
          {model.deprecated ? <Badge tone="warning">{t('settings.deprecated')}</Badge> : null}
        </span>
      </span>
      {model.fetch_from === 'customizable-model' && mayChange ? (
        <IconButton
          size="sm"
          label={t('settings.removeModel', { name: model.model })}
          icon={<Trash2 />}
          loading={remove.isPending}
          onClick={() => remove.mutate()}
        />
      ) : null}
      <Switch
        aria-label={t('settings.enableModel', { name: model.model })}
        checked={model.status !== 'disabled'}
        disabled={!mayChange || toggle.isPending}
        onCheckedChange={(enabled) => toggle.mutate(enabled)}
      />
    </li>
  );
}

function ModelSection({ provider, mayChange, onEdit }: SectionProps) {
  const { t } = useTranslation();
  const models = useQuery(providerModelsQuery(provider.provider));
  const customizable = provider.configurate_methods.includes('customizable-model');
  return (
    <section>
      <div className="flex items-center justify-between gap-2">
        <h3 className="text-base font-semibold">{t('settings.modelsOfProvider')}</h3>
        {customizable && mayChange ? (
          <Button size="sm" icon={<Plus className="size-4" />} onClick={() => onEdit({ kind: 'model' })}>
            {t('settings.addModel')}
          </Button>
        ) : null}
      </div>
      {models.error ? (
        <ErrorState error={models.error} onRetry={() => void models.refetch()} />
      ) : models.isPending ? (
        <SkeletonLines lines={6} className="mt-4" />
      ) : models.data.data.length === 0 ? (
        <p className="mt-2 text-base text-ink-soft">{t('settings.noModels')}</p>
      ) : (
        <ul className="mt-2">
          {models.data.data.map((model) => (
            <ModelRow
              key={`${model.model_type}/${model.model}`}
              provider={provider}
              model={model}
              mayChange={mayChange}
            />
          ))}
        </ul>
      )}
    </section>
  );
}

/** A provider's keys and models. */
export function ProviderDrawer({
  provider,
  mayChange,
  onClose,
}: {
  provider: Provider;
  mayChange: boolean;
  onClose: () => void;
}) {
  const language = useLanguage();
  const [target, setTarget] = useState<CredentialTarget>();
  return (
    <>
      <Drawer
        open
        onOpenChange={(open) => {
          if (!open) onClose();
        }}
        title={localize(provider.label, language)}
        description={localize(provider.description, language)}
      >
        <div className="grid gap-8">
          <CredentialSection provider={provider} mayChange={mayChange} onEdit={setTarget} />
          <ModelSection provider={provider} mayChange={mayChange} onEdit={setTarget} />
        </div>
      </Drawer>
      {target ? (
        <CredentialDialog provider={provider} target={target} onClose={() => setTarget(undefined)} />
      ) : null}
    </>
  );
}
