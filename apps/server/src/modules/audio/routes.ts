import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type AnyRoute, BinaryReply, defineRoute } from '../../platform/http/route.ts';
import type { AppService } from '../apps/app-service.ts';
import type { Visitor } from '../conversations/service.ts';
import { receiveUpload } from '../files/file-service.ts';
import type { Callers } from '../service-api/caller.ts';
import { userField } from '../service-api/schema.ts';
import type { AudioService } from './service.ts';

/** What the audio routes need. */
export interface AudioRouteOptions {
  audio: AudioService;
  callers: Callers;
  appService: AppService;
}

const tag = 'Audio';
const textSchema = z.object({ text: z.string() });
const speechBody = z.object({
  message_id: z.string().optional(),
  text: z.string().max(100_000).optional(),
  voice: z.string().max(100).optional(),
  user: userField,
  streaming: z.unknown().optional(),
});
const recording = { file: { kind: 'file', required: true }, user: { kind: 'text' } } as const;
const listenErrors = [
  'no_audio_uploaded',
  'audio_too_large',
  'unsupported_audio_type',
  'speech_to_text_disabled',
  'provider_not_support_speech_to_text',
  'app_unavailable',
  'completion_request_error',
] as const;
const speakErrors = ['not_found', 'invalid_param', 'app_unavailable', 'provider_not_initialize'] as const;

/** Speech both ways, on all three surfaces (spec: service API §13). */
export function audioRoutes({ audio, callers, appService }: AudioRouteOptions): AnyRoute[] {
  /** The Python client names the part `audio_file`. */
  const receive = (request: FastifyRequest) =>
    receiveUpload(request, { names: ['file', 'audio_file'], missing: 'no_audio_uploaded' });

  async function speak(visitor: Visitor, body: z.infer<typeof speechBody>, signal: AbortSignal) {
    const spoken = await audio.speak(
      visitor,
      { messageId: body.message_id, text: body.text, voice: body.voice },
      signal,
    );
    return new BinaryReply(spoken.audio, {
      'content-type': spoken.mimeType,
      'x-content-type-options': 'nosniff',
    });
  }

  return [
    defineRoute({
      method: 'POST',
      path: '/v1/audio-to-text',
      auth: 'app-key',
      summary: 'Writes down what a recording says.',
      tag,
      rate: 'upload',
      body: 'multipart',
      form: recording,
      response: textSchema,
      errors: listenErrors,
      handler: async ({ principal, request, signal }) => ({
        text: await audio.transcribe(principal, await receive(request), signal),
      }),
    }),
    defineRoute({
      method: 'POST',
      path: '/v1/text-to-audio',
      auth: 'app-key',
      summary: 'Speaks a text or the answer of a message.',
      tag,
      rate: 'generate',
      body: speechBody,
      answers: 'bytes',
      mediaType: 'audio/mpeg',
      errors: speakErrors,
      handler: async ({ principal, body, signal }) =>
        speak(await callers.optional(principal, body.user), body, signal),
    }),
    defineRoute({
      method: 'POST',
      path: '/api/audio-to-text',
      auth: 'passport',
      summary: 'Writes down what a visitor says.',
      tag,
      rate: 'upload',
      body: 'multipart',
      form: recording,
      response: textSchema,
      errors: listenErrors,
      handler: async ({ principal, request, signal }) => ({
        text: await audio.transcribe(principal, await receive(request), signal),
      }),
    }),
    defineRoute({
      method: 'POST',
      path: '/api/text-to-audio',
      auth: 'passport',
      summary: 'Speaks an answer to a visitor.',
      tag,
      rate: 'generate',
      body: speechBody,
      answers: 'bytes',
      mediaType: 'audio/mpeg',
      errors: speakErrors,
      handler: async ({ principal, body, signal }) =>
        speak(
          {
            scope: principal.scope,
            app: principal.app,
            asker: { endUserId: principal.endUserId, accountId: null },
            surface: 'web-app',
          },
          body,
          signal,
        ),
    }),
    defineRoute({
      method: 'POST',
      path: '/console/api/apps/:appId/audio-to-text',
      auth: 'console',
      permission: 'app.debug',
      summary: 'Writes down what a recording says, in a debug run.',
      tag,
      rate: 'upload',
      params: z.object({ appId: z.uuid() }),
      body: 'multipart',
      form: recording,
      response: textSchema,
      errors: listenErrors,
      handler: async ({ principal, params, request, signal }) => {
        const app = await appService.find(principal.scope, params.appId);
        return {
          text: await audio.transcribe({ scope: principal.scope, app }, await receive(request), signal),
        };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/console/api/apps/:appId/text-to-audio',
      auth: 'console',
      permission: 'app.debug',
      summary: 'Speaks a text, in a debug run.',
      tag,
      rate: 'generate',
      params: z.object({ appId: z.uuid() }),
      body: speechBody,
      answers: 'bytes',
      mediaType: 'audio/mpeg',
      errors: speakErrors,
      handler: async ({ principal, params, body, signal }) => {
        const app = await appService.find(principal.scope, params.appId);
        const asker = { endUserId: null, accountId: principal.account.id };
        return speak({ scope: principal.scope, app, asker, surface: 'debugger' }, body, signal);
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/console/api/apps/:appId/text-to-audio/voices',
      auth: 'console',
      permission: 'app.read',
      summary: 'The voices that can be chosen.',
      tag,
      rate: 'default',
      params: z.object({ appId: z.uuid() }),
      query: z.object({ language: z.string().optional() }),
      response: z.array(z.object({ name: z.string(), value: z.string() })),
      errors: ['not_found', 'provider_not_initialize'],
      handler: async ({ principal, params, query }) => {
        await appService.find(principal.scope, params.appId);
        return audio.voices({ scope: principal.scope }, query.language);
      },
    }),
  ];
}
