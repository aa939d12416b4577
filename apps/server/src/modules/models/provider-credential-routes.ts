import { z } from 'zod';
import { invalidParam } from '../../platform/errors.ts';
import { type AnyRoute, defineRoute } from '../../platform/http/route.ts';
import { resultSchema, success } from '../accounts/schema.ts';
import type { ProviderService } from './provider-service.ts';
import {
  credentialFields,
  modelRoute,
  providerIdOf,
  providerParams,
  providerPath,
  validation,
  validationResult,
} from './route-fields.ts';

/** Credentials of whole providers: to see, add, change, check, switch and remove. */
export function providerCredentialRoutes({ providers }: { providers: ProviderService }): AnyRoute[] {
  const path = `${providerPath}/credentials`;
  const common = { ...modelRoute, params: providerParams } as const;
  return [
    defineRoute({
      ...common,
      method: 'GET',
      path,
      permission: 'model.manage',
      summary: 'Stored credentials, secrets masked.',
      query: z.object({ credential_id: z.uuid().optional() }),
      response: z.object({ credentials: z.record(z.string(), z.unknown()).nullable() }),
      errors: ['not_found'],
      handler: async ({ principal, params, query }) => ({
        credentials: await providers.maskedProviderCredential(
          principal.scope,
          providerIdOf(params),
          query.credential_id,
        ),
      }),
    }),
    defineRoute({
      ...common,
      method: 'POST',
      path,
      permission: 'model.manage',
      summary: 'Checks credentials by a call to the provider and stores them encrypted.',
      body: z.object(credentialFields),
      response: resultSchema,
      status: 201,
      errors: ['invalid_param', 'not_found'],
      handler: async ({ principal, params, body }) => {
        await providers.addProviderCredential(principal.scope, providerIdOf(params), body);
        return success;
      },
    }),
    defineRoute({
      ...common,
      method: 'PUT',
      path,
      permission: 'model.manage',
      summary: 'Changes stored credentials; masked secrets stay as they are.',
      body: z.object({ ...credentialFields, credential_id: z.uuid() }),
      response: resultSchema,
      errors: ['invalid_param', 'not_found'],
      handler: async ({ principal, params, body }) => {
        await providers.updateProviderCredential(principal.scope, providerIdOf(params), {
          credentialId: body.credential_id,
          credentials: body.credentials,
          name: body.name,
        });
        return success;
      },
    }),
    defineRoute({
      ...common,
      method: 'DELETE',
      path,
      permission: 'model.manage',
      summary: 'Removes stored credentials.',
      body: z.object({ credential_id: z.uuid() }),
      answers: 'nothing',
      errors: ['not_found', 'invalid_param'],
      handler: async ({ principal, params, body }) => {
        await providers.removeProviderCredential(principal.scope, providerIdOf(params), body.credential_id);
        return undefined;
      },
    }),
    defineRoute({
      ...common,
      method: 'POST',
      path: `${path}/switch`,
      permission: 'model.manage',
      summary: 'Puts other stored credentials into use.',
      body: z.object({ credential_id: z.uuid() }),
      response: resultSchema,
      errors: ['not_found', 'invalid_param'],
      handler: async ({ principal, params, body }) => {
        await providers.switchProviderCredential(principal.scope, providerIdOf(params), body.credential_id);
        return success;
      },
    }),
    defineRoute({
      ...common,
      method: 'POST',
      path: `${path}/validate`,
      permission: 'model.manage',
      summary: 'Checks credentials without storing them.',
      body: z.object({ credentials: z.record(z.string(), z.unknown()), credential_id: z.uuid().optional() }),
      response: validationResult,
      errors: ['not_found'],
      handler: async ({ principal, params, body }) =>
        validation(() =>
          providers.validateProvider(
            principal.scope,
            providerIdOf(params),
            body.credentials,
            body.credential_id,
          ),
        ),
    }),
    defineRoute({
      ...common,
      method: 'POST',
      path: `${providerPath}/preferred-provider-type`,
      permission: 'model.manage',
      summary: "Chooses whose credentials are used; this installation has only the workspace's own.",
      body: z.object({ preferred_provider_type: z.enum(['system', 'custom']) }),
      response: resultSchema,
      errors: ['invalid_param', 'not_found'],
      handler: async ({ params, body }) => {
        providers.provider(providerIdOf(params));
        if (body.preferred_provider_type === 'system') {
          throw invalidParam(
            'preferred_provider_type: there are no hosted models here',
            'preferred_provider_type',
          );
        }
        return success;
      },
    }),
  ];
}
