/** Security requirements, class (c): every input that takes an address refuses the corpus and fetches nothing. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ssrfCorpus } from '../src/platform/outbound/testing/ssrf-corpus.ts';
import { createTestApp, type TestApp, type TestPerson } from '../src/testing/test-app.ts';
import type { TestAnswer } from '../src/testing/test-client.ts';
import { type AppThings, createApp } from './support/app.ts';

/** Names need a name server that lies; they are tested on the client itself. */
const addresses = ssrfCorpus.filter(({ url }) => url !== '' && !/ssrf\.test/i.test(url));

let app: TestApp;
let owner: TestPerson;
let chat: AppThings;
let inside: Server;
let visits = 0;

beforeAll(async () => {
  inside = createServer((_request, response) => {
    visits += 1;
    response.end('app: {name: Inside, mode: chat}');
  });
  await new Promise<void>((resolve) => void inside.listen(0, '127.0.0.1', resolve));
  app = await createTestApp();
  owner = await app.owner();
  chat = await createApp(app, owner, {
    mode: 'chat',
    marker: 'Fetch',
    talks: false,
    config: {
      user_input_form: [],
      file_upload: {
        image: {
          enabled: true,
          number_limits: 3,
          detail: 'high',
          transfer_methods: ['remote_url', 'local_file'],
        },
      },
    },
  });
}, 120_000);
afterAll(async () => {
  await app?.close();
  inside?.close();
});

interface UrlInput {
  what: string;
  give: (url: string) => Promise<TestAnswer>;
}

const inputs: UrlInput[] = [
  {
    what: 'the address of an app file',
    give: (url) => owner.client.post('/console/api/apps/imports', { mode: 'yaml-url', yaml_url: url }),
  },
  {
    what: 'a remote file of a member',
    give: (url) => owner.client.post('/console/api/remote-files/upload', { url }),
  },
  {
    what: 'a remote file of a visitor',
    give: (url) =>
      app.anonymous.with({ 'x-app-passport': chat.passport }).post('/api/remote-files/upload', { url }),
  },
  {
    what: 'a look at a remote file',
    give: (url) => owner.client.get(`/console/api/remote-files/${encodeURIComponent(url)}`),
  },
  {
    what: 'the picture of a message',
    give: (url) =>
      app.as(chat.key).post('/v1/chat-messages', {
        inputs: {},
        query: 'say: x',
        user: 'ada',
        files: [{ type: 'image', transfer_method: 'remote_url', url }],
      }),
  },
];

describe.each(inputs)('$what', ({ give }) => {
  it('is refused when it leads inside, or is none', async () => {
    const { port } = inside.address() as AddressInfo;
    const own = { name: 'a server that is there', url: `http://127.0.0.1:${port}/a.png` };
    const taken: string[] = [];
    for (const { name, url } of [...addresses, own]) {
      const answer = await give(url);
      if (answer.status < 400 || answer.status >= 500) taken.push(`${name}: ${answer.status} ${answer.text}`);
    }
    expect(taken).toEqual([]);
    expect(addresses.length).toBeGreaterThan(60);
    expect(visits).toBe(0);
  }, 30_000);
});
