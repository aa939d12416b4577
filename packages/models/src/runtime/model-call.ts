import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { UpstreamEventError, type WireRequest } from '../adapters/llm-adapter.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { ModelType } from '../schema/common.ts';
import { type Credentials, credentialText } from '../schema/credential-form.ts';
import type { ModelSchema } from '../schema/model.ts';
import type { ProviderSchema, runtimeSchema } from '../schema/provider.ts';
import type { Clock, ProviderCall, ProviderCaller } from './caller.ts';
import { ModelError } from './errors.ts';
import { errorFromEvent } from './upstream-error.ts';

/** What every call of a model names. */
export interface ModelRequest {
  /** Canonical or short provider id. */
  provider: string;
  model: string;
  credentials: Credentials;
  /** The model was added by the user; its credentials define it. */
  custom?: boolean | undefined;
  /** A definition to use instead of the catalogue's. */
  schema?: ModelSchema | undefined;
  /** The end user's id; sent hashed where the provider takes one. */
  user?: string | undefined;
  signal?: AbortSignal | undefined;
}

/** What the calls of the other model types share. */
export interface ModelCallContext {
  catalogue: Catalogue;
  caller: ProviderCaller;
  clock: Clock;
}

type Runtime = z.infer<typeof runtimeSchema>;
type OtherType = Exclude<ModelType, 'llm'>;

/** A model looked up, with the endpoint that serves it. */
export interface ResolvedModel<Type extends OtherType> {
  provider: ProviderSchema;
  schema: ModelSchema;
  endpoint: NonNullable<Runtime[Type]>;
  credentials: Credentials;
  wireModel: string;
  user: string | undefined;
}

/** Looks a model up. @throws ModelError when the provider has no models of that type */
export function resolveModel<Type extends OtherType>(
  catalogue: Catalogue,
  request: ModelRequest,
  type: Type,
): ResolvedModel<Type> {
  const { model, credentials, custom, user } = request;
  const provider = catalogue.provider(request.provider);
  const endpoint = provider.runtime[type];
  if (endpoint === undefined) {
    throw new ModelError('bad_request', {
      provider: provider.provider,
      upstream: `${provider.label.en_US} has no ${type} models`,
    });
  }
  const schema =
    request.schema ?? catalogue.modelSchema({ provider: provider.id, type, model, credentials, custom });
  return {
    provider,
    schema,
    endpoint,
    credentials,
    wireModel: credentialText(credentials, 'endpoint_model_name') ?? model,
    user: user === undefined || user === '' ? undefined : createHash('sha256').update(user).digest('hex'),
  };
}

/** The request of a resolved model, for the caller. */
export function callOf(
  resolved: ResolvedModel<OtherType>,
  rest: Pick<ProviderCall, 'path' | 'body' | 'contentType' | 'headers' | 'signal' | 'accept'>,
): ProviderCall {
  const { provider, credentials, wireModel, endpoint } = resolved;
  return { provider, credentials, model: wireModel, ...rest, path: endpoint.path ?? rest.path };
}

/** Posts JSON and reads the answer; an answer that is an error in disguise becomes a `ModelError`. */
export async function postJson<Result>(
  context: ModelCallContext,
  exchange: {
    resolved: ResolvedModel<OtherType>;
    wire: WireRequest;
    decode: (document: unknown) => Result;
    signal: AbortSignal | undefined;
  },
): Promise<Result> {
  const { resolved, wire, decode, signal } = exchange;
  const body = JSON.stringify(wire.body);
  const { document, secrets } = await context.caller.json(
    callOf(resolved, { path: wire.path, body, headers: wire.headers, signal }),
  );
  try {
    return decode(document);
  } catch (error) {
    if (!(error instanceof UpstreamEventError)) throw error;
    throw errorFromEvent(error.body, { provider: resolved.provider.provider, secrets });
  }
}
