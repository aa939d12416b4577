import { z } from 'zod';
import { type AnyRoute, defineRoute } from '../../platform/http/route.ts';
import { resultSchema } from '../service-api/schema.ts';
import type { RunHistory } from '../workflows/run-history.ts';
import { answerBody, formErrors, formSchema } from './schema.ts';
import { type HumanInputService, toForm } from './service.ts';

const tag = 'Human input';

/** What runs wait for, and answering it, for people who work on the app (spec: console §3.4). */
export function consoleHumanInputRoutes(options: {
  forms: HumanInputService;
  history: RunHistory;
}): AnyRoute[] {
  const { forms, history } = options;
  return [
    defineRoute({
      method: 'GET',
      path: '/console/api/workflow/:runId/pause-details',
      auth: 'console',
      permission: 'app.logs',
      summary: 'The forms that a paused run waits for, with the tokens of their links.',
      tag,
      rate: 'default',
      params: z.object({ runId: z.string() }),
      response: z.object({
        paused_nodes: z.array(
          formSchema.extend({ form_id: z.string(), form_token: z.string().nullable(), node_id: z.string() }),
        ),
      }),
      errors: ['not_found'],
      handler: async ({ principal, params }) => {
        await history.appOf(principal.scope, params.runId);
        const waiting = await forms.waitingFor(principal.scope, params.runId);
        return {
          paused_nodes: waiting.map((form) => ({
            form_id: form.id,
            form_token: form.token,
            node_id: form.nodeId,
            ...toForm(form),
          })),
        };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/console/api/workflow/:runId/forms/:formId',
      auth: 'console',
      permission: 'app.debug',
      summary: 'Answers a form that a run waits for; the run goes on.',
      tag,
      rate: 'default',
      params: z.object({ runId: z.string(), formId: z.string() }),
      body: answerBody,
      response: resultSchema,
      errors: [...formErrors, 'not_found'],
      handler: async ({ principal, params, body }) => {
        await history.appOf(principal.scope, params.runId);
        const form = await forms.findOfRun(principal.scope, params.runId, params.formId);
        await forms.submit(form, body);
        return { result: 'success' as const };
      },
    }),
  ];
}
