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

/** Sides of a run. */
const runTabs = ['result', 'detail', 'tracing'] as const;

/** The log's filters, page and open conversation or run. */
export function parseLogSearch(search: Record<string, unknown>) {
  return {
    ...oneOf(search, 'period', periods),
    ...oneOf(search, 'sort', logSorts),
    ...oneOf(search, 'annotated', ['annotated', 'not_annotated'] as const),
    ...text(search, 'keyword'),
    ...text(search, 'conversation'),
    ...oneOf(search, 'status', runStatuses),
    ...text(search, 'run'),
    ...oneOf(search, 'tab', runTabs),
    ...pageNumber(search),
  };
}

/** The open drawer of a prompt app's studio. */
export function parseStudioSearch(search: Record<string, unknown>) {
  return oneOf(search, 'panel', ['versions'] as const);
}

/** What stands beside the steps of a graph app; `steps` themselves take the place on phones. */
export const workflowPanels = [
  'steps',
  'run',
  'history',
  'checklist',
  'variables',
  'features',
  'versions',
] as const;
/** One of {@link workflowPanels}. */
export type WorkflowPanel = (typeof workflowPanels)[number];

/** The open panel, step, version and run of a graph app; `inputs` names a run whose inputs are filled in. */
export function parseWorkflowSearch(search: Record<string, unknown>) {
  return {
    ...oneOf(search, 'panel', workflowPanels),
    ...text(search, 'node'),
    ...text(search, 'version'),
    ...text(search, 'run'),
    ...text(search, 'inputs'),
    ...oneOf(search, 'tab', runTabs),
  };
}

/** States of runs by which the log of a workflow can be narrowed. */
export const runStatuses = [
  'succeeded',
  'failed',
  'stopped',
  'partial-succeeded',
  'running',
  'paused',
] as const;

/** The monitoring page's period. */
export function parseMonitorSearch(search: Record<string, unknown>) {
  return oneOf(search, 'period', periods);
}
