import { z } from 'zod';
import { type AnyRoute, defineRoute, JsonReply } from '../../../platform/http/route.ts';
import { secondsOrNull } from '../../../platform/time.ts';
import type { AppService } from '../../apps/app-service.ts';
import type { CallbackSecret, CallbackSecrets } from './callback-secrets.ts';

const path = '/console/api/apps/:appId/callback-secret';
const params = z.object({ appId: z.uuid() });
const response = z.object({
  /** `whsec_` and base64. */
  secret: z.string(),
  /** Until then callbacks are signed with the secret before as well. */
  previous_valid_until: z.number().nullable(),
});

/** The secret that an app's callbacks are signed with, for those who may see its keys. */
export function callbackSecretRoutes(options: {
  appService: AppService;
  callbackSecrets: CallbackSecrets;
}): AnyRoute[] {
  const { appService, callbackSecrets } = options;
  return [
    defineRoute({
      method: 'GET',
      path,
      auth: 'console',
      permission: 'app.keys',
      summary: 'The secret that callbacks of the app are signed with.',
      tag: 'Apps',
      rate: 'default',
      params,
      response,
      errors: ['not_found'],
      handler: async ({ principal, params: { appId } }) => {
        const app = await appService.find(principal.scope, appId);
        return toReply(await callbackSecrets.current(principal.scope, app.id));
      },
    }),
    defineRoute({
      method: 'POST',
      path: `${path}/rotate`,
      auth: 'console',
      permission: 'app.keys',
      summary: 'Gives the app a new secret; callbacks are signed with the old one as well for a day.',
      tag: 'Apps',
      rate: 'default',
      params,
      response,
      errors: ['not_found', 'conflict'],
      handler: async ({ principal, params: { appId } }) => {
        const app = await appService.find(principal.scope, appId);
        return toReply(await callbackSecrets.rotate(principal.scope, app.id));
      },
    }),
  ];
}

function toReply({ secret, previousUntil }: CallbackSecret) {
  const body = { secret, previous_valid_until: secondsOrNull(previousUntil) };
  return new JsonReply(body, { headers: { 'cache-control': 'no-store' } });
}
