import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { consoleApi } from './console.ts';
import { ApiError } from './error.ts';

/** Somebody who saved or published. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

/** Stands for the value of a secret that is not told; sent back, it means "unchanged". */
export const hiddenSecret = '[__HIDDEN__]';

/** Types of environment variables. */
export const environmentTypes = ['string', 'number', 'secret'] as const;

/** Types of conversation variables. */
export const conversationTypes = [
  'string',
  'number',
  'boolean',
  'object',
  'array[string]',
  'array[number]',
  'array[object]',
  'array[boolean]',
] as const;

/** Type of a variable of either kind. */
export type ValueType = (typeof environmentTypes)[number] | (typeof conversationTypes)[number];

/** A constant of an app. */
export interface EnvironmentVariable {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly value_type: (typeof environmentTypes)[number];
  readonly value: string | number;
  readonly [key: string]: unknown;
}

/** A variable that lives as long as a conversation. */
export interface ConversationVariable {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly value_type: (typeof conversationTypes)[number];
  readonly value: unknown;
  readonly [key: string]: unknown;
}

/** A draft or a published version of a graph. */
export interface Workflow {
  readonly id: string;
  readonly version: string;
  readonly marked_name: string;
  readonly marked_comment: string;
  readonly graph: unknown;
  readonly features: Readonly<Record<string, unknown>>;
  readonly hash: string;
  readonly environment_variables: readonly EnvironmentVariable[];
  readonly conversation_variables: readonly ConversationVariable[];
  readonly created_by: Person | null;
  readonly created_at: number;
  readonly updated_by: Person | null;
  readonly updated_at: number;
}

/** What must be put right before a graph can run. */
export interface CheckIssue {
  readonly code: string;
  readonly severity: 'error' | 'warning';
  readonly nodeId: string | null;
  readonly nodeTitle: string;
  readonly nodeType: string;
  readonly field: string;
  /** The server's words. */
  readonly message: string;
}

/** The graph that is being worked on. */
export const workflowDraftQuery = (appId: string) =>
  queryOptions({
    queryKey: ['app', appId, 'workflow', 'draft'],
    queryFn: ({ signal }) => consoleApi<Workflow>(`/apps/${appId}/workflows/draft`, { signal }),
  });

/** What stands against the draft. */
export const checklistQuery = (appId: string) =>
  queryOptions({
    queryKey: ['app', appId, 'workflow', 'checklist'],
    queryFn: ({ signal }) =>
      consoleApi<{ data: readonly CheckIssue[] }>(`/apps/${appId}/workflows/draft/checklist`, { signal }),
  });

/** The version that the app runs, and whether the draft differs from it; null before the first publication. */
export const publishedQuery = (appId: string) =>
  queryOptions({
    queryKey: ['app', appId, 'workflow', 'published'],
    queryFn: ({ signal }) =>
      consoleApi<(Workflow & { readonly dirty: boolean }) | null>(`/apps/${appId}/workflows/publish`, {
        signal,
      }),
  });

/** Published versions, newest first. */
export const versionsQuery = (appId: string, filter: { named_only: boolean; user_id?: string | undefined }) =>
  infiniteQueryOptions({
    queryKey: ['app', appId, 'workflow', 'versions', filter],
    queryFn: ({ pageParam, signal }) =>
      consoleApi<{ items: readonly Workflow[]; page: number; has_more: boolean }>(
        `/apps/${appId}/workflows`,
        { query: { page: pageParam, limit: 20, ...filter }, signal },
      ),
    initialPageParam: 1,
    getNextPageParam: (last) => (last.has_more ? last.page + 1 : undefined),
  });

/** One published version: the list tells versions whole, so it is read until the version comes. */
export const versionQuery = (appId: string, id: string) =>
  queryOptions({
    queryKey: ['app', appId, 'workflow', 'version', id],
    queryFn: async ({ signal }) => {
      for (let page = 1; ; page += 1) {
        const { items, has_more } = await consoleApi<{ items: readonly Workflow[]; has_more: boolean }>(
          `/apps/${appId}/workflows`,
          { query: { page, limit: 50 }, signal },
        );
        const found = items.find((version) => version.id === id);
        if (found) return found;
        if (!has_more) {
          throw new ApiError({
            code: 'not_found',
            message: `Workflow not found with id: ${id}`,
            status: 404,
          });
        }
      }
    },
  });

/** Name and notes of a version. */
export interface VersionMarks {
  readonly marked_name: string;
  readonly marked_comment: string;
}

/** Changes of drafts and versions. */
export const workflowsApi = {
  saveEnvironment: (appId: string, variables: readonly EnvironmentVariable[]) =>
    consoleApi<unknown>(`/apps/${appId}/workflows/draft/environment-variables`, {
      method: 'POST',
      body: { environment_variables: variables },
    }),
  saveConversation: (appId: string, variables: readonly ConversationVariable[]) =>
    consoleApi<unknown>(`/apps/${appId}/workflows/draft/conversation-variables`, {
      method: 'POST',
      body: { conversation_variables: variables },
    }),
  saveFeatures: (appId: string, features: Readonly<Record<string, unknown>>) =>
    consoleApi<unknown>(`/apps/${appId}/workflows/draft/features`, { method: 'POST', body: { features } }),
  publish: (appId: string, marks: VersionMarks) =>
    consoleApi<{ id: string; created_at: number }>(`/apps/${appId}/workflows/publish`, {
      method: 'POST',
      body: marks,
    }),
  mark: (appId: string, id: string, marks: VersionMarks) =>
    consoleApi<Workflow>(`/apps/${appId}/workflows/${id}`, { method: 'PATCH', body: marks }),
  restore: (appId: string, id: string) =>
    consoleApi<unknown>(`/apps/${appId}/workflows/${id}/restore`, { method: 'POST', body: {} }),
  remove: (appId: string, id: string) =>
    consoleApi<void>(`/apps/${appId}/workflows/${id}`, { method: 'DELETE' }),
};
