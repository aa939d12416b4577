import type { Catalogue, ModelSchema, ModelType, ProviderSchema } from '@trellis/models';
import type { ProviderRows } from './store.ts';

/** States of a model in lists (spec: model runtime §2.7). */
export type ModelStatus = 'active' | 'no-configure' | 'disabled' | 'credential-removed';

const iconBase = '/console/api/model-provider-icons';

/** The addresses of a provider's icons; null where it has none. */
export function iconUrls(provider: ProviderSchema, kind: 'icon_small' | 'icon_small_dark') {
  if (provider[kind] === null) return null;
  const url = `${iconBase}/${provider.id}/${kind}`;
  return { en_US: url, zh_Hans: url };
}

/** A provider card. */
export function toProviderResponse(provider: ProviderSchema, rows: ProviderRows | undefined) {
  const active = rows?.credentials.find((row) => row.id === rows.activeCredentialId);
  const configured =
    provider.runtime.built_in || active !== undefined || (rows !== undefined && rows.customModels.length > 0);
  const added = new Set(rows?.customModels.map((row) => `${row.modelType} ${row.model}`) ?? []);
  const addable = new Map(
    (rows?.modelCredentials ?? [])
      .filter((row) => !added.has(`${row.modelType} ${row.model}`))
      .map((row) => [`${row.modelType} ${row.model}`, { model: row.model, model_type: row.modelType }]),
  );
  return {
    provider: provider.id,
    label: provider.label,
    description: provider.description,
    icon_small: iconUrls(provider, 'icon_small'),
    icon_small_dark: iconUrls(provider, 'icon_small_dark'),
    background: provider.background,
    help: provider.help,
    supported_model_types: provider.supported_model_types,
    configurate_methods: provider.configurate_methods,
    provider_credential_schema: provider.provider_credential_schema,
    model_credential_schema: provider.model_credential_schema,
    built_in: provider.runtime.built_in,
    preferred_provider_type: rows?.preferredType ?? 'custom',
    custom_configuration: {
      status: configured ? 'active' : 'no-configure',
      current_credential_id: active?.id ?? null,
      current_credential_name: active?.name ?? null,
      available_credentials: (rows?.credentials ?? []).map((row) => ({
        credential_id: row.id,
        credential_name: row.name,
      })),
      custom_models: (rows?.customModels ?? []).map((row) => ({
        model: row.model,
        model_type: row.modelType,
        current_credential_id: row.activeCredentialId,
      })),
      can_added_models: [...addable.values()],
    },
    system_configuration: { enabled: false, current_quota_type: null, quota_configurations: [] },
  };
}

/** A model with its state in a workspace. */
export interface ModelView {
  schema: ModelSchema;
  status: ModelStatus;
}

/** The models of a provider as a workspace sees them: the catalogue's, then its own. */
export function modelViews(
  catalogue: Catalogue,
  provider: ProviderSchema,
  rows: ProviderRows | undefined,
  type?: ModelType,
): ModelView[] {
  const usable =
    provider.runtime.built_in || rows?.credentials.some((row) => row.id === rows.activeCredentialId);
  const isOff = (model: string, modelType: string) =>
    rows?.settings.some((row) => row.model === model && row.modelType === modelType && !row.enabled) ?? false;
  const custom = (rows?.customModels ?? []).filter((row) => type === undefined || row.modelType === type);
  const own = new Set(custom.map((row) => `${row.modelType} ${row.model}`));
  const predefined = catalogue
    .models(provider.id, type)
    .filter((schema) => !own.has(`${schema.model_type} ${schema.model}`))
    .map((schema): ModelView => {
      const off = isOff(schema.model, schema.model_type);
      return { schema, status: off ? 'disabled' : usable ? 'active' : 'no-configure' };
    });
  return [
    ...predefined,
    ...custom.map((row): ModelView => {
      const schema = catalogue.modelSchema({
        provider: provider.id,
        type: row.modelType as ModelType,
        model: row.model,
      });
      const status = isOff(row.model, row.modelType)
        ? 'disabled'
        : row.activeCredentialId === null
          ? 'credential-removed'
          : 'active';
      return { schema: { ...schema, fetch_from: 'customizable-model' }, status };
    }),
  ];
}

/** A model in a list. */
export function toModelItem({ schema, status }: ModelView) {
  return {
    model: schema.model,
    label: schema.label,
    model_type: schema.model_type,
    features: schema.features,
    fetch_from: schema.fetch_from,
    model_properties: schema.model_properties,
    deprecated: schema.deprecated,
    status,
    load_balancing_enabled: false,
    has_invalid_load_balancing_configs: false,
  };
}
