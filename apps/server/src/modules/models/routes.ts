import { readFile } from 'node:fs/promises';
import type { Catalogue } from '@trellis/models';
import { z } from 'zod';
import { notFound } from '../../platform/errors.ts';
import { type AnyRoute, BinaryReply, defineRoute } from '../../platform/http/route.ts';
import { defaultModelRoutes } from './default-model-routes.ts';
import { modelCredentialRoutes } from './model-credential-routes.ts';
import { modelViews, toModelItem, toProviderResponse } from './present.ts';
import { providerCredentialRoutes } from './provider-credential-routes.ts';
import type { ProviderService } from './provider-service.ts';
import {
  modelRoute,
  modelTypeField,
  providerIdOf,
  providerParams,
  providerPath,
  providersPath,
} from './route-fields.ts';
import type { ModelService } from './service.ts';
import type { ModelStore } from './store.ts';

/** What the model routes need. */
export interface ModelRouteOptions {
  catalogue: Catalogue;
  modelStore: ModelStore;
  models: ModelService;
  providers: ProviderService;
}

/** Providers, credentials, models and defaults (spec: model runtime §8.2). */
export function modelRoutes(options: ModelRouteOptions): AnyRoute[] {
  return [
    ...listRoutes(options),
    ...providerCredentialRoutes(options),
    ...modelCredentialRoutes(options),
    ...defaultModelRoutes(options),
  ];
}

function listRoutes({ catalogue, modelStore, models, providers }: ModelRouteOptions): AnyRoute[] {
  return [
    defineRoute({
      ...modelRoute,
      method: 'GET',
      path: providersPath,
      permission: 'model.read',
      summary: 'All model providers and what the workspace has configured of them.',
      query: z.object({ model_type: modelTypeField.optional() }),
      response: z.object({ data: z.array(z.looseObject({ provider: z.string() })) }),
      handler: async ({ principal, query }) => {
        const rows = await modelStore.allRows(principal.scope);
        const shown = catalogue
          .providers()
          .filter(
            (provider) => !query.model_type || provider.supported_model_types.includes(query.model_type),
          );
        return { data: shown.map((provider) => toProviderResponse(provider, rows.get(provider.id))) };
      },
    }),
    defineRoute({
      ...modelRoute,
      method: 'GET',
      path: `${providerPath}/models`,
      permission: 'model.read',
      summary: 'The models of a provider with their state.',
      params: providerParams,
      response: z.object({ data: z.array(z.looseObject({ model: z.string() })) }),
      errors: ['not_found'],
      handler: async ({ principal, params }) => {
        const provider = providers.provider(providerIdOf(params));
        const rows = await modelStore.rowsOf(principal.scope, provider.id);
        return { data: modelViews(catalogue, provider, rows).map(toModelItem) };
      },
    }),
    defineRoute({
      ...modelRoute,
      method: 'GET',
      path: `${providerPath}/models/parameter-rules`,
      permission: 'model.read',
      summary: 'The parameters that a language model takes.',
      params: providerParams,
      query: z.object({ model: z.string() }),
      response: z.object({ data: z.array(z.looseObject({ name: z.string() })) }),
      errors: ['not_found', 'provider_not_initialize'],
      handler: async ({ principal, params, query }) => {
        const provider = providers.provider(providerIdOf(params));
        const rows = await modelStore.rowsOf(principal.scope, provider.id);
        const isCustom = rows.customModels.some(
          (row) => row.model === query.model && row.modelType === 'llm',
        );
        const schema = isCustom
          ? (
              await models.resolve(principal.scope, {
                provider: provider.id,
                model: query.model,
                type: 'llm',
              })
            ).schema
          : catalogue.modelSchema({ provider: provider.id, type: 'llm', model: query.model });
        return { data: schema.parameter_rules.map((rule) => ({ ...rule })) };
      },
    }),
    defineRoute({
      ...modelRoute,
      method: 'GET',
      path: '/console/api/workspaces/current/models/model-types/:modelType',
      permission: 'model.read',
      summary: 'The models of a type that can be used, by provider.',
      params: z.object({ modelType: modelTypeField }),
      response: z.object({ data: z.array(z.looseObject({ provider: z.string() })) }),
      errors: ['not_found'],
      handler: async ({ principal, params }) => {
        const rows = await modelStore.allRows(principal.scope);
        const data = catalogue.providers().flatMap((provider) => {
          const views = modelViews(catalogue, provider, rows.get(provider.id), params.modelType).filter(
            (view) => view.status === 'active' && !view.schema.deprecated,
          );
          if (views.length === 0) return [];
          const card = toProviderResponse(provider, rows.get(provider.id));
          return [
            {
              tenant_id: principal.scope.workspaceId,
              provider: provider.id,
              label: provider.label,
              icon_small: card.icon_small,
              icon_small_dark: card.icon_small_dark,
              status: 'active',
              models: views.map(toModelItem),
            },
          ];
        });
        return { data };
      },
    }),
    defineRoute({
      ...modelRoute,
      method: 'GET',
      path: '/console/api/model-provider-icons/:organisation/:plugin/:name/:kind',
      auth: 'public',
      summary: "A provider's icon.",
      params: providerParams.extend({ kind: z.enum(['icon_small', 'icon_small_dark']) }),
      answers: 'bytes',
      errors: ['not_found'],
      handler: async ({ params }) => {
        const provider = providers.provider(providerIdOf(params));
        const path = catalogue.iconPath(provider.id, params.kind);
        if (path === null) throw notFound('This provider has no icon.');
        return new BinaryReply(await readFile(path), {
          'content-type': path.endsWith('.svg') ? 'image/svg+xml' : 'image/png',
          'cache-control': 'public, max-age=86400',
          'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
        });
      },
    }),
  ];
}
