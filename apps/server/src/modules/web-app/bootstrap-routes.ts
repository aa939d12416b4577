import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { ApiError } from '../../platform/errors.ts';
import { type AnyRoute, defineRoute } from '../../platform/http/route.ts';
import { publicSite, siteSchema } from '../apps/site.ts';
import { parametersOf, parametersSchema } from '../service-api/app-routes.ts';
import { tag, type WebAppRouteOptions } from './options.ts';

/** What a page needs before its first question: a passport, the site, what the app asks for. */
export function bootstrapRoutes(options: WebAppRouteOptions): AnyRoute[] {
  const { access, apps, endUsers, opener, tokens, limits, batchConcurrency } = options;
  return [
    defineRoute({
      method: 'GET',
      path: '/api/passport',
      auth: 'public',
      summary: 'A passport for a visitor of a public page.',
      tag,
      rate: 'sign-in',
      query: z.object({ user_id: z.string().max(255).optional() }),
      response: z.object({ access_token: z.string() }),
      errors: ['unauthorized', 'not_found'],
      handler: async ({ query, request }) => {
        const code = request.headers['x-app-code'];
        if (typeof code !== 'string' || code === '') {
          throw new ApiError('unauthorized', 'X-App-Code header is missing.');
        }
        const { app, scope } = await access.bySiteCode(code);
        const endUserId = await endUsers.resolve(scope, {
          appId: app.id,
          sessionId: query.user_id ?? randomUUID(),
          type: 'browser',
        });
        return {
          access_token: await tokens.sign('passport', { appId: app.id, appCode: code, endUserId }, null),
        };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/webapp/access-mode',
      auth: 'public',
      summary: 'Who may open a page.',
      tag,
      rate: 'default',
      query: z.object({ appId: z.string().optional(), appCode: z.string().optional() }),
      response: z.object({ accessMode: z.literal('public') }),
      handler: async () => ({ accessMode: 'public' as const }),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/webapp/permission',
      auth: 'public',
      summary: 'Whether the visitor may open a page.',
      tag,
      rate: 'default',
      query: z.object({ appId: z.string().optional(), appCode: z.string().optional() }),
      response: z.object({ result: z.boolean() }),
      handler: async () => ({ result: true }),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/login/status',
      auth: 'public',
      summary: 'Whether a visitor has signed in; public pages need no sign-in.',
      tag,
      rate: 'default',
      query: z.object({ app_code: z.string().optional(), user_id: z.string().optional() }),
      response: z.object({ logged_in: z.boolean(), app_logged_in: z.boolean() }),
      handler: async () => ({ logged_in: false, app_logged_in: false }),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/site',
      auth: 'passport',
      summary: 'Title, colours and texts of the page.',
      tag,
      rate: 'default',
      response: z.object({
        app_id: z.string(),
        end_user_id: z.string(),
        enable_site: z.boolean(),
        site: siteSchema,
        model_config: z.null(),
        plan: z.string(),
        can_replace_logo: z.boolean(),
        custom_config: z.null(),
        mode: z.string(),
        batch_concurrency: z.number().int(),
      }),
      errors: ['forbidden'],
      handler: async ({ principal }) => {
        const site = await apps.site(principal.scope, principal.app.id);
        if (!site) throw new ApiError('forbidden');
        return {
          app_id: principal.app.id,
          end_user_id: principal.endUserId,
          enable_site: true,
          site: publicSite(site),
          model_config: null,
          plan: 'basic',
          can_replace_logo: false,
          custom_config: null,
          mode: principal.app.mode,
          batch_concurrency: batchConcurrency,
        };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/parameters',
      auth: 'passport',
      summary: 'What the app asks for and allows.',
      tag,
      rate: 'default',
      response: parametersSchema,
      errors: ['app_unavailable'],
      handler: async ({ principal }) => parametersOf(opener, principal, limits),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/meta',
      auth: 'passport',
      summary: 'Icons of the tools that the app uses.',
      tag,
      rate: 'default',
      response: z.object({ tool_icons: z.record(z.string(), z.unknown()) }),
      handler: async () => ({ tool_icons: {} }),
    }),
  ];
}
