import type { z } from 'zod';
import type { AnyRoute } from '../../src/platform/http/route.ts';
import { newId } from '../../src/platform/ids.ts';
import type { TestAnswer, TestClient } from '../../src/testing/test-client.ts';
import { type AppThings, type Belongings, programUser } from './app.ts';
import { multipart, tinyPng, tinyWav } from './multipart.ts';
import { plainValues, samplesOf } from './samples.ts';
import type { Party, World } from './world.ts';

/** Ids by the name that routes give them (`conversationId`). */
export type Ids = Readonly<Record<string, string>>;

/** A place in a request that holds an id. */
export interface IdSlot {
  where: 'path' | 'query' | 'body';
  /** As it stands in the request: `conversationId` in a path, `conversation_id` elsewhere. */
  field: string;
  /** The kind of thing it names, as in {@link Ids}. */
  name: string;
}

/** A request to a route that its caller may make: everything in it is the caller's own. */
export interface RouteCall {
  route: AnyRoute;
  client: TestClient;
  /** The caller's credentials. */
  headers: Record<string, string>;
  /** Where the server listens, for streams. */
  address: string;
  params: Record<string, string>;
  query: Record<string, unknown>;
  body: Record<string, unknown> | undefined;
}

/** `GET /v1/messages`. */
export function nameOf(route: AnyRoute): string {
  return `${route.method} ${route.path}`;
}

/** The app of the world that a route is about: a text generator's routes refuse chat apps, and so on. */
export function appOf(route: AnyRoute): 'chat' | 'completion' | 'workflow' | 'chatflow' {
  const { path } = route;
  if (path.includes('convert-to-workflow')) return 'chat';
  if (path.includes('advanced-chat')) return 'chatflow';
  if (/workflow/.test(path)) return 'workflow';
  return /completion|more-like-this|saved-messages|average-response-time/.test(path) ? 'completion' : 'chat';
}

/** Names of the parameters in a route's path. */
export function pathParametersOf(route: AnyRoute): string[] {
  return [...route.path.matchAll(/:([A-Za-z]+)/g)].map(([, name]) => name ?? '');
}

/** The ids of everything that somebody has in an app and its workspace. */
export function idsOf(party: Party, things: AppThings, belongings: Belongings): Ids {
  return {
    ...belongings,
    appId: things.appId,
    keyId: things.keyId,
    versionId: things.versionId,
    workflowId: things.workflowId,
    sessionId: party.sessionId,
    importId: party.importId,
    extensionId: party.extensionId,
    workspaceId: party.workspaceId,
    memberId: party.memberId,
    tagId: party.tagId,
    credentialId: party.credentialId,
    modelCredentialId: party.modelCredentialId,
    parentMessageId: belongings.messageId,
    uploadFileId: belongings.fileId,
  };
}

/** Names that fields give to ids whose own name is another: lists begin after an id, tags are put on an app. */
const aliases: Readonly<Record<string, string>> = {
  firstId: 'messageId',
  lastId: 'conversationId',
  targetId: 'appId',
  tenantId: 'workspaceId',
  tagIds: 'tagId',
  files: 'fileId',
  creatorIds: 'memberId',
};

/** Ids that name nothing stored: a prompt app's variable, a run that has ended, a trigger, a form, a step's execution. */
const unstored = new Set(['variableId', 'taskId', 'triggerId', 'formId', 'executionId']);

/** Field names that look like ids and are labels of the caller's own. */
const labels = new Set([
  'workflow_id',
  'trace_id',
  'user_id',
  'task_id',
  'created_by_end_user_session_id',
  // Steps are named within a graph.
  'node_id',
  'node_ids',
]);

/** The id that a field asks for, or nothing for a field of another kind. Throws for an id that the world lacks. */
export function idNameOf(route: AnyRoute, field: string): string | undefined {
  const camel = field.replace(/_([a-z])/g, (_whole, letter: string) => letter.toUpperCase());
  if (camel !== 'files' && !/(^id|Ids?)$/.test(camel)) return undefined;
  if (labels.has(field)) return undefined;
  if (field === 'last_id' && route.path.includes('saved-messages')) return 'messageId';
  if (field === 'last_id' && route.path.includes('workflow-runs')) return 'runId';
  if (camel === 'credentialId' && route.path.includes('/models/')) return 'modelCredentialId';
  return aliases[camel] ?? camel;
}

/** Whose app, credentials and belongings a route is called with. */
function callerOf(world: World, route: AnyRoute) {
  const things = world.home[appOf(route)];
  const passport = { 'x-app-passport': things.passport };
  switch (route.auth) {
    case 'app-key':
      return { things, belongings: things.program, headers: { authorization: `Bearer ${things.key}` } };
    case 'passport':
      return { things, belongings: things.visitor, headers: passport };
    case 'console': {
      // Debug runs are their author's; logs show what callers said.
      const isDebugging =
        /suggested-questions|text-to-audio|audio-to-text|draft|workflow-runs|workflow\/:runId/.test(
          route.path,
        ) || route.rate === 'generate';
      const authorization = `Bearer ${world.home.owner.cookies['access_token']}`;
      const belongings = isDebugging ? things.operator : things.otherUser;
      return { things, belongings, headers: { authorization } };
    }
    case 'public':
      return { things, belongings: things.visitor, headers: {} };
  }
}

/** The call that the home workspace's own people would make. */
export function callOf(world: World, route: AnyRoute): RouteCall {
  const { things, belongings, headers } = callerOf(world, route);
  const ids = idsOf(world.home, things, belongings);
  const params = Object.fromEntries(
    pathParametersOf(route).map((name) => [name, pathValue(name, ids)] as const),
  );
  const fill = (field: string) => {
    const name = idNameOf(route, field);
    return name === undefined ? undefined : fieldValue(field, idValue(name, ids));
  };
  return {
    route,
    client: world.app.anonymous.with(headers),
    headers,
    address: world.address,
    params,
    query: samplesOf(route, route.query, fill) ?? {},
    body: route.body === 'multipart' ? undefined : samplesOf(route, route.body, fill),
  };
}

function pathValue(name: string, ids: Ids): string {
  const plain = plainValues[name];
  return typeof plain === 'string' ? plain : idValue(name, ids);
}

function idValue(name: string, ids: Ids): string {
  if (unstored.has(name)) return newId();
  const id = ids[name];
  if (id === undefined) {
    throw new Error(
      `The world of the suites has no "${name}": add it to idsOf (ids) or plainValues (words).`,
    );
  }
  return id;
}

/** The routes that this suite can call validly, and what is wrong with the calls of the others. */
export function callableRoutes(
  world: World,
  routes: readonly AnyRoute[],
): { routes: AnyRoute[]; faults: string[] } {
  const faults = new Map(
    routes.flatMap((route) => faultOf(world, route).map((fault) => [route, fault] as const)),
  );
  return { routes: routes.filter((route) => !faults.has(route)), faults: [...faults.values()] };
}

function faultOf(world: World, route: AnyRoute): string[] {
  try {
    const found = faultsOf(callOf(world, route));
    return found.length === 0 ? [] : [`${nameOf(route)}: ${found.join('; ')}`];
  } catch (error) {
    return [`${nameOf(route)}: ${error instanceof Error ? error.message : String(error)}`];
  }
}

/** Every place of a call that holds the id of something stored. */
export function idSlotsOf(call: RouteCall): IdSlot[] {
  const { route } = call;
  const isStored = ({ name }: IdSlot) => !unstored.has(name);
  const inPath = pathParametersOf(route)
    .filter((field) => plainValues[field] === undefined)
    .map((field): IdSlot => ({ where: 'path', field, name: field }));
  const inFields = (where: 'query' | 'body', fields: object | undefined) =>
    Object.keys(fields ?? {}).flatMap((field): IdSlot[] => {
      const name = idNameOf(route, field);
      return name === undefined ? [] : [{ where, field, name }];
    });
  return [...inPath, ...inFields('query', call.query), ...inFields('body', call.body)].filter(isStored);
}

/** The same call with another id in one of its places. */
export function withId(call: RouteCall, slot: IdSlot, id: string): RouteCall {
  if (slot.where === 'path') return { ...call, params: { ...call.params, [slot.field]: id } };
  const value = fieldValue(slot.field, id);
  return slot.where === 'query'
    ? { ...call, query: { ...call.query, [slot.field]: value } }
    : { ...call, body: { ...call.body, [slot.field]: value } };
}

function fieldValue(field: string, id: string): unknown {
  if (field === 'files') return [{ type: 'image', transfer_method: 'local_file', upload_file_id: id }];
  if (field === 'tag_ids' || field === 'creator_ids') return [id];
  return id;
}

/** The address of a call. */
export function pathOf({ route, params, query }: RouteCall): string {
  const path = route.path.replace(/:([A-Za-z]+)/g, (_whole, name: string) => params[name] ?? '');
  const pairs = Object.entries(query).map(
    ([name, value]) =>
      `${name}=${encodeURIComponent(Array.isArray(value) ? value.join(',') : String(value))}`,
  );
  return pairs.length === 0 ? path : `${path}?${pairs.join('&')}`;
}

/** Makes the call. Event streams go over a socket, which calls in memory lack. */
export function send(call: RouteCall, client?: TestClient): Promise<TestAnswer> {
  return client === undefined && call.route.answers === 'events' ? overSocket(call) : inMemory(call, client);
}

/** How long a stream is listened to; those of finished runs end by themselves. */
const listenMs = 3_000;

async function overSocket(call: RouteCall): Promise<TestAnswer> {
  // biome-ignore lint/style/noRestrictedGlobals: a test that calls its own server
  const answer = await fetch(call.address + pathOf(call), {
    method: call.route.method,
    headers: { ...call.headers, ...(call.body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    signal: AbortSignal.timeout(listenMs),
  });
  const text = await answer.text().catch(() => '');
  return {
    status: answer.status,
    headers: Object.fromEntries(answer.headers),
    text,
    get json() {
      return JSON.parse(text);
    },
    cookies: {},
  };
}

function inMemory(call: RouteCall, client: TestClient = call.client): Promise<TestAnswer> {
  const { route } = call;
  const path = pathOf(call);
  if (route.body !== 'multipart') {
    return client.request(route.method, path, call.body === undefined ? {} : { body: call.body });
  }
  const file = route.path.includes('audio')
    ? { fileName: 'silence.wav', bytes: tinyWav, contentType: 'audio/wav' }
    : { fileName: 'pixel.png', bytes: tinyPng, contentType: 'image/png' };
  const upload = multipart([
    { name: 'file', ...file },
    { name: 'user', value: programUser },
  ]);
  return client.request(route.method, path, upload);
}

/** What of a call its route refuses, in zod's words; empty for a valid call. */
function faultsOf(call: RouteCall): string[] {
  const { route } = call;
  const check = (schema: z.ZodType | undefined, value: unknown) =>
    schema?.safeParse(value).error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`) ?? [];
  const query = Object.fromEntries(
    Object.entries(call.query).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(',') : String(value),
    ]),
  );
  return [
    ...check(route.params, call.params),
    ...check(route.query, query),
    ...(route.body === 'multipart' ? [] : check(route.body, call.body ?? {})),
  ];
}
