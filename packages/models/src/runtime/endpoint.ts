import { type Credentials, credentialText } from '../schema/credential-form.ts';
import type { ProviderSchema } from '../schema/provider.ts';
import { ModelError } from './errors.ts';

/** Paths that people paste along with the base address. */
const pastedSuffixes =
  /\/(?:chat\/completions|completions|embeddings|rerank|responses|messages|models|api\/chat|api\/generate|api\/embeddings?|api\/embed|api\/tags|api)$/u;

/**
 * The base address of a provider, without a slash at its end: the one from the credentials, cleaned of what people
 * paste along with it, or the provider's own.
 *
 * @throws ModelError (`bad_request`) when there is none, or when it is no http address
 */
export function baseUrlOf(provider: ProviderSchema, credentials: Credentials): string {
  const { base_url: own, base_url_field: field, base_url_rule: rule } = provider.runtime;
  const given = field === undefined ? undefined : credentialText(credentials, field);
  const address = given ?? own;
  if (address === undefined) {
    throw new ModelError('bad_request', { provider: provider.provider, upstream: 'the base URL is missing' });
  }
  if (!/^(?:https?|local):\/\/[^/\s]/iu.test(address)) {
    throw new ModelError('bad_request', {
      provider: provider.provider,
      upstream: `the base URL must start with http:// or https://, not ${address.slice(0, 200)}`,
    });
  }
  const trimmed = address.replace(/\/+$/u, '');
  const clean = given === undefined ? trimmed : trimmed.replace(pastedSuffixes, '').replace(/\/+$/u, '');
  return rule === 'append_v1' && !/\/v\d+(?:alpha|beta)?\d*(?:\/|$)/u.test(clean) ? `${clean}/v1` : clean;
}

/** What an address is made of. */
export interface AddressParts {
  provider: ProviderSchema;
  credentials: Credentials;
  /** Path of the endpoint, with a leading slash. */
  path: string;
  /** The model's name on the wire, which is the deployment's name on Azure. */
  model: string;
}

const defaultAzureVersion = '2024-10-21';

/** The full address of an endpoint. */
export function endpointUrl({ provider, credentials, path, model }: AddressParts): string {
  const base = baseUrlOf(provider, credentials);
  if (provider.runtime.url_style !== 'azure') return join(base, path);
  if (/\/openai\/v1$/u.test(base)) return `${base}${path}`;
  const version = credentialText(credentials, 'openai_api_version') ?? defaultAzureVersion;
  const resource = base.replace(/\/openai(?:\/.*)?$/u, '');
  return `${resource}/openai/deployments/${encodeURIComponent(model)}${path}?api-version=${encodeURIComponent(version)}`;
}

/** Joins a base address and a path; a version segment that stands in both is written once. */
function join(base: string, path: string): string {
  const version = /^\/v\d+(?:alpha|beta)?\d*(?=\/)/u.exec(path)?.[0];
  return version !== undefined && base.endsWith(version)
    ? `${base}${path.slice(version.length)}`
    : `${base}${path}`;
}
