import { z } from 'zod';
import { invalidParam } from '../../platform/errors.ts';
import { type AnyRoute, defineRoute } from '../../platform/http/route.ts';
import { parseLocalTime } from '../../platform/local-time.ts';
import type { AppService } from '../apps/app-service.ts';
import type { App } from '../apps/store.ts';
import { type StatisticName, type StatisticsFilter, type StatisticsStore, statisticNames } from './store.ts';
import { workflowStatisticNames } from './workflow-statistics.ts';

const chatModes = new Set<App['mode']>(['chat', 'agent-chat', 'advanced-chat']);

const shape = {
  method: 'GET',
  auth: 'console',
  permission: 'app.statistics',
  tag: 'Statistics',
  rate: 'default',
  params: z.object({ appId: z.uuid() }),
  query: z.object({ start: z.string().optional(), end: z.string().optional() }),
  response: z.object({ data: z.array(z.looseObject({ date: z.string() })) }),
  errors: ['not_found', 'invalid_param'],
} as const;

/** Figures of an app by day (spec: console §4). */
export function statisticsRoutes(options: {
  appService: AppService;
  statistics: StatisticsStore;
}): AnyRoute[] {
  const { appService, statistics } = options;
  const filterOf = (app: App, zone: string, query: z.output<typeof shape.query>): StatisticsFilter => ({
    appId: app.id,
    timezone: zone,
    from: bound(query.start, zone, 'start'),
    until: bound(query.end, zone, 'end'),
  });
  const messages = statisticNames.map((name) =>
    defineRoute({
      ...shape,
      path: `/console/api/apps/:appId/statistics/${name}`,
      summary: `The statistic ${name}, by calendar day of the reader's time zone.`,
      handler: async ({ principal, params, query }) => {
        const app = await appService.find(principal.scope, params.appId);
        assertApplies(name, app);
        const filter = filterOf(app, principal.account.timezone, query);
        return { data: await statistics.read(principal.scope, name, filter) };
      },
    }),
  );
  const runs = workflowStatisticNames.map((name) =>
    defineRoute({
      ...shape,
      path: `/console/api/apps/:appId/workflow/statistics/${name}`,
      summary: `The statistic ${name} of a workflow, by calendar day of the reader's time zone.`,
      handler: async ({ principal, params, query }) => {
        const app = await appService.find(principal.scope, params.appId);
        if (app.mode !== 'workflow') throw invalidParam('This statistic exists for workflows only.');
        const filter = filterOf(app, principal.account.timezone, query);
        return { data: await statistics.readWorkflow(principal.scope, name, filter) };
      },
    }),
  );
  return [...messages, ...runs];
}

function assertApplies(name: StatisticName, app: App): void {
  if (name === 'average-session-interactions' && !chatModes.has(app.mode)) {
    throw invalidParam('This statistic exists for chat apps only.');
  }
  if (name === 'average-response-time' && app.mode !== 'completion') {
    throw invalidParam('This statistic exists for text generators only.');
  }
}

function bound(text: string | undefined, zone: string, field: string): Date | undefined {
  if (text === undefined) return undefined;
  const moment = parseLocalTime(text, zone);
  if (!moment) throw invalidParam(`${field}: use the form YYYY-MM-DD HH:MM`, field);
  return moment;
}
