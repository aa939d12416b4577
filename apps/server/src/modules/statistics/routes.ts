import { z } from 'zod';
import { invalidParam } from '../../platform/errors.ts';
import { type AnyRoute, defineRoute } from '../../platform/http/route.ts';
import { parseLocalTime } from '../../platform/local-time.ts';
import type { AppService } from '../apps/app-service.ts';
import type { App } from '../apps/store.ts';
import { type StatisticName, type StatisticsStore, statisticNames } from './store.ts';

const chatModes = new Set<App['mode']>(['chat', 'agent-chat', 'advanced-chat']);

/** Figures of an app by day (spec: console §4). */
export function statisticsRoutes(options: {
  appService: AppService;
  statistics: StatisticsStore;
}): AnyRoute[] {
  const { appService, statistics } = options;
  return statisticNames.map((name) =>
    defineRoute({
      method: 'GET',
      path: `/console/api/apps/:appId/statistics/${name}`,
      auth: 'console',
      permission: 'app.statistics',
      summary: `The statistic ${name}, by calendar day of the reader's time zone.`,
      tag: 'Statistics',
      rate: 'default',
      params: z.object({ appId: z.uuid() }),
      query: z.object({ start: z.string().optional(), end: z.string().optional() }),
      response: z.object({ data: z.array(z.looseObject({ date: z.string() })) }),
      errors: ['not_found', 'invalid_param'],
      handler: async ({ principal, params, query }) => {
        const app = await appService.find(principal.scope, params.appId);
        assertApplies(name, app);
        const zone = principal.account.timezone;
        return {
          data: await statistics.read(principal.scope, name, {
            appId: app.id,
            timezone: zone,
            from: bound(query.start, zone, 'start'),
            until: bound(query.end, zone, 'end'),
          }),
        };
      },
    }),
  );
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
