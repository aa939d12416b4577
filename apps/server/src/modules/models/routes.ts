import { readFile } from 'node:fs/promises';
import { type Catalogue, type ModelType, modelTypes, parseModelType } from '@trellis/models';
import { z } from 'zod';
import { ApiError, invalidParam, notFound } from '../../platform/errors.ts';
import { type AnyRoute, BinaryReply, defineRoute } from '../../platform/http/route.ts';
import { resultSchema, success } from '../accounts/schema.ts';
import { modelViews, toModelItem, toProviderResponse } from './present.ts';
import type { ProviderService } from './provider-service.ts';
import type { ModelService } from './service.ts';
import type { ModelStore } from './store.ts';

/** What the model routes need. */
export interface ModelRouteOptions {
  catalogue: Catalogue;
  modelStore: ModelStore;
  models: ModelService;
  providers: ProviderService;
}

const tag = 'Models';
const base = '/console/api/workspaces/current/model-providers';
/** Provider ids have three parts: `organisation/plugin/provider`. */
const providerPath = `${base}/:organisation/:plugin/:name`;
const part = z.string().regex(/^[a-z0-9_-]+$/);
const providerParams = z.object({ organisation: part, plugin: part, name: part });
const idOf = (params: z.infer<typeof providerParams>) =>
  `${params.organisation}/${params.plugin}/${params.name}`;

const modelTypeField = z.string().transform((text, context): ModelType => {
  const type = parseModelType(text);
  if (type) return type;
  context.addIssue({ code: 'custom', message: `must be one of ${modelTypes.join(', ')}` });
  return z.NEVER;
});
const modelFields = { model: z.string().min(1).max(255), model_type: modelTypeField };
const credentialFields = { credentials: z.record(z.string(), z.unknown()), name: z.string().optional() };
const validationResult = z.object({ result: z.enum(['success', 'error']), error: z.string().optional() });

/** Providers, credentials, models and defaults (spec: model runtime §8.2). */
export function modelRoutes(options: ModelRouteOptions): AnyRoute[] {
  return [
    ...listRoutes(options),
    ...providerCredentialRoutes(options),
    ...modelCredentialRoutes(options),
    ...defaultRoutes(options),
  ];
}

function listRoutes({ catalogue, modelStore, models, providers }: ModelRouteOptions): AnyRoute[] {
  return [
    defineRoute({
      method: 'GET',
      path: base,
      auth: 'console',
      permission: 'model.read',
      summary: 'All model providers and what the workspace has configured of them.',
      tag,
      rate: 'default',
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
      method: 'GET',
      path: `${providerPath}/models`,
      auth: 'console',
      permission: 'model.read',
      summary: 'The models of a provider with their state.',
      tag,
      rate: 'default',
      params: providerParams,
      response: z.object({ data: z.array(z.looseObject({ model: z.string() })) }),
      errors: ['not_found'],
      handler: async ({ principal, params }) => {
        const provider = providers.provider(idOf(params));
        const rows = await modelStore.rowsOf(principal.scope, provider.id);
        return { data: modelViews(catalogue, provider, rows).map(toModelItem) };
      },
    }),
    defineRoute({
      method: 'GET',
      path: `${providerPath}/models/parameter-rules`,
      auth: 'console',
      permission: 'model.read',
      summary: 'The parameters that a language model takes.',
      tag,
      rate: 'default',
      params: providerParams,
      query: z.object({ model: z.string() }),
      response: z.object({ data: z.array(z.looseObject({ name: z.string() })) }),
      errors: ['not_found', 'provider_not_initialize'],
      handler: async ({ principal, params, query }) => {
        const provider = providers.provider(idOf(params));
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
      method: 'GET',
      path: '/console/api/workspaces/current/models/model-types/:modelType',
      auth: 'console',
      permission: 'model.read',
      summary: 'The models of a type that can be used, by provider.',
      tag,
      rate: 'default',
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
      method: 'GET',
      path: '/console/api/model-provider-icons/:organisation/:plugin/:name/:kind',
      auth: 'public',
      summary: "A provider's icon.",
      tag,
      rate: 'default',
      params: providerParams.extend({ kind: z.enum(['icon_small', 'icon_small_dark']) }),
      answers: 'bytes',
      errors: ['not_found'],
      handler: async ({ params }) => {
        const provider = providers.provider(idOf(params));
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

function providerCredentialRoutes({ providers }: ModelRouteOptions): AnyRoute[] {
  const path = `${providerPath}/credentials`;
  const common = { auth: 'console', tag, rate: 'default', params: providerParams } as const;
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
          idOf(params),
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
        await providers.addProviderCredential(principal.scope, idOf(params), body);
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
        await providers.updateProviderCredential(principal.scope, idOf(params), {
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
        await providers.removeProviderCredential(principal.scope, idOf(params), body.credential_id);
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
        await providers.switchProviderCredential(principal.scope, idOf(params), body.credential_id);
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
          providers.validateProvider(principal.scope, idOf(params), body.credentials, body.credential_id),
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
        providers.provider(idOf(params));
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

/** A refused credential is an answer here, not an error. */
async function validation(check: () => Promise<unknown>): Promise<z.infer<typeof validationResult>> {
  try {
    await check();
    return { result: 'success' };
  } catch (error) {
    if (error instanceof ApiError && error.code === 'invalid_param')
      return { result: 'error', error: error.message };
    throw error;
  }
}

function modelCredentialRoutes({ providers }: ModelRouteOptions): AnyRoute[] {
  const path = `${providerPath}/models/credentials`;
  const common = { auth: 'console', tag, rate: 'default', params: providerParams } as const;
  const keyOf = (params: z.infer<typeof providerParams>, body: { model: string; model_type: string }) => ({
    provider: idOf(params),
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

function defaultRoutes({ catalogue, models, providers }: ModelRouteOptions): AnyRoute[] {
  const path = '/console/api/workspaces/current/default-model';
  return [
    defineRoute({
      method: 'GET',
      path,
      auth: 'console',
      permission: 'model.read',
      summary: 'The default model of a type.',
      tag,
      rate: 'default',
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
      method: 'POST',
      path,
      auth: 'console',
      permission: 'model.manage',
      summary: 'Chooses default models; entries without a provider are passed over.',
      tag,
      rate: 'default',
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
