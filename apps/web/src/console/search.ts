/** Reading the query part of addresses: whatever a person typed or linked, only known values pass. */

/** A text parameter, left out when absent, so that addresses stay short. */
export function text<K extends string>(search: Record<string, unknown>, key: K): { [P in K]?: string } {
  const value = search[key];
  if (typeof value === 'number') return { [key]: String(value) } as { [P in K]?: string };
  return typeof value === 'string' && value !== '' ? ({ [key]: value } as { [P in K]?: string }) : {};
}

function oneOf<K extends string, V extends string>(
  search: Record<string, unknown>,
  key: K,
  allowed: readonly V[],
): { [P in K]?: V } {
  const value = search[key];
  return allowed.includes(value as V) ? ({ [key]: value } as { [P in K]?: V }) : {};
}

function pageNumber(search: Record<string, unknown>): { page?: number } {
  const value = Number(search['page']);
  return Number.isInteger(value) && value > 1 ? { page: value } : {};
}

/** Kinds of apps by which the list can be narrowed. */
export const appModes = ['chat', 'agent-chat', 'completion', 'advanced-chat', 'workflow'] as const;
/** One of {@link appModes}. */
export type AppMode = (typeof appModes)[number];

/** Orders of the app list. */
export const appSorts = ['last_modified', 'recently_created', 'earliest_created'] as const;

/** The app list's filters. */
export function parseAppListSearch(search: Record<string, unknown>) {
  const tags = search['tags'];
  const mine = search['mine'];
  return {
    ...oneOf(search, 'mode', appModes),
    ...oneOf(search, 'sort', appSorts),
    ...text(search, 'name'),
    ...(Array.isArray(tags) && tags.length > 0 ? { tags: tags.map(String) } : {}),
    ...(mine === true || mine === 'true' ? { mine: true } : {}),
  };
}

/** Periods of logs and statistics. */
export const periods = ['today', '7d', '28d', '90d', '365d', 'all'] as const;
/** One of {@link periods}; seven days where none is chosen. */
export type Period = (typeof periods)[number];

/** Orders of the log. */
export const logSorts = ['-updated_at', 'updated_at', '-created_at', 'created_at'] as const;

/** The log's filters, page and open conversation. */
export function parseLogSearch(search: Record<string, unknown>) {
  return {
    ...oneOf(search, 'period', periods),
    ...oneOf(search, 'sort', logSorts),
    ...oneOf(search, 'annotated', ['annotated', 'not_annotated'] as const),
    ...text(search, 'keyword'),
    ...text(search, 'conversation'),
    ...pageNumber(search),
  };
}

/** The monitoring page's period. */
export function parseMonitorSearch(search: Record<string, unknown>) {
  return oneOf(search, 'period', periods);
}
