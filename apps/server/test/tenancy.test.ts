/**
 * Security requirements, class (a): every route is called with ids of another workspace, of another app and of another
 * end user, one id at a time. A new route is in here by being declared.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AnyRoute } from '../src/platform/http/route.ts';
import { allRoutes } from '../src/routes.ts';
import type { TestAnswer } from '../src/testing/test-client.ts';
import { fingerprintOf } from './support/fingerprint.ts';
import {
  appOf,
  callableRoutes,
  callOf,
  type IdSlot,
  type Ids,
  idSlotsOf,
  idsOf,
  nameOf,
  type RouteCall,
  send,
  withId,
} from './support/route-call.ts';
import { createWorld, type World } from './support/world.ts';

let world: World;
let routes: AnyRoute[];
/** Routes that the suite cannot call, and why. */
let faults: string[];

beforeAll(async () => {
  world = await createWorld();
  const all = allRoutes(world.app.services).filter((route) => route.auth !== 'public');
  ({ routes, faults } = callableRoutes(world, all));
}, 120_000);
afterAll(() => world?.close());

/** Somebody whose ids the caller must get nowhere with. */
interface Stranger {
  who: 'another workspace' | 'another app' | 'another end user';
  ids: Ids;
  /** Kinds of ids that are this stranger's own; the rest the caller shares with them. */
  own: (slot: IdSlot) => boolean;
}

function strangersOf(route: AnyRoute): Stranger[] {
  const { home, foreign, neighbour } = world;
  const mode = appOf(route);
  const side = route.auth === 'passport' ? 'visitor' : 'program';
  const strangers: Stranger[] = [
    {
      who: 'another workspace',
      ids: idsOf(foreign, foreign[mode], foreign[mode][side]),
      own: () => true,
    },
  ];
  if (mode !== 'chat') return strangers;
  strangers.push({
    who: 'another app',
    ids: idsOf(home, neighbour, neighbour[side]),
    own: ({ name }) => /^(key|version|conversation|message|parentMessage|file|endUser)Id$/.test(name),
  });
  if (route.auth !== 'console') {
    strangers.push({
      who: 'another end user',
      // The same app's other caller: for a visitor, that is a program.
      ids: idsOf(home, home.chat, home.chat.otherUser),
      own: ({ name, where }) =>
        /^(conversation|message|parentMessage)Id$/.test(name) || (name === 'fileId' && where === 'body'),
    });
  }
  return strangers;
}

const noConversation = { status: 200, why: 'a workflow has no conversations; the field is not looked at' };
const blocks = { status: 200, why: 'a table of the product, with nothing of any app in it' };

/** Answers other than 404, each with the reason that makes it harmless. */
const otherAnswers: Readonly<Record<string, { status: number; why: string }>> = {
  'body files': {
    status: 400,
    why: 'service API §1.11: a file that is not the caller’s is an invalid upload file',
  },
  'POST /console/api/apps/:appId/workflows/draft/run body conversation_id': noConversation,
  'POST /console/api/apps/:appId/workflows/draft/run body parent_message_id': noConversation,
  'POST /console/api/apps/imports body app_id': { status: 400, why: 'the result of an import that failed' },
  'POST /console/api/apps/imports/:importId/confirm path importId': {
    status: 400,
    why: 'the result of an import that failed',
  },
  'query tag_ids': { status: 200, why: 'a filter that matches nothing' },
  'query creator_ids': { status: 200, why: 'a filter that matches nothing' },
  'POST /console/api/tag-bindings body tag_ids': { status: 200, why: 'tags of others are passed over' },
  'POST /console/api/tag-bindings/remove body tag_id': { status: 200, why: 'there is nothing to take off' },
  'GET /console/api/apps/:appId/workflows/default-workflow-block-configs path appId': blocks,
  'GET /console/api/apps/:appId/workflows/default-workflow-block-configs/:type path appId': blocks,
  'POST /console/api/workspaces/current/members/:memberId/owner-transfer path memberId': {
    status: 400,
    why: 'whoever is not a member cannot be given the workspace',
  },
  'GET /console/api/workspaces/current/model-providers/:organisation/:plugin/:name/credentials query credential_id':
    {
      status: 200,
      why: 'the form stays empty, as for a provider without credentials',
    },
  'GET /console/api/workspaces/current/model-providers/:organisation/:plugin/:name/models/credentials query credential_id':
    { status: 200, why: 'the form stays empty, as for a model without credentials' },
};

function expectedStatus(route: AnyRoute, slot: IdSlot): number {
  const place = `${slot.where} ${slot.field}`;
  return (otherAnswers[`${nameOf(route)} ${place}`] ?? otherAnswers[place])?.status ?? 404;
}

describe('ids of others', () => {
  it('are known to this suite for every route: each route has a valid call of its own', () => {
    expect(faults).toEqual([]);
  });

  it('get a caller nowhere, and change nothing', async () => {
    const failures: string[] = [];
    let calls = 0;
    for (const route of routes) {
      const own = callOf(world, route);
      for (const stranger of strangersOf(route)) {
        for (const slot of idSlotsOf(own).filter(stranger.own)) {
          calls += 1;
          const failure = await tryStranger(own, stranger, slot);
          if (failure !== undefined) {
            failures.push(`${nameOf(route)}, ${slot.where} ${slot.field} of ${stranger.who}: ${failure}`);
          }
        }
      }
    }
    expect(failures).toEqual([]);
    expect(calls).toBeGreaterThan(100);
  }, 60_000);

  it('are not told by any list, and every call works for its own people', async () => {
    const failures: string[] = [];
    for (const route of inSafeOrder(routes)) {
      const call = callOf(world, route);
      const answer = await send(
        /logout$|revoke-others$/.test(route.path) ? await fromAnotherDevice(call) : call,
      );
      const allowed = refusals[nameOf(route)]?.status;
      if (answer.status >= 400 && answer.status !== allowed) {
        failures.push(`${nameOf(route)}: ${answer.status} ${answer.text.slice(0, 200)}`);
      }
      failures.push(...undeclared(route, answer).map((fault) => `${nameOf(route)}: ${fault}`));
      if (answer.text.includes(world.foreign.marker))
        failures.push(`${nameOf(route)}: tells of the other workspace`);
    }
    expect(failures).toEqual([]);
  }, 60_000);
});

/** Where a JSON answer is not what its route declares. */
function undeclared(route: AnyRoute, answer: TestAnswer): string[] {
  const isJson = String(answer.headers['content-type']).startsWith('application/json');
  if (answer.status >= 300 || route.response === undefined || !isJson) return [];
  const { error } = route.response.safeParse(answer.json);
  return (error?.issues ?? []).map(
    (issue) => `the answer is not as declared: ${issue.path.join('.')} ${issue.message}`,
  );
}

/** The same call in a session of its own, which it may end. */
async function fromAnotherDevice(call: RouteCall): Promise<RouteCall> {
  const { owner } = world.home;
  return { ...call, client: (await world.app.signIn(owner.email, owner.password)).client };
}

/** What is wrong with the answer to a call with a stranger's id, if anything. */
async function tryStranger(own: RouteCall, stranger: Stranger, slot: IdSlot): Promise<string | undefined> {
  const { pool } = world.app.services;
  const id = stranger.ids[slot.name];
  if (id === undefined) return 'the stranger has nothing of this kind';
  const watched = stranger.who === 'another workspace' ? world.foreign : world.home;
  const before = await fingerprintOf(pool, watched.workspaceId);
  const answer = await send(withId(own, slot, id));
  const after = await fingerprintOf(pool, watched.workspaceId);
  const expected = expectedStatus(own.route, slot);
  if (answer.status !== expected)
    return `${answer.status} instead of ${expected}: ${answer.text.slice(0, 200)}`;
  if (answer.text.includes(world.foreign.marker))
    return `the answer tells of the other workspace: ${answer.text}`;
  const changed = Object.keys(after).filter((table) => after[table] !== before[table]);
  // In the caller's own workspace only a refused call leaves nothing behind.
  const mayChange = watched === world.home && expected < 400;
  return changed.length > 0 && !mayChange ? `changed ${changed.join(', ')}` : undefined;
}

/** Calls that are refused even with the caller's own ids, and why. */
const credentials = '/console/api/workspaces/current/model-providers/:organisation/:plugin/:name';
const noService = { status: 400, why: 'the service is pinged, and there is none here' };
const noProvider = {
  status: 400,
  why: 'the provider is asked whether the key is good, and there is none here',
};
const noVariable = { status: 404, why: 'the id is made up: nothing was inspected' };
const noContainer = { status: 400, why: 'the graph has no such step' };
const noMail = { status: 400, why: 'codes come by mail; the account suites try them' };
const noTrigger = 'no graph of this world has triggers; their own suite tries other workspaces';
const nothingFailed = { status: 400, why: 'the runs of this world have not failed' };
const noForm = { status: 404, why: 'no run of this world asks people; the suite of forms tries other apps' };
const refusals: Readonly<Record<string, { status: number; why: string }>> = {
  'POST /console/api/apps/:appId/trigger-enable': { status: 404, why: noTrigger },
  'GET /console/api/apps/:appId/workflows/triggers/webhook': { status: 404, why: noTrigger },
  'POST /console/api/apps/:appId/workflows/draft/nodes/:nodeId/trigger/run': { status: 400, why: noTrigger },
  'POST /console/api/apps/:appId/workflows/draft/trigger/run': { status: 400, why: noTrigger },
  'POST /console/api/apps/:appId/workflows/draft/trigger/run-all': { status: 400, why: noTrigger },
  'POST /console/api/api-based-extension': noService,
  'POST /console/api/api-based-extension/:extensionId': noService,
  'GET /console/api/form/human_input/:formToken': noForm,
  'POST /console/api/form/human_input/:formToken': noForm,
  'GET /v1/form/human_input/:formToken': noForm,
  'POST /v1/form/human_input/:formToken': noForm,
  'GET /console/api/apps/:appId/workflow-runs/:runId/node-executions/:executionId': {
    status: 404,
    why: 'the id is made up: the suite of shown values reads one',
  },
  'POST /v1/workflows/run/:runId/retry': nothingFailed,
  'POST /console/api/apps/:appId/workflow-runs/:runId/retry': nothingFailed,
  'POST /console/api/workflow/:runId/forms/:formId': noForm,
  [`POST ${credentials}/credentials`]: noProvider,
  [`PUT ${credentials}/credentials`]: noProvider,
  [`POST ${credentials}/models/credentials`]: noProvider,
  [`PUT ${credentials}/models/credentials`]: noProvider,
  [`POST ${credentials}/preferred-provider-type`]: { status: 400, why: 'there are no hosted models' },
  'GET /v1/conversations/:conversationId/variables': { status: 404, why: 'prompt apps have no variables' },
  'PUT /v1/conversations/:conversationId/variables/:variableId': {
    status: 404,
    why: 'prompt apps have no variables',
  },
  'POST /console/api/account/change-email': noMail,
  'POST /console/api/account/change-email/validity': noMail,
  'POST /console/api/account/change-email/reset': noMail,
  'POST /console/api/workspaces/current/members/send-owner-transfer-confirm-email': noMail,
  'POST /console/api/workspaces/current/members/owner-transfer-check': noMail,
  'POST /console/api/workspaces/current/members/:memberId/owner-transfer': noMail,
  'GET /console/api/apps/:appId/workflows/draft/variables/:variableId': noVariable,
  'PATCH /console/api/apps/:appId/workflows/draft/variables/:variableId': noVariable,
  'PUT /console/api/apps/:appId/workflows/draft/variables/:variableId/reset': noVariable,
  'DELETE /console/api/apps/:appId/workflows/draft/variables/:variableId': noVariable,
  'GET /api/workflow/:runId/events': { status: 404, why: 'the visitor has run nothing' },
  'POST /console/api/apps/:appId/workflows/draft/iteration/nodes/:nodeId/run': noContainer,
  'POST /console/api/apps/:appId/workflows/draft/loop/nodes/:nodeId/run': noContainer,
  'POST /console/api/apps/:appId/advanced-chat/workflows/draft/iteration/nodes/:nodeId/run': noContainer,
  'POST /console/api/apps/:appId/advanced-chat/workflows/draft/loop/nodes/:nodeId/run': noContainer,
  'POST /console/api/apps/imports': { status: 400, why: 'only graph apps can be overwritten' },
  'DELETE /console/api/apps/:appId/workflows/:workflowId': { status: 400, why: 'the version is in use' },
  'POST /console/api/account/password': { status: 400, why: 'the sample gives a wrong current password' },
  'POST /api/remote-files/upload': { status: 400, why: 'there is nothing at the address' },
  'POST /console/api/remote-files/upload': { status: 400, why: 'there is nothing at the address' },
  'GET /api/remote-files/:url': { status: 400, why: 'there is nothing at the address' },
  'GET /console/api/remote-files/:url': { status: 400, why: 'there is nothing at the address' },
  'GET /console/api/apps/:appId/statistics/average-response-time': {
    status: 400,
    why: 'of text generators only',
  },
};

/** Reading first, then changing, then removing from the inside out; what ends the caller's own ways in comes late. */
function inSafeOrder(all: readonly AnyRoute[]): AnyRoute[] {
  const rank = (route: AnyRoute) => {
    if (/logout$|revoke-others$/.test(route.path)) return 5;
    if (/access-token-reset$/.test(route.path)) return 3;
    if (route.method === 'DELETE') return route.auth === 'console' ? 4 : 2;
    return route.method === 'GET' ? 0 : 1;
  };
  const depth = (route: AnyRoute) => -route.path.split('/').length;
  return all.toSorted((a, b) => rank(a) - rank(b) || (a.method === 'DELETE' ? depth(a) - depth(b) : 0));
}
