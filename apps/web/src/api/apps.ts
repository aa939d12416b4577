import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { consoleApi } from './console.ts';
import type { ModelConfig } from './model-config.ts';

/** Kinds of apps. */
export type AppMode = 'chat' | 'agent-chat' | 'completion' | 'advanced-chat' | 'workflow';

/** Pages of a list that are asked for by number. */
export interface Page<T> {
  readonly page: number;
  readonly limit: number;
  readonly total: number;
  readonly has_more: boolean;
  readonly data: readonly T[];
}

/** A label that people put on apps. */
export interface Tag {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly binding_count?: number | string;
}

/** An app as the list shows it. */
export interface AppSummary {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly mode: AppMode;
  readonly icon_type: 'emoji' | 'image' | 'link' | null;
  readonly icon: string | null;
  readonly icon_background: string | null;
  readonly icon_url: string | null;
  readonly tags: readonly Tag[];
  readonly author_name: string | null;
  readonly created_at: number;
  readonly updated_at: number;
  readonly published_at?: number | null;
}

/** The public page of an app. */
export interface Site {
  /** The code in the page's address. */
  readonly access_token: string;
  readonly app_base_url: string;
  readonly title: string;
  readonly description: string | null;
  readonly icon_type: AppSummary['icon_type'];
  readonly icon: string | null;
  readonly icon_background: string | null;
  readonly icon_url: string | null;
  readonly default_language: string;
  readonly chat_color_theme: string | null;
  readonly chat_color_theme_inverted: boolean;
  readonly copyright: string | null;
  readonly privacy_policy: string | null;
  readonly custom_disclaimer: string;
  readonly input_placeholder?: string | null;
  readonly show_workflow_steps: boolean;
  readonly use_icon_as_answer_icon: boolean;
}

/** An app with everything its pages need. */
export interface AppDetail extends AppSummary {
  readonly enable_site: boolean;
  readonly enable_api: boolean;
  readonly api_base_url: string;
  /** The published configuration of a prompt app; null before the first publication. */
  readonly model_config: ModelConfig | null;
  /** The version that an app runs which is a graph; null before the first publication and for prompt apps. */
  readonly workflow?: { readonly id: string; readonly created_at: number } | null;
  readonly site: Site | null;
  readonly use_icon_as_answer_icon: boolean;
  readonly max_active_requests: number | null;
}

/** What a person decides about an app's appearance. */
export interface AppIdentity {
  readonly name: string;
  readonly description: string;
  readonly icon_type: 'emoji' | 'image' | 'link';
  readonly icon: string;
  readonly icon_background: string;
}

/** Filters of the list. */
export interface AppListFilter {
  readonly mode?: AppMode | undefined;
  readonly name?: string | undefined;
  readonly tag_ids?: readonly string[] | undefined;
  readonly is_created_by_me?: boolean | undefined;
  readonly sort_by?: string | undefined;
  readonly limit?: number | undefined;
}

/** How an import ended. */
export interface AppImport {
  readonly id: string;
  readonly status: 'completed' | 'completed-with-warnings' | 'pending' | 'failed';
  readonly app_id: string | null;
  readonly app_mode: AppMode | null;
  readonly current_dsl_version: string;
  readonly imported_dsl_version: string;
  readonly error: string;
}

/** A ready-made app of the gallery. */
export interface Template {
  readonly app_id: string;
  readonly category: string | readonly string[];
  readonly description: string;
  readonly app: Pick<AppSummary, 'id' | 'name' | 'mode' | 'icon_type' | 'icon' | 'icon_background'> & {
    readonly icon_url?: string | null;
  };
}

/** A key of the service API; `token` is whole in the answer that creates it and masked ever after. */
export interface ApiKey {
  readonly id: string;
  readonly token: string;
  readonly last_used_at: number | null;
  readonly created_at: number;
}

function fetchApps(filter: AppListFilter, page: number, signal: AbortSignal): Promise<Page<AppSummary>> {
  return consoleApi<Page<AppSummary>>('/apps', {
    query: { ...filter, limit: filter.limit ?? 30, tag_ids: filter.tag_ids?.join(','), page },
    signal,
  });
}

/** The first page of apps that match. */
export const appListQuery = (filter: AppListFilter) =>
  queryOptions({
    queryKey: ['apps', 'first', filter],
    queryFn: ({ signal }) => fetchApps(filter, 1, signal),
  });

/** All pages of apps that match, one after the other. */
export const appPagesQuery = (filter: AppListFilter) =>
  infiniteQueryOptions({
    queryKey: ['apps', 'pages', filter],
    queryFn: ({ pageParam, signal }) => fetchApps(filter, pageParam, signal),
    initialPageParam: 1,
    getNextPageParam: (last) => (last.has_more ? last.page + 1 : undefined),
  });

/** What callbacks of an app are signed with. */
export interface CallbackSecret {
  readonly secret: string;
  /** Until then they are signed with the secret before as well. */
  readonly previous_valid_until: number | null;
}

/** The secret of an app's callbacks, for those who may see its keys. */
export const callbackSecretQuery = (id: string) =>
  queryOptions({
    queryKey: ['app', id, 'callback-secret'],
    queryFn: ({ signal }) => consoleApi<CallbackSecret>(`/apps/${id}/callback-secret`, { signal }),
  });

/** One app. */
export const appQuery = (id: string) =>
  queryOptions({
    queryKey: ['app', id],
    queryFn: ({ signal }) => consoleApi<AppDetail>(`/apps/${id}`, { signal }),
  });

/** The labels used on apps. */
export const tagsQuery = queryOptions({
  queryKey: ['tags', 'app'],
  queryFn: ({ signal }) => consoleApi<Tag[]>('/tags', { query: { type: 'app' }, signal }),
});

/** The gallery in a language. */
export const templatesQuery = (language: string) =>
  queryOptions({
    queryKey: ['templates', language],
    queryFn: ({ signal }) =>
      consoleApi<{ recommended_apps: Template[]; categories: string[] }>('/explore/apps', {
        query: { language },
        signal,
      }),
    staleTime: 300_000,
  });

/** The keys of an app. */
export const apiKeysQuery = (appId: string) =>
  queryOptions({
    queryKey: ['app', appId, 'api-keys'],
    queryFn: ({ signal }) => consoleApi<{ data: ApiKey[] }>(`/apps/${appId}/api-keys`, { signal }),
  });

/** The calls that change apps. */
export const appsApi = {
  create: (input: AppIdentity & { mode: AppMode }) =>
    consoleApi<AppDetail>('/apps', { method: 'POST', body: input }),
  update: (
    id: string,
    input: AppIdentity & { use_icon_as_answer_icon?: boolean; max_active_requests?: number | null },
  ) => consoleApi<AppDetail>(`/apps/${id}`, { method: 'PUT', body: input }),
  remove: (id: string) => consoleApi<void>(`/apps/${id}`, { method: 'DELETE' }),
  copy: (id: string, input: AppIdentity) =>
    consoleApi<AppDetail>(`/apps/${id}/copy`, { method: 'POST', body: input }),
  exportFile: (id: string) =>
    consoleApi<{ data: string }>(`/apps/${id}/export`, { query: { include_secret: false } }),
  importFile: (
    input: ({ mode: 'yaml-content'; yaml_content: string } | { mode: 'yaml-url'; yaml_url: string }) & {
      name?: string;
      description?: string;
    },
  ) => consoleApi<AppImport>('/apps/imports', { method: 'POST', body: input }),
  confirmImport: (importId: string) =>
    consoleApi<AppImport>(`/apps/imports/${importId}/confirm`, { method: 'POST', body: {} }),
  template: (id: string) =>
    consoleApi<{ id: string; name: string; export_data: string }>(`/explore/apps/${id}`),
  setSiteEnabled: (id: string, enabled: boolean) =>
    consoleApi<AppDetail>(`/apps/${id}/site-enable`, { method: 'POST', body: { enable_site: enabled } }),
  setApiEnabled: (id: string, enabled: boolean) =>
    consoleApi<AppDetail>(`/apps/${id}/api-enable`, { method: 'POST', body: { enable_api: enabled } }),
  updateSite: (id: string, input: Partial<Site>) =>
    consoleApi<Site>(`/apps/${id}/site`, { method: 'POST', body: input }),
  resetSiteCode: (id: string) =>
    consoleApi<Site>(`/apps/${id}/site/access-token-reset`, { method: 'POST', body: {} }),
  createKey: (id: string) => consoleApi<ApiKey>(`/apps/${id}/api-keys`, { method: 'POST', body: {} }),
  removeKey: (id: string, keyId: string) =>
    consoleApi<void>(`/apps/${id}/api-keys/${keyId}`, { method: 'DELETE' }),
  rotateCallbackSecret: (id: string) =>
    consoleApi<CallbackSecret>(`/apps/${id}/callback-secret/rotate`, { method: 'POST', body: {} }),
  createTag: (name: string) => consoleApi<Tag>('/tags', { method: 'POST', body: { name, type: 'app' } }),
  bindTag: (appId: string, tagId: string) =>
    consoleApi<unknown>('/tag-bindings', {
      method: 'POST',
      body: { tag_ids: [tagId], target_id: appId, type: 'app' },
    }),
  unbindTag: (appId: string, tagId: string) =>
    consoleApi<unknown>('/tag-bindings/remove', {
      method: 'POST',
      body: { tag_id: tagId, target_id: appId, type: 'app' },
    }),
};

/** Whether an app is built as a graph. */
export function isGraphApp(app: Pick<AppSummary, 'mode'> | undefined): boolean {
  return app?.mode === 'workflow' || app?.mode === 'advanced-chat';
}

/** The page on which an app is built. */
export function buildPage(app: Pick<AppSummary, 'mode'> | undefined) {
  return isGraphApp(app) ? ('/app/$appId/workflow' as const) : ('/app/$appId/configuration' as const);
}

/** Whether people can use an app yet. */
export function isPublished(app: Pick<AppDetail, 'model_config' | 'workflow'>): boolean {
  return app.model_config !== null || Boolean(app.workflow);
}

/** The address of an app's public page. */
export function publicUrl(app: Pick<AppDetail, 'mode' | 'site'>): string | undefined {
  if (!app.site) return undefined;
  const origin = app.site.app_base_url || window.location.origin;
  const kind = app.mode === 'completion' ? 'completion' : app.mode === 'workflow' ? 'workflow' : 'chat';
  return `${origin}/${kind}/${app.site.access_token}`;
}
