import { join } from 'node:path';
import type { ModelType } from '../schema/common.ts';
import type { Credentials } from '../schema/credential-form.ts';
import type { ModelSchema } from '../schema/model.ts';
import type { ProviderSchema } from '../schema/provider.ts';
import { customModelSchema } from './custom-model.ts';
import { inferModelSchema } from './infer-model.ts';
import { canonicalProviderId, parseProviderId, tryCanonicalProviderId } from './provider-id.ts';

/** A provider with its models, as read from disk. */
export interface CatalogueEntry {
  provider: ProviderSchema;
  /** Read at the first call, then kept. */
  models: () => readonly ModelSchema[];
  /** Folder of its icons. */
  assets: string | null;
}

/** Which model is meant. */
export interface ModelReference {
  /** Canonical or short provider id. */
  provider: string;
  type: ModelType;
  model: string;
  /** Credentials of a customizable model, from which its definition follows. */
  credentials?: Credentials | undefined;
  /** The model was added by the user, so its credentials define it even when the catalogue knows the name. */
  custom?: boolean | undefined;
}

/** A provider that the catalogue does not have. */
export class UnknownProviderError extends Error {
  override readonly name = 'UnknownProviderError';
  readonly code = 'provider_not_found';

  constructor(id: string) {
    super(`Provider ${id} does not exist.`);
  }
}

const order = [
  'openai',
  'deepseek',
  'anthropic',
  'azure_openai',
  'google',
  'vertex_ai',
  'nvidia',
  'nvidia_nim',
  'cohere',
  'upstage',
  'bedrock',
  'togetherai',
  'openrouter',
  'ollama',
  'mistralai',
  'groq',
  'replicate',
  'huggingface_hub',
  'xinference',
  'triton_inference_server',
  'zhipuai',
  'baichuan',
  'spark',
  'minimax',
  'tongyi',
  'wenxin',
  'moonshot',
  'tencent',
  'jina',
  'chatglm',
  'yi',
  'openllm',
  'localai',
  'volcengine_maas',
  'openai_api_compatible',
];

/** All known providers and their models. Immutable; overrides of a workspace are laid over its answers elsewhere. */
export class Catalogue {
  readonly #entries: ReadonlyMap<string, CatalogueEntry>;

  constructor(
    entries: readonly CatalogueEntry[],
    options: { pins?: readonly string[]; includes?: readonly string[]; excludes?: readonly string[] } = {},
  ) {
    const ids = (names: readonly string[] | undefined) => (names ?? []).map(canonicalProviderId);
    const pins = ids(options.pins);
    const includes = ids(options.includes);
    const excludes = new Set(ids(options.excludes));
    const shown = entries.filter(
      ({ provider: { id } }) =>
        pins.includes(id) || ((includes.length === 0 || includes.includes(id)) && !excludes.has(id)),
    );
    const rank = ({ provider }: CatalogueEntry) => {
      const pinned = pins.indexOf(provider.id);
      if (pinned >= 0) return pinned - pins.length;
      const known = order.indexOf(parseProviderId(provider.id).name);
      return known >= 0 ? known : order.length;
    };
    const sorted = shown.toSorted((left, right) => rank(left) - rank(right));
    this.#entries = new Map(sorted.map((entry) => [entry.provider.id, entry]));
  }

  /** All providers in the order of lists. */
  providers(): ProviderSchema[] {
    return [...this.#entries.values()].map((entry) => entry.provider);
  }

  /** A provider by canonical or short id; undefined for unknown and for malformed ids. */
  findProvider(id: string): ProviderSchema | undefined {
    const canonical = tryCanonicalProviderId(id);
    return canonical === undefined ? undefined : this.#entries.get(canonical)?.provider;
  }

  /** A provider by canonical or short id. @throws UnknownProviderError, ProviderIdError */
  provider(id: string): ProviderSchema {
    return this.#entry(id).provider;
  }

  /** Predefined models of a provider in the order of lists, deprecated ones included. */
  models(providerId: string, type?: ModelType): ModelSchema[] {
    return this.#entry(providerId)
      .models()
      .filter((model) => type === undefined || model.model_type === type);
  }

  /** The predefined model of that name, or undefined. */
  findModel(providerId: string, type: ModelType, model: string): ModelSchema | undefined {
    return this.#entry(providerId)
      .models()
      .find((known) => known.model_type === type && known.model === model);
  }

  /**
   * The definition of a model: from its credentials when the user added it, else from the catalogue, else a guess
   * that lets it run (`inferred`).
   */
  modelSchema(reference: ModelReference): ModelSchema {
    const { provider: providerId, type, model, credentials, custom } = reference;
    const { provider, models: readModels } = this.#entry(providerId);
    const models = readModels();
    const predefined = models.find((known) => known.model_type === type && known.model === model);
    const isCustom = custom ?? (predefined === undefined && credentials !== undefined);
    if (isCustom && provider.model_credential_schema !== null && credentials !== undefined) {
      return customModelSchema({ provider, models, type, model, credentials });
    }
    return predefined ?? inferModelSchema({ models, type, model });
  }

  /** Path of an icon file that the provider's definition names; null when there is none. */
  iconPath(providerId: string, kind: 'icon_small' | 'icon_small_dark', language = 'en_US'): string | null {
    const { provider, assets } = this.#entry(providerId);
    const icon = provider[kind] ?? provider.icon_small;
    if (icon === null || assets === null) return null;
    const names: Readonly<Record<string, string | undefined>> = icon;
    return join(assets, names[language] ?? icon.en_US);
  }

  #entry(id: string): CatalogueEntry {
    const entry = this.#entries.get(canonicalProviderId(id));
    if (entry === undefined) throw new UnknownProviderError(id);
    return entry;
  }
}
