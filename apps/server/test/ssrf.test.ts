/**
 * Security requirements, class (c): every input that takes an address refuses the corpus and fetches nothing. Inputs of
 * routes are found by themselves: a field that sounds like an address and is not declared as one fails the suite.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publishGraph, rowGraph } from '../src/modules/workflows/testing.ts';
import { ssrfCorpus } from '../src/platform/outbound/testing/ssrf-corpus.ts';
import { allRoutes } from '../src/routes.ts';
import type { TestAnswer } from '../src/testing/test-client.ts';
import {
  type AddressField,
  addressFieldsOf,
  addressFieldsOfNodes,
  placeOf,
} from './support/address-fields.ts';
import { createApp } from './support/app.ts';
import { callOf, nameOf, send } from './support/route-call.ts';
import { createWorld, type World } from './support/world.ts';

/** Names need a name server that lies; they are tested on the client itself. */
const addresses = ssrfCorpus.filter(({ url }) => url !== '' && !/ssrf\.test/i.test(url));

let world: World;
let fields: AddressField[];
let inside: Server;
let visits = 0;

beforeAll(async () => {
  inside = createServer((_request, response) => {
    visits += 1;
    response.end('app: {name: Inside, mode: chat}');
  });
  await new Promise<void>((resolve) => void inside.listen(0, '127.0.0.1', resolve));
  world = await createWorld({ talks: false });
  fields = addressFieldsOf(allRoutes(world.app.services));
}, 120_000);
afterAll(async () => {
  await world?.close();
  inside?.close();
});

/** Fields that sound like addresses, and that the server never goes to. */
const shownOnly: Readonly<Record<string, string>> = {};

/** What else a route needs to take the address. */
const besides: Readonly<Record<string, Record<string, unknown>>> = {
  'POST /console/api/apps/imports': { mode: 'yaml-url' },
  'POST /console/api/api-based-extension': { name: 'Inside', api_key: 'a-key-of-its-own' },
};

/**
 * An address of the corpus that is a plain name when it is read, by field: JSON has lost the byte in it. What is only
 * called later is looked up and checked then.
 */
const namesByThen: Readonly<Record<string, string>> = { callback_url: 'null byte' };

/** Addresses that the input took without a complaint of the kind that `isRefused` knows. */
async function taken(
  give: (url: string) => Promise<TestAnswer>,
  isRefused: (answer: TestAnswer) => boolean = ({ status }) => status >= 400 && status < 500,
): Promise<string[]> {
  const { port } = inside.address() as AddressInfo;
  const own = ['a.png', 'a.txt'].map((file) => ({
    name: 'a server that is there',
    url: `http://127.0.0.1:${port}/${file}`,
  }));
  const found: string[] = [];
  for (const { name, url } of [...addresses, ...own]) {
    const answer = await give(url);
    if (!isRefused(answer)) found.push(`${name}: ${answer.status} ${answer.text.slice(0, 200)}`);
  }
  return found;
}

describe('addresses that callers choose', () => {
  it('are declared wherever a field sounds like one', () => {
    const undeclared = fields.filter((field) => !field.isDeclared).map(placeOf);
    expect(undeclared.filter((place) => shownOnly[place] === undefined)).toEqual([]);
    expect(fields.filter(({ isDeclared }) => isDeclared).length).toBeGreaterThan(5);
    expect(addresses.length).toBeGreaterThan(60);
  });

  it('are refused by every route when they lead inside, or are none', async () => {
    const failures: string[] = [];
    for (const field of fields.filter(({ isDeclared }) => isDeclared)) {
      const { route, where, path } = field;
      const call = callOf(world, route);
      const [name = ''] = path;
      const found = await taken((url) => {
        if (where === 'path')
          return send({ ...call, params: { ...call.params, [name]: encodeURIComponent(url) } });
        const part = { ...call[where], ...besides[nameOf(route)], ...nested(path, url) };
        return send({ ...call, [where]: part });
      });
      const expected = `${namesByThen[name]}: `;
      failures.push(
        ...found.filter((fault) => !fault.startsWith(expected)).map((fault) => `${placeOf(field)}: ${fault}`),
      );
    }
    expect(failures).toEqual([]);
    expect(visits).toBe(0);
  }, 120_000);

  it('are refused as the picture of a message, whose mapping no schema describes', async () => {
    const { app, home } = world;
    const image = { enabled: true, number_limits: 3, detail: 'high', transfer_methods: ['remote_url'] };
    const chat = await createApp(app, home.owner, {
      mode: 'chat',
      marker: 'Fetch',
      talks: false,
      config: { user_input_form: [], file_upload: { image } },
    });
    const found = await taken((url) =>
      app.as(chat.key).post('/v1/chat-messages', {
        inputs: {},
        query: 'say: x',
        user: 'ada',
        files: [{ type: 'image', transfer_method: 'remote_url', url }],
      }),
    );
    expect(found).toEqual([]);
    expect(visits).toBe(0);
  }, 60_000);
});

describe('addresses in graphs', () => {
  /** Fields of nodes that sound like addresses, and what shows that they are safe. */
  const ofNodes: Readonly<Record<string, string>> = {
    'http-request.url': 'tried here',
    'trigger-webhook.webhook_url': 'an address of our own, shown to people',
    'trigger-webhook.webhook_debug_url': 'an address of our own, shown to people',
  };

  it('are known for every type of node', () => {
    expect(addressFieldsOfNodes().filter((place) => ofNodes[place] === undefined)).toEqual([]);
    expect(addressFieldsOfNodes()).toContain('http-request.url');
  });

  it('are refused by the HTTP request node, whoever put them in', async () => {
    const { app, home } = world;
    const flow = await publishGraph(app, home.owner, {
      mode: 'workflow',
      graph: rowGraph({
        start: {
          type: 'start',
          variables: [
            { variable: 'url', label: 'U', type: 'paragraph', required: true, max_length: 100_000 },
          ],
        },
        fetch: {
          type: 'http-request',
          method: 'get',
          url: '{{#start.url#}}',
          authorization: { type: 'no-auth', config: null },
          headers: '',
          params: '',
          body: { type: 'none', data: [] },
          timeout: { connect: 2, read: 2, write: 2 },
          retry_config: { retry_enabled: false, max_retries: 0, retry_interval: 0 },
        },
        end: { type: 'end', outputs: [{ variable: 'body', value_selector: ['fetch', 'body'] }] },
      }),
    });
    const found = await taken(
      (url) =>
        flow.client.post('/v1/workflows/run', { inputs: { url }, user: 'ada', response_mode: 'blocking' }),
      ({ status, json }) => status === 400 || json.data?.status === 'failed',
    );
    expect(found).toEqual([]);
    expect(visits).toBe(0);
  }, 120_000);

  it('are refused as the document that a node reads, whose mapping no schema describes', async () => {
    const { app, home } = world;
    const types = ['document', 'image', 'audio', 'video', 'custom'];
    const flow = await publishGraph(app, home.owner, {
      mode: 'workflow',
      graph: rowGraph({
        start: {
          type: 'start',
          variables: [
            {
              ...{ variable: 'document', label: 'D', type: 'file', required: true },
              ...{ allowed_file_types: types, allowed_file_upload_methods: ['remote_url'] },
            },
          ],
        },
        read: { type: 'document-extractor', variable_selector: ['start', 'document'] },
        end: { type: 'end', outputs: [{ variable: 'text', value_selector: ['read', 'text'] }] },
      }),
    });
    const document = (url: string) => ({ type: 'document', transfer_method: 'remote_url', url });
    const found = await taken(
      (url) =>
        flow.client.post('/v1/workflows/run', {
          inputs: { document: document(url) },
          user: 'ada',
          response_mode: 'blocking',
        }),
      ({ status, json }) => status === 400 || json.data?.status === 'failed',
    );
    expect(found).toEqual([]);
    expect(visits).toBe(0);
  }, 120_000);
});

/** `{ a: { b: value } }` for the path `a.b`. */
function nested(path: readonly string[], value: unknown): Record<string, unknown> {
  const [name = '', ...rest] = path;
  return { [name]: rest.length === 0 ? value : nested(rest, value) };
}
