import type { Page, Route } from 'playwright-core';
import * as data from './fixtures.ts';
import * as graphs from './workflow-fixtures.ts';

/** What the answered calls should look like: with records, without any, never ending, or refused. */
export type Mood = 'data' | 'empty' | 'loading' | 'failing';

/** An answer of a mocked call; a function gets the request. */
type Answer = unknown | ((route: Route, url: URL) => unknown);

/** The session and what is known of the app answer in every mood: without them there is no page to look at. */
const always: readonly [RegExp, Answer][] = [
  [/\/console\/api\/system-features$/, data.systemFeatures],
  [/\/console\/api\/setup$/, { step: 'finished', setup_at: 1 }],
  [/\/console\/api\/account\/profile$/, data.profile],
  [/\/console\/api\/workspaces\/current$/, data.workspace],
  [/\/api\/passport$/, { access_token: 'pass' }],
];

const withData: readonly [RegExp, Answer][] = [
  [
    /\/console\/api\/apps$/,
    (_route: Route, url: URL) => {
      const name = (url.searchParams.get('name') ?? '').toLowerCase();
      const mode = url.searchParams.get('mode');
      const found = data.apps.filter(
        (app) => app.name.toLowerCase().includes(name) && (!mode || app.mode === mode),
      );
      return { page: 1, limit: 30, total: found.length, has_more: false, data: found };
    },
  ],
  [/\/console\/api\/tags$/, data.tags],
  [/\/console\/api\/explore\/apps$/, data.templates],
  [/\/console\/api\/apps\/[^/]+\/model-config\/draft$/, data.draft],
  [/\/model-config\/versions$/, { page: 1, limit: 20, has_more: false, data: data.configVersions }],
  [/\/console\/api\/account\/sessions$/, { data: data.devices }],
  [
    /\/apps\/[^/]+\/callback-secret$/,
    { secret: 'whsec_bm90IGEgcmVhbCBzZWNyZXQ=', previous_valid_until: null },
  ],
  [/\/workflows\/draft$/, graphs.workflowDraft],
  [/\/workflows\/draft\/checklist$/, { data: graphs.checklist }],
  [/\/workflows\/publish$/, { ...graphs.versions[0], dirty: true }],
  [/\/apps\/[^/]+\/workflows$/, { items: graphs.versions, page: 1, limit: 20, has_more: false }],
  [/\/apps\/[^/]+\/workflow-runs$/, { limit: 20, has_more: false, data: graphs.runHistory }],
  [
    /\/apps\/[^/]+\/workflow-runs\/[^/]+$/,
    (_route: Route, url: URL) => graphs.runDetail(url.pathname.split('/').at(-1) ?? ''),
  ],
  [
    /\/workflow-runs\/[^/]+\/node-executions$/,
    (_route: Route, url: URL) => ({ data: graphs.nodeExecutions(url.pathname.split('/').at(-2) ?? '') }),
  ],
  [
    /\/apps\/[^/]+\/workflow-app-logs$/,
    { page: 1, limit: 25, total: 31, has_more: true, data: graphs.runLog },
  ],
  [/\/workflow\/[^/]+\/pause-details$/, graphs.pauseDetails],
  [/\/apps\/[^/]+\/triggers$/, { data: graphs.triggers }],
  [/\/console\/api\/apps\/[^/]+\/api-keys$/, { data: data.apiKeys }],
  [
    /\/console\/api\/apps\/[^/]+\/(chat|completion)-conversations$/,
    { page: 1, limit: 25, total: 63, has_more: true, data: data.conversations },
  ],
  [
    /\/console\/api\/apps\/[^/]+\/(chat|completion)-conversations\/[^/]+$/,
    {
      ...data.conversations[0],
      introduction: 'Hi! What would you like to know?',
      inputs: { product: 'Depth gauge', tone: 'Friendly' },
      model_config: { model: data.modelConfig.model, pre_prompt: data.modelConfig.pre_prompt },
    },
  ],
  [/\/console\/api\/apps\/[^/]+\/chat-messages$/, { limit: 20, has_more: true, data: data.messages }],
  [/\/console\/api\/apps\/[^/]+\/messages\/[^/]+$/, data.messages[0]],
  [
    /\/apps\/[^/]+\/workflow\/statistics\/[^/]+$/,
    (_route: Route, url: URL) => ({
      data: data.statistic(graphs.statisticFields[url.pathname.split('/').at(-1) ?? ''] ?? 'runs'),
    }),
  ],
  [
    /\/console\/api\/apps\/[^/]+\/statistics\/[^/]+$/,
    (_route: Route, url: URL) => ({
      data: data.statistic(data.statisticFields[url.pathname.split('/').at(-1) ?? ''] ?? 'rate'),
    }),
  ],
  [
    /\/console\/api\/apps\/[^/]+$/,
    (_route: Route, url: URL) => data.appDetail(url.pathname.split('/').at(-1) ?? ''),
  ],
  [/\/console\/api\/workspaces\/current\/model-providers$/, { data: data.providers }],
  [/\/model-providers\/[^/]+\/models\/parameter-rules$/, { data: data.parameterRules }],
  [/\/model-providers\/[^/]+\/models$/, { data: data.languageModels.flatMap((group) => group.models) }],
  [
    /\/model-providers\/[^/]+\/credentials$/,
    { credentials: { api_key: 'sk-abc************yz', base_url: '' } },
  ],
  [/\/models\/model-types\/llm$/, { data: data.languageModels }],
  [/\/models\/model-types\/[^/]+$/, { data: [] }],
  [
    /\/console\/api\/workspaces\/current\/default-model$/,
    (_route: Route, url: URL) => ({
      data:
        url.searchParams.get('model_type') === 'llm'
          ? {
              model: 'gpt-4o-mini',
              model_type: 'llm',
              provider: { provider: 'openai', label: { en_US: 'OpenAI' } },
            }
          : null,
    }),
  ],
  [/\/console\/api\/workspaces\/current\/members$/, { accounts: data.members }],
  [/\/console\/api\/system\/status$/, data.systemStatus],
  [/\/api\/site$/, data.shareSite],
  [
    /\/api\/parameters$/,
    (route: Route) =>
      /\/(completion|workflow)\//.test(route.request().headers()['referer'] ?? '')
        ? { ...data.shareParameters, user_input_form: data.generatorForm }
        : data.shareParameters,
  ],
  [
    /\/api\/conversations$/,
    (_route: Route, url: URL) => ({
      limit: 100,
      has_more: false,
      data: data.conversations
        .slice(
          url.searchParams.get('pinned') === 'true' ? 0 : 1,
          url.searchParams.get('pinned') === 'true' ? 1 : 6,
        )
        .map(({ id, name, created_at, updated_at }) => ({
          id,
          name,
          inputs: {},
          status: 'normal',
          introduction: '',
          created_at,
          updated_at,
        })),
    }),
  ],
  [/\/api\/saved-messages$/, { limit: 20, has_more: false, data: data.savedTexts }],
  [/\/api\/form\/human_input\/[^/]+$/, data.humanForm],
  [/\/api\/messages$/, { limit: 100, has_more: false, data: data.messages }],
];

const emptyDraft = {
  ...data.draft,
  published_at: null,
  dirty: false,
  model_config: {
    ...data.modelConfig,
    pre_prompt: '',
    opening_statement: '',
    suggested_questions: [],
    user_input_form: [],
    model: { provider: '', name: '', mode: 'chat', completion_params: {} },
  },
};

const withoutData: readonly [RegExp, Answer][] = [
  [/\/console\/api\/setup$/, { step: 'not_started', setup_at: null }],
  [/\/console\/api\/init$/, { status: 'finished' }],
  [/\/console\/api\/tags$/, []],
  [/\/console\/api\/explore\/apps$/, { recommended_apps: [], categories: [] }],
  [/\/model-config\/draft$/, emptyDraft],
  [
    /\/workflows\/draft$/,
    {
      ...graphs.workflowDraft,
      graph: { nodes: [], edges: [] },
      environment_variables: [],
      conversation_variables: [],
    },
  ],
  [/\/workflows\/publish$/, null],
  [/\/apps\/[^/]+\/workflows$/, { items: [], page: 1, limit: 20, has_more: false }],
  [/\/chat-messages$/, { limit: 20, has_more: false, data: [] }],
  [/\/statistics\/[^/]+$/, { data: [] }],
  [/\/default-model$/, { data: null }],
  [/\/workspaces\/current\/members$/, { accounts: [] }],
  [
    /\/console\/api\/apps\/app-[^/]+$/,
    (_route: Route, url: URL) => ({
      ...data.appDetail(url.pathname.split('/').at(-1) ?? ''),
      model_config: null,
      workflow: null,
    }),
  ],
  [
    /\/api\/site$/,
    {
      ...data.shareSite,
      site: { ...data.site, custom_disclaimer: '', copyright: null, privacy_policy: null },
    },
  ],
  [/\/api\/parameters$/, { ...data.shareParameters, opening_statement: '', suggested_questions: [] }],
  [/./, { page: 1, limit: 25, total: 0, has_more: false, data: [] }],
];

async function fulfil(route: Route, answer: Answer): Promise<void> {
  const body = typeof answer === 'function' ? answer(route, new URL(route.request().url())) : answer;
  await route.fulfill({ json: body });
}

/** Calls that a test answers by itself, before everything else. */
export type Overrides = readonly [RegExp, (route: Route) => Promise<void> | void][];

/** Answers every API call of a page in the given mood; a call that no rule knows fails the page loudly. */
export async function mockApi(page: Page, mood: Mood, overrides: Overrides = []): Promise<void> {
  await page.route(/\/(console\/api|api|v1|files)\//, async (route) => {
    const { pathname } = new URL(route.request().url());
    const own = overrides.find(([pattern]) => pattern.test(pathname));
    if (own) return own[1](route);
    const fixed = always.find(([pattern]) => pattern.test(pathname));
    const first =
      mood === 'empty'
        ? withoutData.find(([pattern]) => pattern.test(pathname) && pattern.source !== '.')
        : undefined;
    if (fixed && !first) return fulfil(route, fixed[1]);
    if (mood === 'loading') return;
    if (mood === 'failing') {
      return route.fulfill({
        status: 500,
        headers: { 'x-trace-id': '7f3a9c2e51d04b6f' },
        json: { code: 'internal_server_error', message: 'Internal Server Error', status: 500 },
      });
    }
    const rules = mood === 'empty' ? withoutData : withData;
    const rule = rules.find(([pattern]) => pattern.test(pathname));
    if (!rule)
      return route.fulfill({ status: 404, json: { code: 'not_found', message: pathname, status: 404 } });
    return fulfil(route, rule[1]);
  });
}

/** A server-sent stream of events as one body. */
export function eventStream(events: readonly object[]): { contentType: string; body: string } {
  return {
    contentType: 'text/event-stream; charset=utf-8',
    body: events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''),
  };
}
