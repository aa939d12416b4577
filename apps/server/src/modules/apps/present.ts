import type { z } from 'zod';
import { maskApiKey } from '../../platform/crypto/api-key.ts';
import { seconds, secondsOrNull } from '../../platform/time.ts';
import type { WorkflowRow } from '../workflows/store.ts';
import type { ApiKey } from './key-store.ts';
import type { apiKeySchema, appDetailSchema, appSummarySchema, consoleSiteSchema } from './schema.ts';
import { publicSite } from './site.ts';
import type { App, AppModelConfig, Site } from './store.ts';

/** What an app is shown with. */
export interface AppContext {
  tags: { targetId: string; id: string; name: string; type: string }[];
  authorNames: Map<string, string>;
}

/** Public addresses that the console shows. */
export interface PublicAddresses {
  /** Base of the service API, ending in `/v1`; empty means "where the console came from". */
  apiBaseUrl: string;
  /** Base of web-app links; empty means "where the console came from". */
  appBaseUrl: string;
}

/** What an app tells of the version that it runs. */
type PublishedGraph = Pick<WorkflowRow, 'id' | 'createdBy' | 'createdAt' | 'updatedBy' | 'updatedAt'>;

/** An app in a list. */
export function toSummary(app: App, context: AppContext): z.infer<typeof appSummarySchema> {
  return {
    id: app.id,
    name: app.name,
    description: app.description,
    mode: app.mode,
    icon_type: app.iconType,
    icon: app.icon,
    icon_background: app.iconBackground,
    icon_url: null,
    tags: context.tags
      .filter((tag) => tag.targetId === app.id)
      .map(({ id, name, type }) => ({ id, name, type })),
    created_by: app.createdBy,
    author_name: (app.createdBy === null ? undefined : context.authorNames.get(app.createdBy)) ?? null,
    created_at: seconds(app.createdAt),
    updated_at: seconds(app.updatedAt),
    published_at: app.modelConfigId === null && app.workflowId === null ? null : seconds(app.updatedAt),
  };
}

/** An app, whole. */
export function toDetail(
  app: App,
  parts: {
    context: AppContext;
    config: AppModelConfig | null;
    site: Site | null;
    addresses: PublicAddresses;
    /** The published version of an app that is a graph. */
    workflow: PublishedGraph | null;
  },
): z.infer<typeof appDetailSchema> {
  const { config, site, addresses, workflow } = parts;
  return {
    ...toSummary(app, parts.context),
    published_at: secondsOrNull(config?.createdAt ?? workflow?.createdAt ?? null),
    enable_site: app.enableSite,
    enable_api: app.enableApi,
    model_config: config?.config ?? null,
    workflow: workflow && {
      id: workflow.id,
      created_by: workflow.createdBy,
      created_at: seconds(workflow.createdAt),
      updated_by: workflow.updatedBy,
      updated_at: seconds(workflow.updatedAt),
    },
    site: site && toConsoleSite(site, addresses),
    api_base_url: addresses.apiBaseUrl,
    use_icon_as_answer_icon: app.useIconAsAnswerIcon,
    max_active_requests: app.maxActiveRequests,
    updated_by: app.updatedBy,
    deleted_tools: [],
    access_mode: 'public',
  };
}

/** A site as the console edits it. */
export function toConsoleSite(site: Site, addresses: PublicAddresses): z.infer<typeof consoleSiteSchema> {
  return {
    ...publicSite(site),
    access_token: site.code,
    code: site.code,
    app_base_url: addresses.appBaseUrl,
  };
}

/** An API key; `key` is given once, when it is made. */
export function toApiKey(row: ApiKey, key?: string): z.infer<typeof apiKeySchema> {
  return {
    id: row.id,
    type: row.type,
    token: key ?? maskApiKey(row),
    last_used_at: secondsOrNull(row.lastUsedAt),
    created_at: seconds(row.createdAt),
  };
}
