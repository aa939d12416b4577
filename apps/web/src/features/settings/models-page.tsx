import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { Boxes, ChevronRight, KeyRound, SearchX } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  defaultModelQuery,
  type ModelType,
  modelsApi,
  modelsQuery,
  type Provider,
  providersQuery,
} from '../../api/models.ts';
import { workspaceQuery } from '../../api/session.ts';
import { localize, useLanguage } from '../../i18n/language.ts';
import { useErrorText } from '../../lib/error-text.ts';
import { range } from '../../lib/range.ts';
import { Badge, StatusDot } from '../../ui/badge.tsx';
import { Banner } from '../../ui/banner.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Field } from '../../ui/field.tsx';
import { SearchInput } from '../../ui/input.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { Select } from '../../ui/select.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { toast } from '../../ui/toast.tsx';
import { ProviderDrawer } from './provider-drawer.tsx';
import { ProviderIcon } from './provider-icon.tsx';

const route = getRouteApi('/shell/settings-pages/settings/models');

const defaultTypes: readonly ModelType[] = ['llm', 'text-embedding', 'rerank', 'speech2text', 'tts'];

/** Whether a provider can be used in this workspace. */
export function isConfigured(provider: Provider): boolean {
  return provider.custom_configuration.status === 'active' || provider.system_configuration.enabled;
}

function DefaultModelField({ type, disabled }: { type: ModelType; disabled: boolean }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const describe = useErrorText();
  const queryClient = useQueryClient();
  const models = useQuery(modelsQuery(type));
  const current = useQuery(defaultModelQuery(type));
  const choose = useMutation({
    mutationFn: (key: string) => {
      const { provider, model } = JSON.parse(key) as { provider: string; model: string };
      return modelsApi.setDefault({ model_type: type, provider, model });
    },
    onSuccess: () => {
      toast.success(t('settings.defaultSaved'));
      void queryClient.invalidateQueries({ queryKey: ['models', 'default'] });
    },
    onError: (error) => toast.error(describe(error)),
  });
  const options = (models.data?.data ?? []).flatMap((group) =>
    group.models.map((model) => ({
      value: JSON.stringify({ provider: group.provider, model: model.model }),
      label: localize(model.label, language) || model.model,
      description: localize(group.label, language),
    })),
  );
  const chosen = current.data?.data;
  if (models.isPending || current.isPending) return <Skeleton className="h-14" />;
  return (
    <Field label={t(`settings.type_${type}`)}>
      {(control) => (
        <Select
          {...control}
          disabled={disabled || options.length === 0}
          placeholder={options.length === 0 ? t('settings.noModelOfType') : t('settings.chooseModel')}
          value={chosen ? JSON.stringify({ provider: chosen.provider.provider, model: chosen.model }) : null}
          onValueChange={(key) => choose.mutate(key)}
          options={options}
        />
      )}
    </Field>
  );
}

function DefaultModels({ disabled }: { disabled: boolean }) {
  const { t } = useTranslation();
  return (
    <section aria-labelledby="default-models" className="rounded-panel border bg-surface p-4 sm:p-5">
      <h2 id="default-models" className="text-base font-semibold">
        {t('settings.defaultModels')}
      </h2>
      <p className="mt-0.5 mb-4 text-sm text-ink-faint">{t('settings.defaultModelsHelp')}</p>
      <div className="grid gap-4 sm:grid-cols-2">
        {defaultTypes.map((type) => (
          <DefaultModelField key={type} type={type} disabled={disabled} />
        ))}
      </div>
    </section>
  );
}

function ProviderCard({ provider, onOpen }: { provider: Provider; onOpen: () => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const credentials = provider.custom_configuration.available_credentials?.length ?? 0;
  return (
    <li className="relative flex min-h-34 flex-col rounded-panel border bg-surface p-4 transition-colors duration-120 hover:border-control">
      <div className="flex items-center gap-3">
        <ProviderIcon provider={provider} />
        <button
          type="button"
          onClick={onOpen}
          className="min-w-0 flex-1 truncate text-start text-base font-semibold outline-none after:absolute after:inset-0 after:rounded-panel focus-visible:after:outline-2 focus-visible:after:outline-accent"
        >
          {localize(provider.label, language)}
        </button>
        <ChevronRight aria-hidden="true" className="size-4 text-ink-faint rtl:rotate-180" />
      </div>
      <div className="mt-2 flex-1">
        <p className="line-clamp-2 text-sm text-ink-soft">{localize(provider.description, language)}</p>
      </div>
      <div className="mt-3 flex flex-wrap items-center gap-1.5">
        {isConfigured(provider) ? (
          <StatusDot tone="success">{t('settings.ready')}</StatusDot>
        ) : (
          <StatusDot tone="neutral">{t('settings.notConfigured')}</StatusDot>
        )}
        {credentials > 1 ? (
          <Badge>
            <KeyRound />
            {credentials}
          </Badge>
        ) : null}
        <span className="ms-auto flex flex-wrap gap-1">
          {provider.supported_model_types.slice(0, 3).map((type) => (
            <Badge key={type}>{t(`settings.typeShort_${type}`)}</Badge>
          ))}
          {provider.supported_model_types.length > 3 ? (
            <Badge>+{provider.supported_model_types.length - 3}</Badge>
          ) : null}
        </span>
      </div>
    </li>
  );
}

/** Where models come from, and which are used by default. */
export function ModelsPage() {
  const { t } = useTranslation();
  const language = useLanguage();
  const navigate = useNavigate({ from: '/settings/models' });
  const { provider: openId } = route.useSearch();
  const { data: workspace } = useQuery(workspaceQuery);
  const providers = useQuery(providersQuery);
  const [search, setSearch] = useState('');
  const mayChange = workspace?.role === 'owner' || workspace?.role === 'admin';
  const all = providers.data?.data ?? [];
  const shown = all
    .filter((provider) =>
      `${localize(provider.label, language)} ${provider.provider}`
        .toLowerCase()
        .includes(search.toLowerCase()),
    )
    .sort((a, b) => Number(isConfigured(b)) - Number(isConfigured(a)));
  const opened = all.find((provider) => provider.provider === openId);
  return (
    <div className="grid gap-5">
      <PageHeader title={t('settings.models')} description={t('settings.modelsBody')} />
      {mayChange || !workspace ? null : <Banner tone="info">{t('settings.adminsOnly')}</Banner>}
      <DefaultModels disabled={!mayChange} />
      <SearchInput
        className="w-full sm:w-72"
        value={search}
        onValueChange={setSearch}
        label={t('settings.searchProviders')}
      />
      {providers.error ? (
        <ErrorState error={providers.error} onRetry={() => void providers.refetch()} />
      ) : providers.isPending ? (
        <div role="status" className="grid gap-3 sm:grid-cols-2">
          <span className="sr-only">{t('common.loading')}</span>
          {range(6).map((key) => (
            <Skeleton key={key} className="h-34 !rounded-panel" />
          ))}
        </div>
      ) : shown.length === 0 ? (
        <EmptyState icon={search ? <SearchX /> : <Boxes />} title={t('settings.noProviders')} />
      ) : (
        <ul className="grid gap-3 sm:grid-cols-2">
          {shown.map((provider) => (
            <ProviderCard
              key={provider.provider}
              provider={provider}
              onOpen={() => void navigate({ search: { provider: provider.provider } })}
            />
          ))}
        </ul>
      )}
      {opened ? (
        <ProviderDrawer
          provider={opened}
          mayChange={mayChange}
          onClose={() => void navigate({ search: {} })}
        />
      ) : null}
    </div>
  );
}
