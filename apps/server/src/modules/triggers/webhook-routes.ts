import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { originOf } from '../../platform/http/origin.ts';
import { type AnyRoute, defineRoute, JsonReply, type Method } from '../../platform/http/route.ts';
import type { WebhookReceiver } from './webhook-receiver.ts';
import type { WebhookReply } from './webhook-reply.ts';

const tag = 'Triggers';
const params = z.object({ webhookId: z.string() });
// HEAD before GET: the framework makes a HEAD route of its own for every GET that has none yet.
const methods: readonly Method[] = ['HEAD', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** Addresses that other services call (spec: service API §21). The secret in the path is all that guards them. */
export function webhookRoutes(options: { receiver: WebhookReceiver; triggerUrl: string }): AnyRoute[] {
  const { receiver, triggerUrl } = options;
  const routes = (
    path: string,
    summary: string,
    receive: (webhookId: string, request: FastifyRequest) => Promise<WebhookReply>,
  ) =>
    methods.map((method) =>
      defineRoute({
        method,
        path,
        auth: 'public',
        summary,
        tag,
        rate: 'webhook',
        params,
        readsBody: true,
        response: z.unknown(),
        errors: ['too_many_requests'],
        handler: async ({ params: { webhookId }, request }) => {
          const { status, body } = await receive(webhookId, request);
          // What was not read to its end must not be taken for the next request.
          const headers: Record<string, string> = request.raw.readableEnded ? {} : { connection: 'close' };
          return new JsonReply(status === 204 || status === 304 ? undefined : body, { status, headers });
        },
      }),
    );
  return [
    ...routes(
      '/triggers/webhook/:webhookId',
      'Starts a run of the published workflow; the answer does not wait for its end.',
      (webhookId, request) => receiver.receive(webhookId, request),
    ),
    ...routes(
      '/triggers/webhook-debug/:webhookId',
      'Hands the call to whoever listens in the editor.',
      (webhookId, request) => receiver.receiveDebug(webhookId, request, originOf(request, triggerUrl)),
    ),
  ];
}
