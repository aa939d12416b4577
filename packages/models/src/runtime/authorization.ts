import { asNumber, asObject, asText, tryParseJson } from '../adapters/json.ts';
import { secretVariables } from '../credentials/mask-credentials.ts';
import { type Credentials, credentialText } from '../schema/credential-form.ts';
import type { ProviderSchema } from '../schema/provider.ts';
import { readBytes } from '../transport/read-body.ts';
import type { Transport } from '../transport/transport.ts';
import { ModelError } from './errors.ts';
import { errorFromAnswer } from './upstream-error.ts';

/** Secret values in a set of credentials, to be removed from everything that is shown. */
export function secretsOf(provider: ProviderSchema, credentials: Credentials): string[] {
  const variables = [provider.provider_credential_schema, provider.model_credential_schema].flatMap(
    (form) => [...secretVariables(form?.credential_form_schemas ?? [])],
  );
  return [...new Set(variables)].flatMap((variable) => credentialText(credentials, variable) ?? []);
}

/** Makes the headers that a provider wants, fetching and keeping access tokens where it takes no plain key. */
export class Authorizer {
  readonly #transport: Transport;
  readonly #nowMs: () => number;
  readonly #tokens = new Map<string, { token: string; expiresMs: number }>();

  constructor(transport: Transport, nowMs: () => number) {
    this.#transport = transport;
    this.#nowMs = nowMs;
  }

  /** Headers for one call. @throws ModelError when a token is refused */
  async headers(
    provider: ProviderSchema,
    credentials: Credentials,
    signal: AbortSignal | undefined,
  ): Promise<Record<string, string>> {
    const { auth, headers, header_fields: headerFields } = provider.runtime;
    const result: Record<string, string> = { ...headers };
    for (const [header, field] of Object.entries(headerFields)) {
      const value = credentialText(credentials, field);
      if (value !== undefined) result[header] = value;
    }
    const key = auth.field === undefined ? undefined : credentialText(credentials, auth.field);
    if (
      auth.type === 'azure' &&
      credentialText(credentials, 'auth_method') === 'entra_id_service_principal'
    ) {
      result['authorization'] = `Bearer ${await this.#entraToken(provider, credentials, signal)}`;
    } else if (auth.type === 'azure' && key !== undefined) {
      result['api-key'] = key;
    } else if (auth.type === 'bearer' && key !== undefined) {
      result['authorization'] = `Bearer ${key}`;
    } else if (auth.type === 'header' && key !== undefined) {
      result[auth.header ?? 'x-api-key'] = key;
    }
    return { ...result, ...extraHeaders(credentials) };
  }

  /** OAuth 2.0 client credentials of Microsoft Entra ID (RFC 6749 §4.4); tokens are kept until a minute before their end. */
  async #entraToken(
    provider: ProviderSchema,
    credentials: Credentials,
    signal: AbortSignal | undefined,
  ): Promise<string> {
    const value = (variable: string) => {
      const text = credentialText(credentials, variable);
      if (text !== undefined) return text;
      throw new ModelError('provider_not_initialized', {
        provider: provider.provider,
        upstream: `${variable} is missing`,
      });
    };
    const tenant = value('azure_tenant_id');
    const client = value('azure_client_id');
    const secret = value('azure_client_secret');
    const cacheKey = JSON.stringify([tenant, client, secret]);
    const kept = this.#tokens.get(cacheKey);
    if (kept !== undefined && kept.expiresMs > this.#nowMs()) return kept.token;
    const url = `https://login.microsoftonline.com/${encodeURIComponent(tenant)}/oauth2/v2.0/token`;
    const answer = await this.#transport.request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: client,
        client_secret: secret,
        scope: 'https://cognitiveservices.azure.com/.default',
      }).toString(),
      ...(signal === undefined ? {} : { signal }),
    });
    const body = (await readBytes(answer.body)).toString('utf8');
    const parsed = asObject(tryParseJson(body));
    const token = asText(parsed?.['access_token']);
    if (token === undefined) {
      const failed = {
        provider: provider.provider,
        url,
        status: answer.status,
        headers: answer.headers,
        body,
      };
      throw errorFromAnswer({ ...failed, secrets: [secret], nowMs: this.#nowMs() });
    }
    const lifeSeconds = asNumber(parsed?.['expires_in']) ?? 300;
    this.#tokens.set(cacheKey, { token, expiresMs: this.#nowMs() + (lifeSeconds - 60) * 1000 });
    return token;
  }
}

/** Headers that the user added to an endpoint: an object, or its JSON text. */
function extraHeaders(credentials: Credentials): Record<string, string> {
  const given = credentials['extra_headers'];
  const headers = asObject(typeof given === 'string' ? tryParseJson(given) : given) ?? {};
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      typeof value === 'string' && /^[\w-]+$/u.test(name) && !/[\r\n]/u.test(value)
        ? [[name.toLowerCase(), value]]
        : [],
    ),
  );
}
