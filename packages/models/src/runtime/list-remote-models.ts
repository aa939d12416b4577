import { asArray, asNumber, asObject, asText, isObject } from '../adapters/json.ts';
import type { Credentials } from '../schema/credential-form.ts';
import { ModelError } from './errors.ts';
import type { ModelCallContext } from './model-call.ts';

/** A model that a provider says it has. */
export interface RemoteModel {
  id: string;
  /** Tokens; null when the provider does not say. */
  contextSize: number | null;
  /** The catalogue knows it already. */
  known: boolean;
}

const paths = { openai: '/models', ollama: '/api/tags', gemini: '/v1beta/models?pageSize=1000' } as const;

/** Asks a provider which models it has, for adding those that the catalogue lacks. */
export async function listRemoteModels(
  context: ModelCallContext,
  request: { provider: string; credentials: Credentials; signal?: AbortSignal | undefined },
): Promise<RemoteModel[]> {
  const provider = context.catalogue.provider(request.provider);
  const format = provider.runtime.list_models;
  if (format === undefined) {
    throw new ModelError('bad_request', {
      provider: provider.provider,
      upstream: 'the provider has no list of models',
    });
  }
  const { document } = await context.caller.json({
    provider,
    credentials: request.credentials,
    model: '',
    method: 'GET',
    path: paths[format],
    signal: request.signal,
  });
  const known = new Set(context.catalogue.models(provider.id).map((model) => model.model));
  const record = asObject(document);
  return asArray(record?.['data'] ?? record?.['models'])
    .filter(isObject)
    .flatMap((item) => {
      const id =
        asText(item['id']) ?? asText(item['model']) ?? asText(item['name'])?.replace(/^models\//u, '');
      const size =
        asNumber(item['context_length']) ??
        asNumber(item['inputTokenLimit']) ??
        asNumber(item['max_model_len']);
      return id === undefined ? [] : [{ id, contextSize: size ?? null, known: known.has(id) }];
    });
}
