import { queryOptions } from '@tanstack/react-query';
import type { LocalizedText } from '../i18n/language.ts';
import { consoleApi } from './console.ts';

/** What a model can be used for. */
export type ModelType = 'llm' | 'text-embedding' | 'rerank' | 'speech2text' | 'tts' | 'moderation';

/** A condition under which a field is asked for. */
export interface ShowOn {
  readonly variable: string;
  readonly value: string;
}

/** One field of a form for credentials. */
export interface CredentialField {
  readonly variable: string;
  readonly label: LocalizedText;
  readonly type: 'text-input' | 'secret-input' | 'select' | 'radio' | 'switch';
  readonly required?: boolean;
  readonly default?: string | null;
  readonly options?: readonly { label: LocalizedText; value: string; show_on?: readonly ShowOn[] }[] | null;
  readonly placeholder?: LocalizedText | null;
  readonly help?: LocalizedText | null;
  readonly max_length?: number;
  readonly show_on?: readonly ShowOn[];
}

/** A model added by hand to a provider. */
export interface CustomModel {
  readonly model: string;
  readonly model_type: ModelType;
  readonly current_credential_id?: string | null;
}

/** A stored set of credentials, without its secrets. */
export interface CredentialName {
  readonly credential_id: string;
  readonly credential_name: string;
}

/** A provider of models with its state in this workspace. */
export interface Provider {
  readonly provider: string;
  readonly label: LocalizedText;
  readonly description: LocalizedText | null;
  readonly icon_small: LocalizedText | null;
  readonly background?: string | null;
  readonly help: { readonly title: LocalizedText; readonly url: LocalizedText } | null;
  readonly supported_model_types: readonly ModelType[];
  readonly configurate_methods: readonly ('predefined-model' | 'customizable-model')[];
  readonly provider_credential_schema: {
    readonly credential_form_schemas: readonly CredentialField[];
  } | null;
  readonly model_credential_schema: {
    readonly model: { readonly label: LocalizedText; readonly placeholder?: LocalizedText | null };
    readonly credential_form_schemas: readonly CredentialField[];
  } | null;
  readonly custom_configuration: {
    readonly status: 'active' | 'no-configure';
    readonly current_credential_id?: string | null;
    readonly current_credential_name?: string | null;
    readonly available_credentials?: readonly CredentialName[] | null;
    readonly custom_models?: readonly CustomModel[] | null;
  };
  readonly system_configuration: { readonly enabled: boolean };
}

/** A model that a picker offers. */
export interface Model {
  readonly model: string;
  readonly label: LocalizedText | null;
  readonly model_type: ModelType;
  readonly features: readonly string[] | null;
  readonly fetch_from: string;
  readonly model_properties: { readonly mode?: 'chat' | 'completion'; readonly context_size?: number };
  readonly deprecated: boolean;
  readonly status:
    | 'active'
    | 'no-configure'
    | 'quota-exceeded'
    | 'no-permission'
    | 'disabled'
    | 'credential-removed';
}

/** Models of one provider. */
export interface ModelGroup {
  readonly provider: string;
  readonly label: LocalizedText;
  readonly icon_small: LocalizedText | null;
  readonly models: readonly Model[];
}

/** A parameter that a model takes. */
export interface ParameterRule {
  readonly name: string;
  readonly label: LocalizedText | null;
  readonly type: 'float' | 'int' | 'string' | 'boolean' | 'text';
  readonly help?: LocalizedText | null;
  readonly required: boolean;
  readonly default?: unknown;
  readonly min?: number | null;
  readonly max?: number | null;
  readonly precision?: number | null;
  readonly options?: readonly string[];
}

/** The model used where nothing else was chosen. */
export interface DefaultModel {
  readonly model: string;
  readonly model_type: ModelType;
  readonly provider: { readonly provider: string };
}

/** Values of a form; switches are booleans, everything else is text. */
export type Credentials = Readonly<Record<string, string | boolean>>;

const base = '/workspaces/current';

/** Provider ids contain slashes, which stay; what stands between them is encoded. */
function providerPath(provider: string): string {
  return `${base}/model-providers/${provider.split('/').map(encodeURIComponent).join('/')}`;
}

/** All providers with their state. */
export const providersQuery = queryOptions({
  queryKey: ['models', 'providers'],
  queryFn: ({ signal }) => consoleApi<{ data: Provider[] }>(`${base}/model-providers`, { signal }),
});

/** The models of a provider, usable or not. */
export const providerModelsQuery = (provider: string) =>
  queryOptions({
    queryKey: ['models', 'of-provider', provider],
    queryFn: ({ signal }) => consoleApi<{ data: Model[] }>(`${providerPath(provider)}/models`, { signal }),
  });

/** The usable models of a type, by provider. */
export const modelsQuery = (type: ModelType) =>
  queryOptions({
    queryKey: ['models', 'by-type', type],
    queryFn: ({ signal }) =>
      consoleApi<{ data: ModelGroup[] }>(`${base}/models/model-types/${type}`, { signal }),
    staleTime: 60_000,
  });

/** The parameters of a model. */
export const parameterRulesQuery = (provider: string, model: string) =>
  queryOptions({
    queryKey: ['models', 'rules', provider, model],
    queryFn: ({ signal }) =>
      consoleApi<{ data: ParameterRule[] }>(`${providerPath(provider)}/models/parameter-rules`, {
        query: { model },
        signal,
      }),
    enabled: provider !== '' && model !== '',
    staleTime: 300_000,
  });

/** The default model of a type. */
export const defaultModelQuery = (type: ModelType) =>
  queryOptions({
    queryKey: ['models', 'default', type],
    queryFn: ({ signal }) =>
      consoleApi<{ data: DefaultModel | null }>(`${base}/default-model`, {
        query: { model_type: type },
        signal,
      }),
  });

/** A stored set of credentials with its secrets masked. */
export const credentialsQuery = (provider: string, credentialId: string | undefined) =>
  queryOptions({
    queryKey: ['models', 'credentials', provider, credentialId],
    queryFn: ({ signal }) =>
      consoleApi<{ credentials: Credentials | null }>(`${providerPath(provider)}/credentials`, {
        query: { credential_id: credentialId },
        signal,
      }),
    enabled: credentialId !== undefined,
    staleTime: 0,
    gcTime: 0,
  });

/** The calls that change providers and models. */
export const modelsApi = {
  addCredentials: (provider: string, input: { credentials: Credentials; name?: string }) =>
    consoleApi<unknown>(`${providerPath(provider)}/credentials`, { method: 'POST', body: input }),
  updateCredentials: (
    provider: string,
    input: { credential_id: string; credentials: Credentials; name?: string },
  ) => consoleApi<unknown>(`${providerPath(provider)}/credentials`, { method: 'PUT', body: input }),
  removeCredentials: (provider: string, credentialId: string) =>
    consoleApi<unknown>(`${providerPath(provider)}/credentials`, {
      method: 'DELETE',
      body: { credential_id: credentialId },
    }),
  switchCredentials: (provider: string, credentialId: string) =>
    consoleApi<unknown>(`${providerPath(provider)}/credentials/switch`, {
      method: 'POST',
      body: { credential_id: credentialId },
    }),
  addModelCredentials: (
    provider: string,
    input: { model: string; model_type: ModelType; credentials: Credentials },
  ) => consoleApi<unknown>(`${providerPath(provider)}/models/credentials`, { method: 'POST', body: input }),
  removeModel: (provider: string, input: { model: string; model_type: ModelType }) =>
    consoleApi<unknown>(`${providerPath(provider)}/models`, { method: 'DELETE', body: input }),
  setModelEnabled: (provider: string, input: { model: string; model_type: ModelType }, enabled: boolean) =>
    consoleApi<unknown>(`${providerPath(provider)}/models/${enabled ? 'enable' : 'disable'}`, {
      method: 'PATCH',
      body: input,
    }),
  setDefault: (input: { model_type: ModelType; provider: string; model: string }) =>
    consoleApi<unknown>(`${base}/default-model`, { method: 'POST', body: { model_settings: [input] } }),
};
