export { speak, transcribe } from './audio.ts';
export { countTokens, splitIntoWords } from './count-tokens.ts';
export { cosine, embed } from './embed.ts';
export { listedModels } from './handler.ts';
export { type AnswerRule, answer, defaultRules, type FakeAnswer, type FakeToolCall } from './rules.ts';
export type { RecordedRequest, ScriptedReply } from './script.ts';
export { createFakeProvider, type FakeProvider, type FakeProviderOptions } from './server.ts';
export {
  createLocalTransport,
  type LocalRequest,
  type LocalResponse,
  type LocalTransport,
} from './transport.ts';
export type { ChatRequest } from './wire.ts';
