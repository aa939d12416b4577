import { ModelError, type SpokenAudio, stripThink } from '@trellis/models';
import { ApiError, invalidParam, notFound } from '../../platform/errors.ts';
import type { ConversationService, Visitor } from '../conversations/service.ts';
import type { ModelService } from '../models/service.ts';
import type { TurnOpener } from '../turns/open-turn.ts';

/** Longest recording, in bytes. */
export const maxAudioBytes = 30 * 1024 * 1024;
/** Types of recordings: the contract's five, and what browsers record. */
const audioTypes = new Set([
  ...['audio/mp3', 'audio/m4a', 'audio/wav', 'audio/amr', 'audio/mpga'],
  ...['audio/mpeg', 'audio/webm', 'audio/x-m4a', 'audio/mp4', 'audio/ogg', 'audio/x-wav'],
]);

/** Speech to text and text to speech of an app (spec: service API §13). */
export class AudioService {
  readonly #models: ModelService;
  readonly #opener: TurnOpener;
  readonly #conversations: ConversationService;

  constructor(options: { models: ModelService; opener: TurnOpener; conversations: ConversationService }) {
    this.#models = options.models;
    this.#opener = options.opener;
    this.#conversations = options.conversations;
  }

  /** What a recording says. */
  async transcribe(
    visitor: Pick<Visitor, 'scope' | 'app'>,
    recording: { fileName: string; mimeType: string; bytes: Uint8Array },
    signal: AbortSignal,
  ): Promise<string> {
    const config = await this.#config(visitor);
    if (!config.speech_to_text.enabled) throw new ApiError('speech_to_text_disabled');
    const mimeType = recording.mimeType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
    if (!audioTypes.has(mimeType)) throw new ApiError('unsupported_audio_type');
    if (recording.bytes.byteLength > maxAudioBytes) throw new ApiError('audio_too_large');
    return asApiError(() =>
      this.#models.transcribe(visitor.scope, {
        audio: recording.bytes,
        filename: recording.fileName,
        mimeType,
        signal,
      }),
    );
  }

  /** A message's answer, or a text, as speech. The message must be the visitor's own. */
  async speak(
    visitor: Visitor,
    input: { messageId?: string | undefined; text?: string | undefined; voice?: string | undefined },
    signal: AbortSignal,
  ): Promise<SpokenAudio> {
    const config = await this.#config(visitor);
    const { enabled, voice } = config.text_to_speech;
    if (!enabled && !input.voice) throw invalidParam('TTS is not enabled');
    const text = stripThink(await this.#text(visitor, input)).trim();
    if (text === '') throw invalidParam('Text is required', 'text');
    return asApiError(async () => {
      const spoken = await this.#models.speak(visitor.scope, { text, voice: input.voice || voice, signal });
      return { ...spoken, audio: await begun(spoken.audio) };
    });
  }

  /** The voices that can be chosen. */
  voices(visitor: Pick<Visitor, 'scope'>, language?: string): Promise<{ name: string; value: string }[]> {
    return this.#models.voices(visitor.scope, language);
  }

  async #text(
    visitor: Visitor,
    input: { messageId?: string | undefined; text?: string | undefined },
  ): Promise<string> {
    if (!input.messageId) return input.text ?? '';
    const message = await this.#conversations.message(visitor, input.messageId);
    if (message.answer.trim() === '') throw notFound('Message Not Exists.');
    return message.answer;
  }

  #config(visitor: Pick<Visitor, 'scope' | 'app'>) {
    return this.#opener.configFor(visitor.scope, visitor.app, null);
  }
}

/** Failures of the provider in the codes of the API. */
async function asApiError<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof ModelError) throw new ApiError(error.apiCode, error.message, { cause: error });
    throw error;
  }
}

/** Waits for the first bytes: a provider that fails before them is answered with an error, not with half a reply. */
async function begun(audio: AsyncIterable<Uint8Array>): Promise<AsyncIterable<Uint8Array>> {
  const source = audio[Symbol.asyncIterator]();
  let next = await source.next();
  return (async function* () {
    try {
      for (; !next.done; next = await source.next()) yield next.value;
    } finally {
      await source.return?.();
    }
  })();
}
