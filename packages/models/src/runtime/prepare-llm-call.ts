import { createHash } from 'node:crypto';
import type { LlmAdapter, LlmCall } from '../adapters/llm-adapter.ts';
import { llmAdapters } from '../adapters/llm-adapters.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { resolveParameters } from '../parameters/resolve-parameters.ts';
import { type BlockFormat, blockStops, openCodeBlock } from '../prompt/code-block.ts';
import type { ContentPart, PromptMessage, ToolDefinition } from '../prompt/message.ts';
import { requestStructure } from '../prompt/structured-output.ts';
import { type Credentials, credentialText } from '../schema/credential-form.ts';
import type { ModelFeature, ModelSchema } from '../schema/model.ts';
import type { LlmAdapterName, ProviderSchema } from '../schema/provider.ts';
import { noQuirks } from '../schema/quirks.ts';
import { shapeCompatibleCall } from './compatible-server.ts';
import { ModelError } from './errors.ts';
import type { CacheMultipliers } from './usage.ts';

/** A call of a chat or completion model. */
export interface LlmRequest {
  /** Canonical or short provider id. */
  provider: string;
  model: string;
  credentials: Credentials;
  /** The model was added by the user; its credentials define it. */
  custom?: boolean | undefined;
  /** A definition to use instead of the catalogue's, where a workspace has overridden it. */
  schema?: ModelSchema | undefined;
  messages: readonly PromptMessage[];
  /** As stored in the app: checked against the model's rules here; may contain `stop`. */
  parameters?: Readonly<Record<string, unknown>> | undefined;
  tools?: readonly ToolDefinition[] | undefined;
  stop?: readonly string[] | undefined;
  /** The end user's id; sent hashed. */
  user?: string | undefined;
  /** The answer is to be an object of this JSON schema; it is then in the result as `structuredOutput`. */
  jsonSchema?: Readonly<Record<string, unknown>> | undefined;
  /** False asks the provider for the answer in one piece; streaming when absent. */
  stream?: boolean | undefined;
  signal?: AbortSignal | undefined;
}

/** Everything decided about a call before anything is sent. */
export interface PreparedLlmCall {
  provider: ProviderSchema;
  adapter: LlmAdapter;
  call: LlmCall;
  /** Replaces the adapter's path. */
  path: string | undefined;
  localStops: readonly string[];
  suppressReasoning: boolean;
  cache: CacheMultipliers | undefined;
  warnings: string[];
  /** The answer is to be parsed as an object. */
  structured: boolean;
  /** The answer continues a code block, whose fences are not shown. */
  inCodeBlock: boolean;
}

/** Prices of Anthropic's prompt cache as multiples of the input price, by its documentation. */
const anthropicCache = { read: '0.1', write5m: '1.25', write1h: '2' };

/** Resolves a request: definition, parameters, stop sequences, parts the model takes, wire format. */
export function prepareLlmCall(catalogue: Catalogue, request: LlmRequest): PreparedLlmCall {
  const { model, credentials, custom } = request;
  const provider = catalogue.provider(request.provider);
  const schema =
    request.schema ??
    catalogue.modelSchema({ provider: provider.id, type: 'llm', model, credentials, custom });
  const endpoint =
    schema.model_properties.mode === 'completion'
      ? (provider.runtime.llm_completion ?? provider.runtime.llm)
      : provider.runtime.llm;
  if (endpoint === undefined) {
    throw new ModelError('bad_request', {
      provider: provider.provider,
      upstream: `${provider.label.en_US} has no language models`,
    });
  }
  const name = adapterName(provider, endpoint.adapter, schema, credentials);
  const adapter = llmAdapters[name];
  const resolved = resolveParameters(schema.parameter_rules, request.parameters ?? {}, {
    passUnknown: schema.inferred === true,
  });
  const structured =
    request.jsonSchema === undefined
      ? { messages: request.messages, parameters: resolved.parameters }
      : requestStructure({
          schema,
          jsonSchema: request.jsonSchema,
          messages: request.messages,
          parameters: resolved.parameters,
        });
  const shaped =
    provider.runtime.custom_model === 'openai_compatible'
      ? shapeCompatibleCall({ credentials, quirks: endpoint.quirks, parameters: structured.parameters })
      : { quirks: endpoint.quirks ?? noQuirks, parameters: structured.parameters, suppressReasoning: false };
  const { quirks } = shaped;
  const block = blockFormatOf(shaped.parameters, schema);
  const stops = [
    ...(request.stop ?? []),
    ...resolved.stop,
    ...(block === undefined ? [] : blockStops),
  ].filter((stop, at, all) => stop !== '' && all.indexOf(stop) === at);
  const wireStops = quirks.send_stop && name !== 'openai_responses' ? stops.slice(0, quirks.stop_limit) : [];
  const { messages, warnings } = dropUnsupportedParts({
    messages: block === undefined ? structured.messages : openCodeBlock(structured.messages, block),
    schema,
    filesByUrl: quirks.files_by_url,
  });
  const mayStream =
    shaped.parameters['enable_stream'] !== false && quirks.force_non_stream?.test(schema.model) !== true;
  return {
    provider,
    adapter,
    call: {
      model: credentialText(credentials, 'endpoint_model_name') ?? model,
      schema,
      credentials,
      quirks,
      messages,
      parameters: block === undefined ? shaped.parameters : without(shaped.parameters, 'response_format'),
      tools: request.tools ?? [],
      stop: wireStops,
      stream: request.stream !== false && mayStream,
      user: userOf(request.user, quirks.send_user),
    },
    path: name === endpoint.adapter ? endpoint.path : undefined,
    localStops: stops.filter((stop) => !wireStops.includes(stop)),
    suppressReasoning: shaped.suppressReasoning,
    cache: name === 'anthropic_messages' ? cacheOf(shaped.parameters) : undefined,
    warnings: [...resolved.adjustments.map((change) => `parameter adjusted, ${change}`), ...warnings],
    structured: request.jsonSchema !== undefined,
    inCodeBlock: block !== undefined,
  };
}

function adapterName(
  provider: ProviderSchema,
  usual: LlmAdapterName,
  schema: ModelSchema,
  credentials: Credentials,
): LlmAdapterName {
  const choice = provider.runtime.llm_by_credential;
  if (choice === undefined || schema.model_properties.mode === 'completion') return usual;
  return choice.values[credentialText(credentials, choice.field) ?? ''] ?? usual;
}

/** The old kind of response format, for models that offer it: JSON or XML by continuing a code block. */
function blockFormatOf(
  parameters: Readonly<Record<string, unknown>>,
  schema: ModelSchema,
): BlockFormat | undefined {
  const format = parameters['response_format'];
  const offered = schema.parameter_rules.find((rule) => rule.name === 'response_format')?.options ?? [];
  return (format === 'JSON' || format === 'XML') && offered.includes(format) ? format : undefined;
}

function without(parameters: Readonly<Record<string, unknown>>, name: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(parameters).filter(([key]) => key !== name));
}

function cacheOf(parameters: Readonly<Record<string, unknown>>): CacheMultipliers {
  const write = parameters['prompt_caching_ttl'] === '1h' ? anthropicCache.write1h : anthropicCache.write5m;
  return { read: anthropicCache.read, write };
}

function userOf(user: string | undefined, mode: 'hash' | 'raw' | 'off'): string | undefined {
  if (user === undefined || user === '' || mode === 'off') return undefined;
  return mode === 'raw' ? user : createHash('sha256').update(user).digest('hex');
}

const featureOfPart: Readonly<Record<Exclude<ContentPart['type'], 'text'>, ModelFeature>> = {
  image: 'vision',
  audio: 'audio',
  video: 'video',
  document: 'document',
};

function dropUnsupportedParts(options: {
  messages: readonly PromptMessage[];
  schema: ModelSchema;
  filesByUrl: boolean;
}): { messages: PromptMessage[]; warnings: string[] } {
  const { schema, filesByUrl } = options;
  const features = new Set(schema.features ?? []);
  const warnings = new Set<string>();
  const takes = (part: ContentPart) => {
    if (part.type === 'text') return true;
    const known = features.has(featureOfPart[part.type]);
    if (known && (filesByUrl || part.base64_data !== '')) return true;
    warnings.add(
      known
        ? `${schema.model} takes the data of files only; a file given by its address was left out`
        : `${schema.model} does not take ${part.type} input; the file was left out`,
    );
    return false;
  };
  const kept = options.messages.map((message) =>
    typeof message.content === 'string' || message.content === null || message.content.every(takes)
      ? message
      : { ...message, content: message.content.filter(takes) },
  );
  return { messages: kept, warnings: [...warnings] };
}
