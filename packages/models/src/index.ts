export type { EmbeddingInputType } from './adapters/embedding/embedding-adapter.ts';
export { Catalogue, type ModelReference, UnknownProviderError } from './catalogue/catalogue.ts';
export { CatalogueError, type CatalogueOptions, loadCatalogue } from './catalogue/load-catalogue.ts';
export {
  canonicalProviderId,
  type ProviderId,
  ProviderIdError,
  parseProviderId,
  pluginIdOf,
  storedProviderIds,
} from './catalogue/provider-id.ts';
export { CredentialFormError, checkCredentials } from './credentials/check-credentials.ts';
export {
  maskCredentials,
  maskSecret,
  restoreSecrets,
  secretVariables,
  unchangedSecret,
} from './credentials/mask-credentials.ts';
export {
  ParameterError,
  type ResolvedParameters,
  resolveParameters,
} from './parameters/resolve-parameters.ts';
export {
  type AdvancedChatPrompt,
  type AdvancedCompletionPrompt,
  type AdvancedMessage,
  type AssembledPrompt,
  assemblePrompt,
  type PromptSource,
  rolePrefixesFor,
  type SimplePrompt,
} from './prompt/assemble-prompt.ts';
export {
  fitHistory,
  fitMaxTokens,
  historyBudget,
  historyText,
  type RolePrefixes,
  windowHistory,
} from './prompt/history.ts';
export * from './prompt/message.ts';
export { followsSchema, parseStructure, StructuredOutputError } from './prompt/structured-output.ts';
export { fillTemplate, placeholdersOf, type TemplateValues } from './prompt/template.ts';
export type { Clock } from './runtime/caller.ts';
export type { EmbedRequest, EmbedResult } from './runtime/embed.ts';
export { isAbort, type ModelApiCode, ModelError, type ModelErrorCode } from './runtime/errors.ts';
export type { RemoteModel } from './runtime/list-remote-models.ts';
export * from './runtime/llm-event.ts';
export type { LlmResult } from './runtime/llm-result.ts';
export {
  type BalancedPool,
  type BalancerState,
  cooldownMs,
  createMemoryBalancerState,
  LoadBalancer,
  streamWithFallback,
} from './runtime/load-balancer.ts';
export {
  createModelRuntime,
  type ModelLog,
  type ModelRuntime,
  type ModelRuntimeOptions,
} from './runtime/model-runtime.ts';
export type { ModerateRequest } from './runtime/moderate.ts';
export type { LlmRequest } from './runtime/prepare-llm-call.ts';
export { repairJson } from './runtime/repair-json.ts';
export type { RankedDocument, RerankRequest } from './runtime/rerank.ts';
export { type SpeakRequest, type SpokenAudio, splitSentences, voicesOf } from './runtime/speak.ts';
export { collectLlm, ModelCallAborted } from './runtime/stream-llm.ts';
export { separateThink, stripThink, ThinkSplitter, ThinkTagger } from './runtime/think.ts';
export type { TranscribeRequest } from './runtime/transcribe.ts';
export {
  addUsage,
  computeUsage,
  type EmbeddingUsage,
  type TokenCounts,
  totalPrices,
} from './runtime/usage.ts';
export type { ModelValidation, ProviderValidation } from './runtime/validate-credentials.ts';
export { type I18nText, type ModelType, modelTypes, parseModelType } from './schema/common.ts';
export {
  type CredentialField,
  type CredentialForm,
  type Credentials,
  credentialText,
} from './schema/credential-form.ts';
export type { FetchFrom, ModelFeature, ModelProperties, ModelSchema, Pricing } from './schema/model.ts';
export type { ParameterRule } from './schema/parameter-rule.ts';
export type { ProviderRuntime, ProviderSchema } from './schema/provider.ts';
export { TokenCounter } from './tokens/count.ts';
export { estimateMessageTokens, estimatePromptTokens, estimateTokens } from './tokens/estimate.ts';
export type { Transport, TransportRequest, TransportResponse } from './transport/transport.ts';
export { createUndiciTransport } from './transport/undici-transport.ts';
