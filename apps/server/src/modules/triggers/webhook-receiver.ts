import type { IncomingHttpHeaders } from 'node:http';
import { type TriggerWebhookData, triggerWebhookData } from '@trellis/graph';
import type { FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { makeScope, type WorkspaceScope } from '../../platform/auth/scope.ts';
import { storableText } from '../../platform/database-json.ts';
import { ApiError } from '../../platform/errors.ts';
import type { Definitions } from '../workflows/definition.ts';
import type { TriggerDebugger } from './debugger.ts';
import type { TriggerRunStarter } from './run-starter.ts';
import type { TriggerStore, TriggerTarget } from './store.ts';
import { parseWebhookBody, readBytes, WebhookBodyTooLarge } from './webhook-body.ts';
import { assertContentType, assertMethod, contentTypeOf, readWebhookCall } from './webhook-call.ts';
import type { WebhookFiles } from './webhook-files.ts';
import { WebhookRefusal } from './webhook-refusal.ts';
import { acceptedReply, failureReply, type WebhookReply } from './webhook-reply.ts';

/** The console shows the last run to the second. */
const noteEveryMs = 1_000;
const noteLimit = 10_000;

/** What receiving calls needs. */
export interface WebhookReceiverOptions {
  store: TriggerStore;
  definitions: Definitions;
  starter: TriggerRunStarter;
  debugger: TriggerDebugger;
  files: WebhookFiles;
  /** `WEBHOOK_REQUEST_BODY_MAX_SIZE`. */
  maxBytes: number;
  log: Logger;
}

/** Takes calls of webhooks in (spec: workflow §9.19, service API §21). It never throws: callers get a reply. */
export class WebhookReceiver {
  readonly #o: WebhookReceiverOptions;
  readonly #notedAt = new Map<string, number>();

  constructor(options: WebhookReceiverOptions) {
    this.#o = options;
  }

  /** A call of a published webhook: the run is written down before this answers. */
  receive(webhookId: string, request: FastifyRequest): Promise<WebhookReply> {
    return this.#replying(async () => {
      const target = await this.#o.store.byWebhookId(webhookId);
      if (!isCallable(target)) return failureReply(404, 'Webhook not found');
      const settings = await this.#publishedSettings(target);
      if (!settings) return failureReply(404, 'Webhook not found');
      const inputs = await this.#read(target, settings, request);
      try {
        const runId = await this.#o.starter.start(target, { kind: 'webhook', inputs });
        await this.#note(target, { runId });
      } catch (error) {
        await this.#note(target, { error: error instanceof ApiError ? error.message : 'Internal error' });
        throw error;
      }
      return acceptedReply(settings);
    });
  }

  /** A call of the address for trying: whoever listens in the editor gets it. `origin` is where webhooks are. */
  receiveDebug(webhookId: string, request: FastifyRequest, origin: string): Promise<WebhookReply> {
    return this.#replying(async () => {
      const target = await this.#o.store.byWebhookId(webhookId);
      if (!target?.isOpen) return failureReply(404, 'Webhook not found');
      const scope = scopeOf(target);
      const place = { appId: target.app.id, nodeId: target.trigger.nodeId };
      const data = await this.#o.debugger.draftNode(scope, place);
      const settings = triggerWebhookData.safeParse(data);
      if (!settings.success) return failureReply(404, 'Webhook not found');
      if (!(await this.#o.debugger.isListening(scope, place))) {
        return {
          status: 409,
          body: {
            error: 'No active debug listener',
            message: 'Nobody listens to this address now. Start listening in the editor and call again.',
            execution_url: `${origin}/triggers/webhook/${webhookId}`,
          },
        };
      }
      await this.#o.debugger.deliver(scope, place, await this.#read(target, settings.data, request));
      return acceptedReply(settings.data);
    });
  }

  async #publishedSettings({ app, trigger }: TriggerTarget): Promise<TriggerWebhookData | null> {
    if (app.workflowId === null) return null;
    const scope = makeScope(app.workspaceId);
    const definition = await this.#o.definitions.find(scope, app.id, app.workflowId, trigger.nodeId);
    const node = definition?.graph.nodes.find(({ id }) => id === trigger.nodeId);
    return node?.type === 'trigger-webhook' ? node.data : null;
  }

  /** The outputs of the webhook's node. Files are stored only once the whole call has been found good. */
  async #read(
    target: TriggerTarget,
    settings: TriggerWebhookData,
    request: FastifyRequest,
  ): Promise<Record<string, unknown>> {
    const header = request.headers['content-type'];
    const contentType = contentTypeOf(header);
    assertMethod(settings, request.method);
    assertContentType(settings, contentType);
    const { maxBytes } = this.#o;
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) {
      throw new WebhookBodyTooLarge(`The body has more than ${maxBytes} bytes.`);
    }
    const bytes = await readBytes(request.raw, maxBytes);
    const event = readWebhookCall(settings, {
      method: request.method,
      headers: headersOf(request.headers),
      query: queryOf(request.query),
      body: await parseWebhookBody(bytes, { contentType, header }),
    });
    const asker = { endUserId: await this.#o.starter.askerOf(target), accountId: null };
    const owner = { scope: scopeOf(target), appId: target.app.id, asker };
    return this.#o.files.stored(owner, { ...event.inputs, _webhook_raw: event.raw });
  }

  async #replying(work: () => Promise<WebhookReply>): Promise<WebhookReply> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof WebhookRefusal) return failureReply(400, error.message);
      if (error instanceof WebhookBodyTooLarge) return failureReply(413, error.message);
      if (error instanceof ApiError && error.code === 'too_many_requests') {
        return failureReply(429, error.message);
      }
      this.#o.log.error({ err: error }, 'a call of a webhook failed');
      return failureReply(500, 'The call could not be taken in. Try again later.');
    }
  }

  /**
   * For people to look at: a run does not fail with it, and calls that come at once do not queue up for one row.
   */
  async #note(target: TriggerTarget, outcome: { runId: string } | { error: string }): Promise<void> {
    const { id } = target.trigger;
    const now = Date.now();
    if ('runId' in outcome && (this.#notedAt.get(id) ?? 0) > now - noteEveryMs) return;
    if (this.#notedAt.size >= noteLimit) this.#notedAt.clear();
    this.#notedAt.set(id, now);
    try {
      await this.#o.store.noteRun(scopeOf(target), id, outcome);
    } catch (error) {
      this.#o.log.warn({ err: error }, 'the last run of a webhook could not be noted');
    }
  }
}

/** The right to the workspace of a webhook: whoever knows its address was given it. */
function scopeOf({ app }: TriggerTarget): WorkspaceScope {
  return makeScope(app.workspaceId);
}

function isCallable(target: TriggerTarget | null): target is TriggerTarget {
  if (!target?.isOpen) return false;
  return target.trigger.published && target.trigger.enabled;
}

function headersOf(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, storableText([value ?? ''].flat().join(', '))]),
  );
}

function queryOf(query: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries((query ?? {}) as Record<string, string | string[]>).map(([name, value]) => [
      storableText(name),
      storableText([value].flat()[0] ?? ''),
    ]),
  );
}
