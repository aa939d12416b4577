import { z } from 'zod';
import { notFound } from '../../platform/errors.ts';
import { originOf } from '../../platform/http/origin.ts';
import { type AnyRoute, defineRoute } from '../../platform/http/route.ts';
import { seconds, secondsOrNull } from '../../platform/time.ts';
import { type TriggerDebugRouteOptions, triggerDebugRoutes } from './debug-routes.ts';
import { nextRuns } from './schedule.ts';
import { scheduleOf, type TriggerService } from './service.ts';
import type { Trigger } from './store.ts';
import { urlsOf, type WebhookAddresses } from './webhook-addresses.ts';
import type { WebhookReceiver } from './webhook-receiver.ts';
import { webhookRoutes } from './webhook-routes.ts';

/** What these routes need. */
export interface TriggerRouteOptions extends TriggerDebugRouteOptions {
  receiver: WebhookReceiver;
  triggers: TriggerService;
  addresses: WebhookAddresses;
  /** `TRIGGER_URL`; empty is the address of the request. */
  triggerUrl: string;
}

const tag = 'Triggers';
const appParams = z.object({ appId: z.uuid() });
/** How many of the coming runs of a schedule are told. */
const shownRuns = 5;

const triggerSchema = z.object({
  id: z.string(),
  node_id: z.string(),
  trigger_type: z.enum(['trigger-webhook', 'trigger-schedule']),
  title: z.string(),
  provider_name: z.string(),
  icon: z.string(),
  status: z.enum(['enabled', 'disabled']),
  webhook_url: z.string(),
  webhook_debug_url: z.string(),
  cron_expression: z.string(),
  timezone: z.string(),
  next_runs: z.array(z.number().int()),
  last_run_at: z.number().int().nullable(),
  last_run_id: z.string().nullable(),
  last_error: z.string().nullable(),
  created_at: z.number().int(),
  updated_at: z.number().int(),
});

/** Triggers: their addresses for the world, and what the console shows, switches and tries. */
export function triggerRoutes(options: TriggerRouteOptions): AnyRoute[] {
  return [...webhookRoutes(options), ...listRoutes(options), ...triggerDebugRoutes(options)];
}

/** The triggers of an app in the console (spec: console §3.4). */
function listRoutes(options: TriggerRouteOptions): AnyRoute[] {
  const { appService, workflowService, triggers, addresses, triggerUrl } = options;
  return [
    defineRoute({
      method: 'GET',
      path: '/console/api/apps/:appId/triggers',
      auth: 'console',
      permission: 'app.edit',
      summary:
        'What starts the published workflow by itself: webhooks with their addresses, schedules with their times.',
      tag,
      rate: 'default',
      params: appParams,
      response: z.object({ data: z.array(triggerSchema) }),
      errors: ['not_found'],
      handler: async ({ principal, params, request }) => {
        const app = await appService.find(principal.scope, params.appId);
        const origin = originOf(request, triggerUrl);
        const rows = await triggers.list(principal.scope, app.id);
        return { data: rows.map((row) => toTrigger(row, origin)) };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/console/api/apps/:appId/trigger-enable',
      auth: 'console',
      permission: 'app.edit',
      summary: 'Turns a trigger on or off.',
      tag,
      rate: 'default',
      params: appParams,
      body: z.object({ trigger_id: z.string(), enable_trigger: z.boolean() }),
      response: triggerSchema,
      errors: ['not_found', 'invalid_param'],
      handler: async ({ principal, params, body, request }) => {
        const app = await appService.find(principal.scope, params.appId);
        const changed = await triggers.setEnabled(principal.scope, app.id, {
          id: body.trigger_id,
          enabled: body.enable_trigger,
        });
        return toTrigger(changed, originOf(request, triggerUrl));
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/console/api/apps/:appId/workflows/triggers/webhook',
      auth: 'console',
      permission: 'app.edit',
      summary: 'The addresses of a webhook step of the draft; the same ones for as long as the app lives.',
      tag,
      rate: 'default',
      params: appParams,
      query: z.object({ node_id: z.string() }),
      response: z.object({
        id: z.string(),
        node_id: z.string(),
        webhook_id: z.string(),
        webhook_url: z.string(),
        webhook_debug_url: z.string(),
        created_at: z.number().int(),
      }),
      errors: ['not_found', 'draft_workflow_not_exist', 'invalid_param'],
      handler: async ({ principal, params, query, request }) => {
        const app = await appService.find(principal.scope, params.appId);
        const draft = await workflowService.draft(principal.scope, app);
        const webhook = await addresses.ofNode(principal.scope, draft, query.node_id);
        if (!webhook) throw notFound('The draft has no such webhook step.');
        return {
          id: webhook.id,
          node_id: webhook.nodeId,
          webhook_id: webhook.webhookId,
          ...urlsOf(webhook.webhookId, originOf(request, triggerUrl)),
          created_at: seconds(webhook.createdAt),
        };
      },
    }),
  ];
}

function toTrigger(row: Trigger, origin: string): z.infer<typeof triggerSchema> {
  const schedule = scheduleOf(row);
  const isOn = row.enabled && row.nextRunAt !== null;
  const later = schedule && isOn && row.nextRunAt ? nextRuns(schedule, row.nextRunAt, shownRuns - 1) : [];
  return {
    id: row.id,
    node_id: row.nodeId,
    trigger_type: `trigger-${row.kind}`,
    title: row.title,
    provider_name: '',
    icon: '',
    status: row.enabled ? 'enabled' : 'disabled',
    ...(row.webhookId === null || row.kind !== 'webhook'
      ? { webhook_url: '', webhook_debug_url: '' }
      : urlsOf(row.webhookId, origin)),
    cron_expression: schedule?.cron ?? '',
    timezone: schedule?.timeZone ?? '',
    next_runs: row.nextRunAt ? [row.nextRunAt, ...later].map(seconds) : [],
    last_run_at: secondsOrNull(row.lastRunAt),
    last_run_id: row.lastRunId,
    last_error: row.lastError,
    created_at: seconds(row.createdAt),
    updated_at: seconds(row.updatedAt),
  };
}
