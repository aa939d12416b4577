import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { PassportPrincipal } from '../../platform/auth/principals.ts';
import type { TokenSigner } from '../../platform/crypto/signed-token.ts';
import { ApiError } from '../../platform/errors.ts';
import { type AnyRoute, defineRoute, EventStream } from '../../platform/http/route.ts';
import type { AppAccessService } from '../apps/app-access.ts';
import type { UploadLimits } from '../apps/app-info.ts';
import { publicSite, siteSchema } from '../apps/site.ts';
import type { AppStore } from '../apps/store.ts';
import type { MessageStore } from '../conversations/message-store.ts';
import type { ConversationService, Visitor } from '../conversations/service.ts';
import { conversationOrders } from '../conversations/store.ts';
import type { SuggestionService } from '../conversations/suggestions.ts';
import type { EndUserStore } from '../end-users/store.ts';
import { parametersOf, parametersSchema } from '../service-api/app-routes.ts';
import { fromOutcome } from '../service-api/chat-routes.ts';
import {
  chatBody,
  completionBody,
  conversationSchema,
  cursorPage,
  generationErrors,
  limitField,
  messageSchema,
  metadataSchema,
  resultSchema,
} from '../service-api/schema.ts';
import { blockingAnswer, encodeEvents } from '../turns/encode.ts';
import type { TurnOpener, TurnRequest } from '../turns/open-turn.ts';
import type { TurnService } from '../turns/turn-service.ts';
import { idempotencyKeyOf } from '../workflows/idempotency.ts';
import type { RunDesk } from '../workflows/run-desk.ts';
import { visitorAsker } from '../workflows/web-routes.ts';

/** What the web-app routes need. */
export interface WebAppRouteOptions {
  access: AppAccessService;
  apps: AppStore;
  endUsers: EndUserStore;
  tokens: TokenSigner;
  opener: TurnOpener;
  turns: TurnService;
  conversations: ConversationService;
  messages: MessageStore;
  suggestions: SuggestionService;
  workflows: { desk: RunDesk };
  limits: UploadLimits;
}

const tag = 'Web app';

/** The API of published pages (spec: service API §18). */
export function webAppRoutes(options: WebAppRouteOptions): AnyRoute[] {
  return [
    ...bootstrapRoutes(options),
    ...generationRoutes(options),
    ...conversationRoutes(options),
    ...messageRoutes(options),
  ];
}

function visitorOf(principal: PassportPrincipal): Visitor {
  return {
    scope: principal.scope,
    app: principal.app,
    asker: { endUserId: principal.endUserId, accountId: null },
    surface: 'web-app',
  };
}

function bootstrapRoutes({ access, apps, endUsers, opener, tokens, limits }: WebAppRouteOptions): AnyRoute[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/passport',
      auth: 'public',
      summary: 'A passport for a visitor of a public page.',
      tag,
      rate: 'sign-in',
      query: z.object({ user_id: z.string().max(255).optional() }),
      response: z.object({ access_token: z.string() }),
      errors: ['unauthorized', 'not_found'],
      handler: async ({ query, request }) => {
        const code = request.headers['x-app-code'];
        if (typeof code !== 'string' || code === '') {
          throw new ApiError('unauthorized', 'X-App-Code header is missing.');
        }
        const { app, scope } = await access.bySiteCode(code);
        const endUserId = await endUsers.resolve(scope, {
          appId: app.id,
          sessionId: query.user_id ?? randomUUID(),
          type: 'browser',
        });
        return {
          access_token: await tokens.sign('passport', { appId: app.id, appCode: code, endUserId }, null),
        };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/webapp/access-mode',
      auth: 'public',
      summary: 'Who may open a page.',
      tag,
      rate: 'default',
      query: z.object({ appId: z.string().optional(), appCode: z.string().optional() }),
      response: z.object({ accessMode: z.literal('public') }),
      handler: async () => ({ accessMode: 'public' as const }),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/webapp/permission',
      auth: 'public',
      summary: 'Whether the visitor may open a page.',
      tag,
      rate: 'default',
      query: z.object({ appId: z.string().optional(), appCode: z.string().optional() }),
      response: z.object({ result: z.boolean() }),
      handler: async () => ({ result: true }),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/login/status',
      auth: 'public',
      summary: 'Whether a visitor has signed in; public pages need no sign-in.',
      tag,
      rate: 'default',
      query: z.object({ app_code: z.string().optional(), user_id: z.string().optional() }),
      response: z.object({ logged_in: z.boolean(), app_logged_in: z.boolean() }),
      handler: async () => ({ logged_in: false, app_logged_in: false }),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/site',
      auth: 'passport',
      summary: 'Title, colours and texts of the page.',
      tag,
      rate: 'default',
      response: z.object({
        app_id: z.string(),
        end_user_id: z.string(),
        enable_site: z.boolean(),
        site: siteSchema,
        model_config: z.null(),
        plan: z.string(),
        can_replace_logo: z.boolean(),
        custom_config: z.null(),
        mode: z.string(),
      }),
      errors: ['forbidden'],
      handler: async ({ principal }) => {
        const site = await apps.site(principal.scope, principal.app.id);
        if (!site) throw new ApiError('forbidden');
        return {
          app_id: principal.app.id,
          end_user_id: principal.endUserId,
          enable_site: true,
          site: publicSite(site),
          model_config: null,
          plan: 'basic',
          can_replace_logo: false,
          custom_config: null,
          mode: principal.app.mode,
        };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/parameters',
      auth: 'passport',
      summary: 'What the app asks for and allows.',
      tag,
      rate: 'default',
      response: parametersSchema,
      errors: ['app_unavailable'],
      handler: async ({ principal }) => parametersOf(opener, principal, limits),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/meta',
      auth: 'passport',
      summary: 'Icons of the tools that the app uses.',
      tag,
      rate: 'default',
      response: z.object({ tool_icons: z.record(z.string(), z.unknown()) }),
      handler: async () => ({ tool_icons: {} }),
    }),
  ];
}

function generationRoutes({
  endUsers,
  workflows,
  opener,
  turns,
  conversations,
  messages,
}: WebAppRouteOptions): AnyRoute[] {
  async function answer(request: TurnRequest, mode: 'streaming' | 'blocking') {
    turns.assertCapacity(request.app);
    const started = await turns.start(await opener.open(request));
    if (mode === 'streaming') return new EventStream(encodeEvents(started, 'visitor'));
    const outcome = await started.outcome;
    if (outcome.error) throw fromOutcome(outcome.error);
    return blockingAnswer(started.turn, outcome, 'visitor');
  }

  return [
    defineRoute({
      method: 'POST',
      path: '/api/chat-messages',
      auth: 'passport',
      summary: 'Says something to the app.',
      tag,
      rate: 'generate',
      body: chatBody.omit({ user: true, auto_generate_name: true }).extend({
        parent_message_id: z.string().optional(),
      }),
      response: z.looseObject({}),
      answers: 'events-or-json',
      errors: [...generationErrors, 'not_chat_app'],
      handler: async ({ principal, body, request }) => {
        const { mode } = principal.app;
        if (mode !== 'chat' && mode !== 'advanced-chat') throw new ApiError('not_chat_app');
        const parent = body.parent_message_id?.trim() || null;
        // The parent must be the visitor's own: its path is what the model is told was said.
        if (parent !== null) await conversations.message(visitorOf(principal), parent);
        if (mode === 'advanced-chat') {
          return workflows.desk.answer(
            {
              ...(await visitorAsker(endUsers, principal)),
              inputs: body.inputs,
              files: body.files,
              triggeredFrom: 'app-run',
              idempotencyKey: idempotencyKeyOf(request),
              chat: {
                query: body.query,
                conversationId: body.conversation_id,
                parentMessageId: parent,
                autoName: false,
              },
            },
            { mode: body.response_mode, audience: 'visitor' },
          );
        }
        return answer(
          {
            ...visitorOf(principal),
            query: body.query,
            inputs: body.inputs,
            files: body.files,
            conversationId: body.conversation_id,
            parentMessageId: parent,
            autoName: false,
            streaming: body.response_mode === 'streaming',
          },
          body.response_mode,
        );
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/completion-messages',
      auth: 'passport',
      summary: 'Has the text generator write a text.',
      tag,
      rate: 'generate',
      body: completionBody.omit({ user: true }),
      response: z.looseObject({}),
      answers: 'events-or-json',
      errors: [...generationErrors, 'not_completion_app'],
      handler: async ({ principal, body }) => {
        if (principal.app.mode !== 'completion') throw new ApiError('not_completion_app');
        return answer(
          {
            ...visitorOf(principal),
            query: body.query,
            inputs: body.inputs,
            files: body.files,
            parentMessageId: null,
            autoName: false,
            streaming: body.response_mode === 'streaming',
          },
          body.response_mode,
        );
      },
    }),
    ...(['chat-messages', 'completion-messages'] as const).map((kind) =>
      defineRoute({
        method: 'POST',
        path: `/api/${kind}/:taskId/stop`,
        auth: 'passport',
        summary: 'Stops a running answer.',
        tag,
        rate: 'default',
        params: z.object({ taskId: z.string() }),
        response: resultSchema,
        errors: ['not_chat_app', 'not_completion_app'],
        handler: async ({ principal, params }) => {
          if (kind === 'chat-messages') conversations.assertChat(principal.app);
          else if (principal.app.mode !== 'completion') throw new ApiError('not_completion_app');
          await turns.stop(params.taskId, { appId: principal.app.id, asker: visitorOf(principal).asker });
          return { result: 'success' as const };
        },
      }),
    ),
    defineRoute({
      method: 'GET',
      path: '/api/messages/:messageId/more-like-this',
      auth: 'passport',
      summary: 'Another text from the same inputs.',
      tag,
      rate: 'generate',
      params: z.object({ messageId: z.string() }),
      query: z.object({ response_mode: z.enum(['blocking', 'streaming']) }),
      response: z.looseObject({}),
      answers: 'events-or-json',
      errors: [...generationErrors, 'not_completion_app', 'app_more_like_this_disabled'],
      handler: async ({ principal, params, query }) => {
        if (principal.app.mode !== 'completion') throw new ApiError('not_completion_app');
        const visitor = visitorOf(principal);
        const message = await conversations.message(visitor, params.messageId);
        const config = await opener.configOf(principal.scope, principal.app.modelConfigId);
        if (!config.more_like_this.enabled) throw new ApiError('app_more_like_this_disabled');
        const files = (await conversations.views(principal.scope, [message], 'user'))[0]?.files ?? [];
        return answer(
          {
            ...visitor,
            query: message.query,
            inputs: message.inputs,
            files: files.map(({ file }) => ({
              type: file.type,
              transfer_method: file.transferMethod,
              url: file.url,
              upload_file_id: file.uploadFileId,
            })),
            parentMessageId: null,
            autoName: false,
            streaming: query.response_mode === 'streaming',
          },
          query.response_mode,
        );
      },
    }),
    ...savedRoutes({ conversations, messages }),
  ];
}

function savedRoutes({
  conversations,
  messages,
}: Pick<WebAppRouteOptions, 'conversations' | 'messages'>): AnyRoute[] {
  const assertCompletion = (principal: PassportPrincipal) => {
    if (principal.app.mode !== 'completion') throw new ApiError('not_completion_app');
  };
  return [
    defineRoute({
      method: 'GET',
      path: '/api/saved-messages',
      auth: 'passport',
      summary: 'Texts that the visitor kept.',
      tag,
      rate: 'default',
      query: z.object({ last_id: z.string().optional(), limit: limitField }),
      response: cursorPage(messageSchema.partial().extend({ id: z.string() })),
      errors: ['not_completion_app', 'not_found'],
      handler: async ({ principal, query }) => {
        assertCompletion(principal);
        const visitor = visitorOf(principal);
        const before = query.last_id ? await conversations.message(visitor, query.last_id) : undefined;
        const rows = await messages.saved(principal.scope, {
          appId: principal.app.id,
          endUserId: principal.endUserId,
          before,
          limit: query.limit,
        });
        return {
          limit: query.limit,
          has_more: rows.length > query.limit,
          data: await conversations.items(principal.scope, rows.slice(0, query.limit)),
        };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/saved-messages',
      auth: 'passport',
      summary: 'Keeps a text.',
      tag,
      rate: 'default',
      body: z.object({ message_id: z.string() }),
      response: resultSchema,
      errors: ['not_completion_app', 'not_found'],
      handler: async ({ principal, body }) => {
        assertCompletion(principal);
        const message = await conversations.message(visitorOf(principal), body.message_id);
        await messages.save(principal.app.id, message.id, principal.endUserId);
        return { result: 'success' as const };
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/api/saved-messages/:messageId',
      auth: 'passport',
      summary: 'Keeps a text no longer.',
      tag,
      rate: 'default',
      params: z.object({ messageId: z.string() }),
      answers: 'nothing',
      errors: ['not_completion_app', 'not_found'],
      handler: async ({ principal, params }) => {
        assertCompletion(principal);
        const message = await conversations.message(visitorOf(principal), params.messageId);
        await messages.unsave(principal.app.id, message.id, principal.endUserId);
        return undefined;
      },
    }),
  ];
}

function conversationRoutes({ conversations }: WebAppRouteOptions): AnyRoute[] {
  const params = z.object({ conversationId: z.string() });
  return [
    defineRoute({
      method: 'GET',
      path: '/api/conversations',
      auth: 'passport',
      summary: "The visitor's conversations.",
      tag,
      rate: 'default',
      query: z.object({
        last_id: z.string().optional(),
        limit: limitField,
        pinned: z.stringbool().optional(),
        sort_by: z.enum(conversationOrders).default('-updated_at'),
      }),
      response: cursorPage(conversationSchema),
      errors: ['not_chat_app', 'not_found', 'invalid_param'],
      handler: async ({ principal, query }) =>
        conversations.list(visitorOf(principal), {
          lastId: query.last_id,
          limit: query.limit,
          sortBy: query.sort_by,
          pinned: query.pinned,
        }),
    }),
    defineRoute({
      method: 'DELETE',
      path: '/api/conversations/:conversationId',
      auth: 'passport',
      summary: 'Deletes a conversation.',
      tag,
      rate: 'default',
      params,
      answers: 'nothing',
      errors: ['not_chat_app', 'not_found'],
      handler: async ({ principal, params: { conversationId } }) => {
        await conversations.remove(visitorOf(principal), conversationId);
        return undefined;
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/conversations/:conversationId/name',
      auth: 'passport',
      summary: 'Renames a conversation, or has a model find a name.',
      tag,
      rate: 'default',
      params,
      body: z.object({ name: z.string().optional(), auto_generate: z.boolean().default(false) }),
      response: conversationSchema,
      errors: ['not_chat_app', 'not_found', 'invalid_param'],
      handler: async ({ principal, params: { conversationId }, body }) =>
        conversations.rename(visitorOf(principal), conversationId, {
          name: body.name,
          autoGenerate: body.auto_generate,
        }),
    }),
    ...(['pin', 'unpin'] as const).map((action) =>
      defineRoute({
        method: 'PATCH',
        path: `/api/conversations/:conversationId/${action}`,
        auth: 'passport',
        summary:
          action === 'pin' ? 'Keeps a conversation at the top.' : 'Lets a conversation go from the top.',
        tag,
        rate: 'default',
        params,
        response: resultSchema,
        errors: ['not_chat_app', 'not_found'],
        handler: async ({ principal, params: { conversationId } }) => {
          conversations.assertChat(principal.app);
          await conversations.setPinned(visitorOf(principal), conversationId, action === 'pin');
          return { result: 'success' as const };
        },
      }),
    ),
  ];
}

function messageRoutes({ conversations, suggestions }: WebAppRouteOptions): AnyRoute[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/messages',
      auth: 'passport',
      summary: 'The messages of a conversation, oldest first; all branches.',
      tag,
      rate: 'default',
      query: z.object({
        conversation_id: z.string().default(''),
        first_id: z.string().optional(),
        limit: limitField,
      }),
      response: cursorPage(messageSchema.extend({ metadata: metadataSchema })),
      errors: ['not_chat_app', 'not_found', 'invalid_param'],
      handler: async ({ principal, query }) => {
        const page = await conversations.messages(visitorOf(principal), {
          conversationId: query.conversation_id,
          firstId: query.first_id,
          limit: query.limit,
        });
        // Of the stored metadata a visitor sees what a visitor's stream tells: sources, no prices.
        const data = page.data.map((item) => ({
          ...item,
          metadata: { retriever_resources: item.retriever_resources },
        }));
        return { ...page, data };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/messages/:messageId/feedbacks',
      auth: 'passport',
      summary: 'Rates an answer, or takes the rating back.',
      tag,
      rate: 'default',
      params: z.object({ messageId: z.string() }),
      body: z.object({
        rating: z.enum(['like', 'dislike']).optional(),
        content: z.string().max(10_000).optional(),
      }),
      response: resultSchema,
      errors: ['not_found', 'invalid_param'],
      handler: async ({ principal, params, body }) => {
        await conversations.rate(visitorOf(principal), params.messageId, body);
        return { result: 'success' as const };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/messages/:messageId/suggested-questions',
      auth: 'passport',
      summary: 'Questions that might follow an answer.',
      tag,
      rate: 'default',
      params: z.object({ messageId: z.string() }),
      response: z.object({ data: z.array(z.string()) }),
      errors: ['not_chat_app', 'not_found', 'app_suggested_questions_after_answer_disabled'],
      handler: async ({ principal, params }) => {
        conversations.assertChat(principal.app);
        const visitor = visitorOf(principal);
        const message = await conversations.message(visitor, params.messageId);
        if (!(await suggestions.isEnabled(visitor, message))) {
          throw new ApiError('app_suggested_questions_after_answer_disabled');
        }
        return { data: await suggestions.suggest(visitor, message) };
      },
    }),
  ];
}
