import type { Catalogue } from '@trellis/models';
import { z } from 'zod';
import { type AnyRoute, defineRoute } from '../../platform/http/route.ts';
import { resultSchema, success } from '../accounts/schema.ts';
import type { ProviderService } from './provider-service.ts';
import { modelRoute, modelTypeField } from './route-fields.ts';
import type { ModelService } from './service.ts';

/** Which model of a type is taken where none is named. */
export function defaultModelRoutes({
  catalogue,
  models,
  providers,
}: {
  catalogue: Catalogue;
  models: ModelService;
  providers: ProviderService;
}): AnyRoute[] {
  const path = '/console/api/workspaces/current/default-model';
  return [
    defineRoute({
      ...modelRoute,
      method: 'GET',
      path,
      permission: 'model.read',
      summary: 'The default model of a type.',
      query: z.object({ model_type: modelTypeField }),
      response: z.object({ data: z.looseObject({ model: z.string() }).nullable() }),
      errors: ['invalid_param'],
      handler: async ({ principal, query }) => {
        const reference = await models.defaultOf(principal.scope, query.model_type);
        const provider = reference && catalogue.findProvider(reference.provider);
        if (!reference || !provider) return { data: null };
        return {
          data: {
            model: reference.model,
            model_type: query.model_type,
            provider: { provider: provider.id, label: provider.label },
          },
        };
      },
    }),
    defineRoute({
      ...modelRoute,
      method: 'POST',
      path,
      permission: 'model.manage',
      summary: 'Chooses default models; entries without a provider are passed over.',
      body: z.object({
        model_settings: z.array(
          z.object({
            model_type: modelTypeField,
            provider: z.string().nullish(),
            model: z.string().nullish(),
          }),
        ),
      }),
      response: resultSchema,
      errors: ['invalid_param', 'not_found', 'provider_not_initialize'],
      handler: async ({ principal, body }) => {
        for (const setting of body.model_settings) {
          if (!setting.provider || !setting.model) continue;
          await providers.setDefault(principal.scope, {
            provider: setting.provider,
            model: setting.model,
            modelType: setting.model_type,
          });
        }
        return success;
      },
    }),
  ];
}
