import { z } from 'zod';
import type { ConsolePrincipal } from '../../platform/auth/principals.ts';
import { invalidParam } from '../../platform/errors.ts';
import { type AnyRoute, defineRoute } from '../../platform/http/route.ts';
import type { WorkflowService } from '../workflows/workflow-service.ts';
import type { WorkspaceStore } from '../workspaces/store.ts';
import { type AppService, isPromptMode } from './app-service.ts';
import { configRoutes } from './config-routes.ts';
import { keyRoutes } from './key-routes.ts';
import type { ApiKeyStore } from './key-store.ts';
import { type AppContext, type PublicAddresses, toConsoleSite, toDetail, toSummary } from './present.ts';
import {
  appDetailSchema,
  appListQuery,
  appSummarySchema,
  consoleSiteSchema,
  copyAppBody,
  createAppBody,
  siteBody,
  updateAppBody,
} from './schema.ts';
import type { App, AppMode, AppStore } from './store.ts';
import type { TagStore } from './tag-store.ts';

/** What the app routes need. */
export interface AppRouteOptions {
  apps: AppStore;
  appService: AppService;
  keys: ApiKeyStore;
  tags: TagStore;
  workspaces: WorkspaceStore;
  workflows: { service: WorkflowService };
  addresses: PublicAddresses;
}

const tag = 'Apps';
const appParams = z.object({ appId: z.uuid() });

/** Apps in the console (spec: console §3.4). */
export function appRoutes(options: AppRouteOptions): AnyRoute[] {
  const presenter = new AppPresenter(options);
  return [
    ...listRoutes(options, presenter),
    ...changeRoutes(options, presenter),
    ...configRoutes(options),
    ...keyRoutes(options),
  ];
}

/** Gathers what an app is shown with. */
class AppPresenter {
  readonly #options: AppRouteOptions;

  constructor(options: AppRouteOptions) {
    this.#options = options;
  }

  async context(principal: ConsolePrincipal, rows: App[]): Promise<AppContext> {
    const { tags, workspaces } = this.#options;
    const authors = [...new Set(rows.flatMap((row) => (row.createdBy === null ? [] : [row.createdBy])))];
    const [bound, authorNames] = await Promise.all([
      tags.ofTargets(
        principal.scope,
        rows.map((row) => row.id),
      ),
      workspaces.memberNames(principal.scope, authors),
    ]);
    return { tags: bound, authorNames };
  }

  async detail(principal: ConsolePrincipal, app: App) {
    const { appService, apps, addresses } = this.#options;
    const [context, config, site, workflow] = await Promise.all([
      this.context(principal, [app]),
      appService.publishedConfig(principal.scope, app),
      apps.site(principal.scope, app.id),
      isPromptMode(app.mode) ? null : this.#options.workflows.service.published(principal.scope, app),
    ]);
    return toDetail(app, { context, config, site, addresses, workflow });
  }
}

function listRoutes({ apps, appService, workflows }: AppRouteOptions, presenter: AppPresenter): AnyRoute[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/console/api/apps',
      auth: 'console',
      permission: 'app.list',
      summary: 'A page of the apps of the workspace.',
      tag,
      rate: 'default',
      query: appListQuery,
      response: z.object({
        page: z.number(),
        limit: z.number(),
        total: z.number(),
        has_more: z.boolean(),
        data: z.array(appSummarySchema),
      }),
      errors: ['invalid_param'],
      handler: async ({ principal, query }) => {
        const { rows, total } = await apps.list(principal.scope, {
          page: query.page,
          limit: query.limit,
          mode:
            query.mode === 'all' || query.mode === 'agent' || query.mode === 'channel'
              ? undefined
              : query.mode,
          name: query.name,
          tagIds: query.tag_ids,
          createdBy: query.is_created_by_me ? [principal.account.id] : query.creator_ids,
          sortBy: query.sort_by,
        });
        const context = await presenter.context(principal, rows);
        return {
          page: query.page,
          limit: query.limit,
          total,
          has_more: query.page * query.limit < total,
          data: rows.map((row) => toSummary(row, context)),
        };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/console/api/apps',
      auth: 'console',
      permission: 'app.edit',
      summary: 'Makes an app.',
      tag,
      rate: 'default',
      body: createAppBody,
      response: appDetailSchema,
      status: 201,
      errors: ['invalid_param'],
      handler: async ({ principal, body }) => {
        assertSupported(body.mode);
        const app = await appService.create(principal, body);
        if (!isPromptMode(app.mode)) await workflows.service.begin(principal, app, String(Date.now()));
        return presenter.detail(principal, app);
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/console/api/apps/:appId',
      auth: 'console',
      permission: 'app.read',
      summary: 'An app, whole.',
      tag,
      rate: 'default',
      params: appParams,
      response: appDetailSchema,
      errors: ['not_found'],
      handler: async ({ principal, params }) =>
        presenter.detail(principal, await appService.find(principal.scope, params.appId)),
    }),
    defineRoute({
      method: 'POST',
      path: '/console/api/apps/:appId/copy',
      auth: 'console',
      permission: 'app.edit',
      summary: 'Copies an app.',
      tag,
      rate: 'default',
      params: appParams,
      body: copyAppBody,
      response: appDetailSchema,
      status: 201,
      errors: ['not_found', 'invalid_param'],
      handler: async ({ principal, params, body }) => {
        const app = await appService.copy(principal, params.appId, body);
        if (!isPromptMode(app.mode)) await workflows.service.copyDraft(principal, params.appId, app);
        return presenter.detail(principal, app);
      },
    }),
  ];
}

/** Modes whose parts are not in this server yet are refused in words instead of making an app that cannot run. */
function assertSupported(mode: AppMode): void {
  if (mode !== 'agent-chat') return;
  throw invalidParam(`mode: apps of the mode ${mode} cannot be made in this version yet`, 'mode');
}

function changeRoutes({ appService, addresses }: AppRouteOptions, presenter: AppPresenter): AnyRoute[] {
  /** The one-field calls differ in body and change only. */
  function fieldRoute<S extends z.ZodType>(input: {
    path: string;
    permission: 'app.edit' | 'app.site' | 'app.keys';
    summary: string;
    body: S;
    toChange: (body: z.infer<S>) => Parameters<AppService['update']>[2];
  }): AnyRoute {
    return defineRoute({
      method: 'POST',
      path: `/console/api/apps/:appId/${input.path}`,
      auth: 'console',
      permission: input.permission,
      summary: input.summary,
      tag,
      rate: 'default',
      params: appParams,
      body: input.body,
      response: appDetailSchema,
      errors: ['not_found', 'invalid_param'],
      handler: async ({ principal, params, body }) =>
        presenter.detail(
          principal,
          await appService.update(principal, params.appId, input.toChange(body as z.infer<S>)),
        ),
    });
  }

  return [
    defineRoute({
      method: 'PUT',
      path: '/console/api/apps/:appId',
      auth: 'console',
      permission: 'app.edit',
      summary: 'Changes name, description, icon and limits of an app.',
      tag,
      rate: 'default',
      params: appParams,
      body: updateAppBody,
      response: appDetailSchema,
      errors: ['not_found', 'invalid_param'],
      handler: async ({ principal, params, body }) => {
        const app = await appService.update(principal, params.appId, {
          name: body.name,
          ...(body.description === undefined ? {} : { description: body.description }),
          ...iconChange(body),
          ...(body.use_icon_as_answer_icon === undefined
            ? {}
            : { useIconAsAnswerIcon: body.use_icon_as_answer_icon }),
          ...(body.max_active_requests === undefined ? {} : { maxActiveRequests: body.max_active_requests }),
        });
        return presenter.detail(principal, app);
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/console/api/apps/:appId',
      auth: 'console',
      permission: 'app.edit',
      summary: 'Deletes an app with its keys and its public page.',
      tag,
      rate: 'default',
      params: appParams,
      answers: 'nothing',
      errors: ['not_found'],
      handler: async ({ principal, params }) => {
        await appService.remove(principal.scope, params.appId);
        return undefined;
      },
    }),
    fieldRoute({
      path: 'name',
      permission: 'app.edit',
      summary: 'Renames an app.',
      body: z.object({ name: z.string().trim().min(1).max(255) }),
      toChange: (body) => ({ name: body.name }),
    }),
    fieldRoute({
      path: 'icon',
      permission: 'app.edit',
      summary: 'Changes the icon of an app.',
      body: z.object({
        icon_type: z.enum(['emoji', 'image', 'link']).optional(),
        icon: z.string().max(255),
        icon_background: z.string().max(64).optional(),
      }),
      toChange: (body) => iconChange(body),
    }),
    fieldRoute({
      path: 'site-enable',
      permission: 'app.site',
      summary: 'Switches the public page on or off.',
      body: z.object({ enable_site: z.boolean() }),
      toChange: (body) => ({ enableSite: body.enable_site }),
    }),
    fieldRoute({
      path: 'api-enable',
      permission: 'app.keys',
      summary: 'Switches the service API of an app on or off.',
      body: z.object({ enable_api: z.boolean() }),
      toChange: (body) => ({ enableApi: body.enable_api }),
    }),
    defineRoute({
      method: 'POST',
      path: '/console/api/apps/:appId/site',
      auth: 'console',
      permission: 'app.site',
      summary: 'Changes the public page.',
      tag,
      rate: 'default',
      params: appParams,
      body: siteBody,
      response: consoleSiteSchema,
      errors: ['not_found', 'invalid_param'],
      handler: async ({ principal, params, body }) => {
        const site = await appService.updateSite(principal, params.appId, siteChange(body));
        return toConsoleSite(site, addresses);
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/console/api/apps/:appId/site/access-token-reset',
      auth: 'console',
      permission: 'app.publish-link',
      summary: 'Gives the public page a new link; the old one stops working.',
      tag,
      rate: 'default',
      params: appParams,
      response: consoleSiteSchema,
      errors: ['not_found'],
      handler: async ({ principal, params }) =>
        toConsoleSite(await appService.resetSiteCode(principal, params.appId), addresses),
    }),
  ];
}

function iconChange(body: {
  icon_type?: 'emoji' | 'image' | 'link' | undefined;
  icon?: string | undefined;
  icon_background?: string | undefined;
}) {
  return {
    ...(body.icon_type === undefined ? {} : { iconType: body.icon_type }),
    ...(body.icon === undefined ? {} : { icon: body.icon }),
    ...(body.icon_background === undefined ? {} : { iconBackground: body.icon_background }),
  };
}

function siteChange(body: z.infer<typeof siteBody>) {
  const change = {
    title: body.title,
    description: body.description,
    iconType: body.icon_type,
    icon: body.icon,
    iconBackground: body.icon_background,
    defaultLanguage: body.default_language,
    chatColorTheme: body.chat_color_theme,
    chatColorThemeInverted: body.chat_color_theme_inverted,
    copyright: body.copyright,
    privacyPolicy: body.privacy_policy,
    customDisclaimer: body.custom_disclaimer,
    inputPlaceholder: body.input_placeholder,
    promptPublic: body.prompt_public,
    showWorkflowSteps: body.show_workflow_steps,
    useIconAsAnswerIcon: body.use_icon_as_answer_icon,
  };
  const given = Object.entries(change).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [K in keyof typeof change]?: NonNullable<(typeof change)[K]> };
}
