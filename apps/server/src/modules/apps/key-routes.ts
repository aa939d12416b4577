import { z } from 'zod';
import { type AnyRoute, defineRoute, JsonReply } from '../../platform/http/route.ts';
import type { AppService } from './app-service.ts';
import type { ApiKeyStore } from './key-store.ts';
import { toApiKey } from './present.ts';
import { apiKeySchema } from './schema.ts';

const tag = 'Apps';
const appParams = z.object({ appId: z.uuid() });

/** API keys of apps. */
export function keyRoutes({ appService, keys }: { appService: AppService; keys: ApiKeyStore }): AnyRoute[] {
  const path = '/console/api/apps/:appId/api-keys';
  return [
    defineRoute({
      method: 'GET',
      path,
      auth: 'console',
      permission: 'app.keys',
      summary: 'The API keys of an app, masked.',
      tag,
      rate: 'default',
      params: appParams,
      response: z.object({ data: z.array(apiKeySchema) }),
      errors: ['not_found'],
      handler: async ({ principal, params }) => {
        const app = await appService.find(principal.scope, params.appId);
        return { data: (await keys.list(principal.scope, app.id)).map((row) => toApiKey(row)) };
      },
    }),
    defineRoute({
      method: 'POST',
      path,
      auth: 'console',
      permission: 'app.keys',
      summary: 'Makes an API key; this answer is the only one that holds it whole.',
      tag,
      rate: 'default',
      params: appParams,
      response: apiKeySchema,
      status: 201,
      errors: ['not_found', 'invalid_param'],
      handler: async ({ principal, params }) => {
        const app = await appService.find(principal.scope, params.appId);
        const made = await appService.createKey(principal, app);
        return new JsonReply(toApiKey(made.row, made.key), { headers: { 'cache-control': 'no-store' } });
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: `${path}/:keyId`,
      auth: 'console',
      permission: 'app.keys',
      summary: 'Removes an API key; it stops working at once.',
      tag,
      rate: 'default',
      params: z.object({ appId: z.uuid(), keyId: z.uuid() }),
      answers: 'nothing',
      errors: ['not_found'],
      handler: async ({ principal, params }) => {
        const app = await appService.find(principal.scope, params.appId);
        await appService.removeKey(principal.scope, app, params.keyId);
        return undefined;
      },
    }),
  ];
}
