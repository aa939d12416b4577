import type { ModelType } from '../schema/common.ts';
import { type Credentials, credentialText } from '../schema/credential-form.ts';
import type { ModelSchema } from '../schema/model.ts';
import type { ProviderSchema } from '../schema/provider.ts';
import { embed } from './embed.ts';
import { isAbort, ModelError } from './errors.ts';
import type { LlmResult } from './llm-result.ts';
import type { ModelCallContext } from './model-call.ts';
import { moderate } from './moderate.ts';
import type { LlmRequest } from './prepare-llm-call.ts';
import { rerank } from './rerank.ts';
import { silentWav } from './silence.ts';
import { speak } from './speak.ts';
import { transcribe } from './transcribe.ts';

/** Whole time that a live check may take. */
const validationTimeoutMs = 60_000;

/** What the live checks need. */
export interface ValidationContext extends ModelCallContext {
  invokeLlm(request: LlmRequest): Promise<LlmResult>;
}

/** Provider credentials to be checked. */
export interface ProviderValidation {
  provider: string;
  credentials: Credentials;
  signal?: AbortSignal | undefined;
}

/** Credentials of one model to be checked. */
export interface ModelValidation extends ProviderValidation {
  type: ModelType;
  model: string;
}

/**
 * Checks provider credentials by a small call: to the model that the credentials name for it, else the provider's own
 * choice, else its first model. Providers without a form of their own, and built-in ones, have nothing to check.
 *
 * @throws ModelError (`credentials_invalid`) with the provider's status and words
 */
export async function validateProvider(
  context: ValidationContext,
  request: ProviderValidation,
): Promise<void> {
  const provider = context.catalogue.provider(request.provider);
  if (provider.runtime.built_in || provider.provider_credential_schema === null) return;
  const named = credentialText(request.credentials, 'validate_model');
  const usual = provider.runtime.validate;
  const first = context.catalogue.models(provider.id).find((model) => !model.deprecated);
  const type = named === undefined ? (usual?.type ?? first?.model_type) : 'llm';
  const model = named ?? usual?.model ?? first?.model;
  if (type === undefined || model === undefined) return;
  await validate(context, { ...request, type, model, custom: false });
}

/** Checks credentials of one model by a small call to it. @throws ModelError (`credentials_invalid`) */
export async function validateModel(context: ValidationContext, request: ModelValidation): Promise<void> {
  await validate(context, { ...request, custom: true });
}

async function validate(
  context: ValidationContext,
  request: ModelValidation & { custom: boolean },
): Promise<void> {
  const provider = context.catalogue.provider(request.provider);
  const limit = AbortSignal.timeout(validationTimeoutMs);
  const signal = request.signal === undefined ? limit : AbortSignal.any([request.signal, limit]);
  try {
    await probe(context, { ...request, signal });
  } catch (error) {
    if (isAbort(error) && request.signal?.aborted === true) throw error;
    if (isAbort(error)) {
      throw invalid(provider, `no answer within ${validationTimeoutMs / 1000} s`, error);
    }
    if (!(error instanceof ModelError)) throw error;
    const where = error.url === undefined ? '' : ` (${error.url})`;
    throw invalid(provider, `${error.upstream ?? error.message}${where}${localhostHint(error)}`, error);
  }
}

/** The most frequent reason why a local server cannot be reached. */
function localhostHint({ code, url }: ModelError): string {
  if (
    code !== 'connection' ||
    url === undefined ||
    !/^https?:\/\/(?:localhost|127\.|0\.0\.0\.0|\[::1\])/u.test(url)
  )
    return '';
  return '. If Trellis runs in a container, localhost is that container: use host.docker.internal or the address of the machine instead';
}

function invalid(provider: ProviderSchema, text: string, cause: unknown): ModelError {
  return new ModelError('credentials_invalid', {
    provider: provider.provider,
    upstream: `Credentials validation failed: ${text}`,
    cause,
    ...(cause instanceof ModelError ? { status: cause.status, url: cause.url } : {}),
  });
}

async function probe(
  context: ValidationContext,
  request: ModelValidation & { custom: boolean },
): Promise<void> {
  const base = { ...request, user: undefined };
  switch (request.type) {
    case 'llm':
      return probeLlm(context, request);
    case 'text-embedding':
      await embed(context, { ...base, texts: ['ping'] });
      return;
    case 'rerank':
      await rerank(context, {
        ...base,
        query: 'What is the capital of the United States?',
        documents: [
          'Carson City is the capital of Nevada.',
          'Washington, D.C. is the capital of the United States.',
        ],
      });
      return;
    case 'speech2text':
      await transcribe(context, {
        ...base,
        audio: silentWav(),
        filename: 'silence.wav',
        mimeType: 'audio/wav',
      });
      return;
    case 'tts':
      // The first bytes prove enough; leaving the loop closes the connection.
      for await (const bytes of speak(context, { ...base, text: 'ping' }).audio)
        if (bytes.byteLength > 0) return;
      return;
    case 'moderation':
      await moderate(context, { ...base, text: 'ping' });
  }
}

interface LlmProbe {
  parameters: Record<string, unknown>;
}

/** Reasoning families and some gateways refuse a small limit, or the parameter itself; each gets one more try. */
async function probeLlm(
  context: ValidationContext,
  request: ModelValidation & { custom: boolean },
): Promise<void> {
  const { provider, model, credentials, custom, signal } = request;
  const schema = context.catalogue.modelSchema({ provider, type: 'llm', model, credentials, custom });
  const streamed = credentialText(credentials, 'stream_mode_auth') === 'use';
  const attempt = ({ parameters }: LlmProbe) =>
    context.invokeLlm({
      provider,
      model,
      credentials,
      // The definition without rules passes what the probe sends, and nothing that a rule would require besides.
      schema: { ...schema, parameter_rules: [], inferred: true },
      messages: [{ role: 'user', content: 'ping' }],
      parameters,
      stream: streamed,
      signal,
    });
  const first: LlmProbe = { parameters: { [limitName(schema)]: probeTokens(context, request, streamed) } };
  try {
    await attempt(first);
  } catch (error) {
    const second =
      error instanceof ModelError && error.status === 400
        ? secondTry(error.upstream ?? '', first)
        : undefined;
    if (second === undefined) throw error;
    await attempt(second);
  }
}

/** As few tokens as the model accepts: reasoning families and the Responses API want at least 16. */
function probeTokens(context: ValidationContext, request: ModelValidation, streamed: boolean): number {
  const { runtime } = context.catalogue.provider(request.provider);
  const byCredential = runtime.llm_by_credential;
  const chosen = byCredential?.values[credentialText(request.credentials, byCredential.field) ?? ''];
  const adapter = chosen ?? runtime.llm?.adapter;
  if (adapter === 'openai_responses' || /^(?:o\d|gpt-5)/iu.test(request.model)) return 16;
  return streamed ? 10 : 5;
}

function limitName(schema: ModelSchema): string {
  return schema.parameter_rules.find((rule) => rule.use_template === 'max_tokens')?.name ?? 'max_tokens';
}

function secondTry(said: string, first: LlmProbe): LlmProbe | undefined {
  if (/max_output_tokens|integer_below_min_value/u.test(said)) return { parameters: { max_tokens: 16 } };
  if (/budget_tokens|thinking/u.test(said))
    return { parameters: { ...first.parameters, thinking: false, enable_thinking: false } };
  if (/max_tokens/u.test(said)) return { parameters: { max_completion_tokens: 16 } };
  return undefined;
}
