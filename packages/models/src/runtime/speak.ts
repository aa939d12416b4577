import { credentialText } from '../schema/credential-form.ts';
import type { ModelSchema } from '../schema/model.ts';
import { ModelError } from './errors.ts';
import { callOf, type ModelCallContext, type ModelRequest, resolveModel } from './model-call.ts';

/** A request to speak a text. */
export interface SpeakRequest extends ModelRequest {
  text: string;
  /** A voice of the model; its default voice when absent or unknown. */
  voice?: string | undefined;
}

/** Spoken audio. */
export interface SpokenAudio {
  mimeType: string;
  /** Bytes of one audio file after another; formats such as MP3 can be joined. */
  audio: AsyncIterable<Uint8Array>;
}

const mimeTypes: Readonly<Record<string, string>> = {
  mp3: 'audio/mpeg',
  wav: 'audio/wav',
  ogg: 'audio/ogg',
  aac: 'audio/aac',
  mp4: 'audio/mp4',
};

const defaultWordLimit = 2000;

/** Speaks a text: long ones sentence group by sentence group, streamed as it arrives. */
export function speak(context: ModelCallContext, request: SpeakRequest): SpokenAudio {
  const resolved = resolveModel(context.catalogue, request, 'tts');
  const { schema, wireModel, credentials, provider } = resolved;
  if ((credentialText(credentials, 'tts_api_format') ?? 'openai') !== 'openai') {
    throw new ModelError('bad_request', {
      provider: provider.provider,
      upstream: 'only the OpenAI format of speech is built',
    });
  }
  const format = audioType(schema);
  const pieces = splitSentences(request.text, schema.model_properties.word_limit ?? defaultWordLimit);
  const voice = voiceOf(schema, request.voice);
  return {
    mimeType: mimeTypes[format] ?? 'application/octet-stream',
    audio: (async function* audio() {
      for (const input of pieces) {
        const body = JSON.stringify({ model: wireModel, input, voice, response_format: format });
        const call = callOf(resolved, {
          path: '/audio/speech',
          body,
          accept: 'audio/*',
          signal: request.signal,
        });
        const answer = await context.caller.open(call);
        try {
          for await (const bytes of answer.response.body) {
            answer.touch();
            yield bytes;
          }
        } catch (error) {
          throw answer.failure(error);
        } finally {
          answer.close();
        }
      }
    })(),
  };
}

function audioType(schema: ModelSchema): string {
  return schema.model_properties.audio_type?.split(',')[0]?.trim() ?? 'mp3';
}

function voiceOf(schema: ModelSchema, wanted: string | undefined): string {
  const { voices = [], default_voice: usual } = schema.model_properties;
  if (
    wanted !== undefined &&
    wanted !== '' &&
    (voices.length === 0 || voices.some((voice) => voice.mode === wanted))
  )
    return wanted;
  return usual ?? voices[0]?.mode ?? 'alloy';
}

/** Voices of a speech model that speak a language, for pickers; all of them without one. */
export function voicesOf(schema: ModelSchema, language?: string): { name: string; value: string }[] {
  return (schema.model_properties.voices ?? [])
    .filter(
      (voice) => language === undefined || voice.language.length === 0 || voice.language.includes(language),
    )
    .map((voice) => ({ name: voice.name, value: voice.mode }));
}

/** Splits a text at the ends of sentences into pieces of at most so many characters. */
export function splitSentences(text: string, maxCharacters: number): string[] {
  const pieces: string[] = [];
  let piece = '';
  for (const sentence of text.match(/[^。.!?]*[。.!?]+|[^。.!?]+$/gu) ?? []) {
    if (piece !== '' && piece.length + sentence.length > maxCharacters) {
      pieces.push(piece);
      piece = '';
    }
    piece += sentence;
    // A sentence that is too long by itself has to be cut somewhere.
    while (piece.length > maxCharacters) {
      pieces.push(piece.slice(0, maxCharacters));
      piece = piece.slice(maxCharacters);
    }
  }
  return [...pieces, piece].map((part) => part.trim()).filter((part) => part !== '');
}
