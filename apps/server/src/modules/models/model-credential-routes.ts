import { z } from 'zod';
import { type AnyRoute, defineRoute } from '../../platform/http/route.ts';
import { resultSchema, success } from '../accounts/schema.ts';
import type { ProviderService } from './provider-service.ts';
import {
  credentialFields,
  modelFields,
  modelRoute,
  providerIdOf,
  providerParams,
  providerPath,
  validation,
  validationResult,
} from './route-fields.ts';

/** Models with credentials of their own, and whether models may be used. */
export function modelCredentialRoutes({ providers }: { providers: ProviderService }): AnyRoute[] {
  const path = `${providerPath}/models/credentials`;
  const common = { ...modelRoute, params: providerParams } as const;
  const keyOf = (params: z.infer<typeof providerParams>, body: { model: string; model_type: string }) => ({
    provider: providerIdOf(params),
    model: body.model,
    modelType: body.model_type,
  });
  return [
    defineRoute({
      ...common,
      method: 'GET',
      path,
      permission: 'model.manage',
      summary: 'The credentials of a model, secrets masked.',
      query: z.object({
        ...modelFields,
        config_from: z.string().optional(),
        credential_id: z.uuid().optional(),
      }),
      response: z.looseObject({ credentials: z.record(z.string(), z.unknown()) }),
      errors: ['not_found', 'invalid_param'],
      handler: async ({ principal, params, query }) => {
        const view = await providers.maskedModelCredential(
          principal.scope,
          keyOf(params, query),
          query.credential_id,
        );
        return {
          credentials: view.credentials,
          current_credential_id: view.current?.id ?? null,
          current_credential_name: view.current?.name ?? null,
          load_balancing: { enabled: false, configs: [] },
          available_credentials: view.available.map((row) => ({
            credential_id: row.id,
            credential_name: row.name,
          })),
        };
      },
    }),
    defineRoute({
      ...common,
      method: 'POST',
      path,
      permission: 'model.manage',
      summary: 'Adds a model with credentials, or another key to a model.',
      body: z.object({ ...modelFields, ...credentialFields }),
      response: resultSchema,
      status: 201,
      errors: ['invalid_param', 'not_found'],
      handler: async ({ principal, params, body }) => {
        await providers.addModelCredential(principal.scope, keyOf(params, body), body);
        return success;
      },
    }),
    defineRoute({
      ...common,
      method: 'PUT',
      path,
      permission: 'model.manage',
      summary: 'Changes the credentials of a model.',
      body: z.object({ ...modelFields, ...credentialFields, credential_id: z.uuid() }),
      response: resultSchema,
      errors: ['invalid_param', 'not_found'],
      handler: async ({ principal, params, body }) => {
        await providers.updateModelCredential(principal.scope, keyOf(params, body), {
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
      summary: 'Removes credentials of a model; the model goes with its last ones.',
      body: z.object({ ...modelFields, credential_id: z.uuid() }),
      answers: 'nothing',
      errors: ['not_found', 'invalid_param'],
      handler: async ({ principal, params, body }) => {
        await providers.removeModelCredential(principal.scope, keyOf(params, body), body.credential_id);
        return undefined;
      },
    }),
    defineRoute({
      ...common,
      method: 'POST',
      path: `${path}/switch`,
      permission: 'model.manage',
      summary: 'Puts other credentials of a model into use.',
      body: z.object({ ...modelFields, credential_id: z.uuid() }),
      response: resultSchema,
      errors: ['not_found', 'invalid_param'],
      handler: async ({ principal, params, body }) => {
        await providers.switchModelCredential(principal.scope, keyOf(params, body), body.credential_id);
        return success;
      },
    }),
    defineRoute({
      ...common,
      method: 'POST',
      path: `${path}/validate`,
      permission: 'model.manage',
      summary: 'Checks the credentials of a model without storing them.',
      body: z.object({ ...modelFields, credentials: z.record(z.string(), z.unknown()) }),
      response: validationResult,
      errors: ['not_found'],
      handler: async ({ principal, params, body }) =>
        validation(() => providers.validateModel(principal.scope, keyOf(params, body), body.credentials)),
    }),
    defineRoute({
      ...common,
      method: 'DELETE',
      path: `${providerPath}/models`,
      permission: 'model.manage',
      summary: 'Takes a model off a provider; its credentials stay.',
      body: z.object(modelFields),
      answers: 'nothing',
      errors: ['not_found', 'invalid_param'],
      handler: async ({ principal, params, body }) => {
        await providers.removeModel(principal.scope, keyOf(params, body));
        return undefined;
      },
    }),
    ...(['enable', 'disable'] as const).map((action) =>
      defineRoute({
        ...common,
        method: 'PATCH',
        path: `${providerPath}/models/${action}`,
        permission: 'model.manage',
        summary: action === 'enable' ? 'Switches a model on.' : 'Switches a model off.',
        body: z.object(modelFields),
        response: resultSchema,
        errors: ['not_found', 'invalid_param'],
        handler: async ({ principal, params, body }) => {
          await providers.setEnabled(principal.scope, keyOf(params, body), action === 'enable');
          return success;
        },
      }),
    ),
  ];
}
