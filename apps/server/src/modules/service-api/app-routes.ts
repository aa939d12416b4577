import { z } from 'zod';
import type { AppSnapshot } from '../../platform/auth/principals.ts';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import { ApiError } from '../../platform/errors.ts';
import { type AnyRoute, defineRoute } from '../../platform/http/route.ts';
import type { AppCards } from '../apps/app-card.ts';
import { toParameters, type UploadLimits } from '../apps/app-info.ts';
import { publicSite, siteSchema } from '../apps/site.ts';
import type { AppStore } from '../apps/store.ts';
import type { TurnOpener } from '../turns/open-turn.ts';

/** What these routes need. */
export interface AppInfoRouteOptions {
  apps: AppStore;
  opener: TurnOpener;
  cards: AppCards;
  limits: UploadLimits;
  version: string;
}

const tag = 'Application';
const switchSchema = z.looseObject({ enabled: z.boolean() });
const speechSchema = switchSchema.extend({
  voice: z.string().optional(),
  language: z.string().optional(),
  autoPlay: z.string().optional(),
});

/** What an app allows and asks for. */
export const parametersSchema = z.object({
  opening_statement: z.string().nullable(),
  suggested_questions: z.array(z.string()),
  suggested_questions_after_answer: switchSchema,
  speech_to_text: switchSchema,
  text_to_speech: speechSchema,
  retriever_resource: switchSchema,
  annotation_reply: switchSchema,
  more_like_this: switchSchema,
  user_input_form: z.array(z.record(z.string(), z.record(z.string(), z.unknown()))),
  sensitive_word_avoidance: switchSchema,
  file_upload: z.looseObject({}),
  system_parameters: z.record(z.string(), z.number()),
});

/** `/`, `/info`, `/parameters`, `/meta`, `/site` of the service API (spec: service API §1.1, §14). */
export function serviceAppRoutes(options: AppInfoRouteOptions): AnyRoute[] {
  const { apps, opener, cards, limits } = options;
  return [
    defineRoute({
      method: 'GET',
      path: '/v1/',
      auth: 'public',
      summary: 'Names the API and its version.',
      tag,
      rate: 'default',
      response: z.object({ welcome: z.string(), api_version: z.string(), server_version: z.string() }),
      handler: async () => ({
        welcome: 'Trellis OpenAPI',
        api_version: 'v1',
        server_version: options.version,
      }),
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/info',
      auth: 'app-key',
      summary: 'Name, description, tags and mode of the app.',
      tag,
      rate: 'default',
      response: z.object({
        name: z.string(),
        description: z.string(),
        tags: z.array(z.string()),
        mode: z.string(),
        author_name: z.string().nullable(),
      }),
      handler: ({ principal }) => cards.of(principal.scope, principal.app.id),
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/parameters',
      auth: 'app-key',
      summary: 'What the app asks for and allows: input form, features, upload limits.',
      tag,
      rate: 'default',
      response: parametersSchema,
      errors: ['app_unavailable'],
      handler: async ({ principal }) => parametersOf(opener, principal, limits),
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/meta',
      auth: 'app-key',
      summary: 'Icons of the tools that the app uses.',
      tag,
      rate: 'default',
      response: z.object({ tool_icons: z.record(z.string(), z.unknown()) }),
      handler: async () => ({ tool_icons: {} }),
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/site',
      auth: 'app-key',
      summary: "The app's public page: title, colours, texts.",
      tag,
      rate: 'default',
      response: siteSchema,
      errors: ['forbidden'],
      handler: async ({ principal }) => {
        const site = await apps.site(principal.scope, principal.app.id);
        if (!site) throw new ApiError('forbidden');
        return publicSite(site);
      },
    }),
  ];
}

/** The parameters of an app, for the service API and the web app alike. */
export async function parametersOf(
  opener: TurnOpener,
  principal: { scope: WorkspaceScope; app: AppSnapshot },
  limits: UploadLimits,
) {
  return toParameters(await opener.configFor(principal.scope, principal.app, null), limits);
}
