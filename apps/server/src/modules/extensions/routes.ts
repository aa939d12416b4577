import { z } from 'zod';
import { chosenAddress } from '../../platform/http/chosen-address.ts';
import { type AnyRoute, defineRoute } from '../../platform/http/route.ts';
import { seconds } from '../../platform/time.ts';
import type { ExtensionService } from './service.ts';
import type { ApiExtension } from './store.ts';

const tag = 'Extensions';
const one = z.object({ extensionId: z.uuid() });
const shown = z.object({
  id: z.string(),
  name: z.string(),
  api_endpoint: z.string(),
  api_key: z.string(),
  created_at: z.number(),
});
const body = z.object({
  name: z.string().trim().min(1, 'is required').max(255, 'must have at most 255 characters'),
  api_endpoint: chosenAddress(
    z.string().trim().min(1, 'is required').max(2048, 'must have at most 2048 characters'),
  ),
  api_key: z
    .string()
    .min(5, 'must have at least 5 characters')
    .max(4096, 'must have at most 4096 characters'),
});

/** The services that a workspace has named as API-based extensions (spec: agents and tools §4.4, console §3.6). */
export function extensionRoutes({ extensions }: { extensions: ExtensionService }): AnyRoute[] {
  const path = '/console/api/api-based-extension';
  return [
    defineRoute({
      method: 'GET',
      path,
      auth: 'console',
      permission: 'extension.read',
      summary: 'The API-based extensions of the workspace; keys are masked.',
      tag,
      rate: 'default',
      response: z.array(shown),
      handler: async ({ principal }) => (await extensions.list(principal.scope)).map(present),
    }),
    defineRoute({
      method: 'POST',
      path,
      auth: 'console',
      permission: 'extension.manage',
      summary: 'Adds an API-based extension that answers a ping.',
      tag,
      rate: 'default',
      body,
      status: 201,
      response: shown,
      errors: ['invalid_param'],
      handler: async ({ principal, body: input }) =>
        present(
          await extensions.add(principal.scope, { ...toInput(input), accountId: principal.account.id }),
        ),
    }),
    defineRoute({
      method: 'GET',
      path: `${path}/:extensionId`,
      auth: 'console',
      permission: 'extension.read',
      summary: 'One API-based extension.',
      tag,
      rate: 'default',
      params: one,
      response: shown,
      errors: ['not_found'],
      handler: async ({ principal, params }) =>
        present(await extensions.find(principal.scope, params.extensionId)),
    }),
    defineRoute({
      method: 'POST',
      path: `${path}/:extensionId`,
      auth: 'console',
      permission: 'extension.manage',
      summary: 'Changes an API-based extension. `[__HIDDEN__]` keeps the key.',
      tag,
      rate: 'default',
      params: one,
      body,
      response: shown,
      errors: ['not_found', 'invalid_param'],
      handler: async ({ principal, params, body: input }) =>
        present(await extensions.change(principal.scope, params.extensionId, toInput(input))),
    }),
    defineRoute({
      method: 'DELETE',
      path: `${path}/:extensionId`,
      auth: 'console',
      permission: 'extension.manage',
      summary: 'Removes an API-based extension.',
      tag,
      rate: 'default',
      params: one,
      answers: 'nothing',
      errors: ['not_found'],
      handler: async ({ principal, params }) => {
        await extensions.remove(principal.scope, params.extensionId);
        return undefined;
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/console/api/code-based-extension',
      auth: 'console',
      permission: 'extension.read',
      summary: 'Extensions that the installation brings as code: there are none.',
      tag,
      rate: 'default',
      query: z.object({ module: z.enum(['moderation', 'external_data_tool']) }),
      response: z.object({ module: z.string(), data: z.array(z.unknown()) }),
      errors: ['invalid_param'],
      handler: async ({ query }) => ({ module: query.module, data: [] }),
    }),
  ];
}

function toInput(input: z.infer<typeof body>) {
  return { name: input.name, apiEndpoint: input.api_endpoint, apiKey: input.api_key };
}

function present(row: ApiExtension): z.infer<typeof shown> {
  return {
    id: row.id,
    name: row.name,
    api_endpoint: row.apiEndpoint,
    api_key: row.maskedApiKey,
    created_at: seconds(row.createdAt),
  };
}
