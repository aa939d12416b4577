import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp, type TestPerson } from '../../testing/test-app.ts';
import { callExtension, ExtensionError } from './protocol.ts';
import { createFakeExtension, type FakeExtension, loopbackAllowed } from './testing.ts';

const path = '/console/api/api-based-extension';
let app: TestApp;
let owner: TestPerson;
let service: FakeExtension;

beforeAll(async () => {
  service = await createFakeExtension();
  app = await createTestApp({ environment: loopbackAllowed });
  owner = await app.owner();
});
beforeEach(() => service.reset());
afterAll(async () => {
  await app?.close();
  await service?.close();
});

const add = (name: string, more: object = {}) =>
  owner.client.post(path, { name, api_endpoint: service.url, api_key: 'key-of-the-service', ...more });

describe('an API-based extension', () => {
  it('is pinged when it is saved, with its key as bearer', async () => {
    const made = await add('Pinged');
    expect(made.status).toBe(201);
    expect(service.requests).toMatchObject([{ point: 'ping', params: {} }]);
    expect(service.requests[0]?.headers).toMatchObject({
      authorization: 'Bearer key-of-the-service',
      'content-type': 'application/json',
    });
  });

  it('shows its key masked and keeps it sealed', async () => {
    const made = (await add('Masked')).json;
    expect(made).toMatchObject({ name: 'Masked', api_endpoint: service.url, api_key: 'key******ice' });
    const short = (await add('Short', { api_key: 'abcdef' })).json;
    expect(short.api_key).toBe('a******f');
    const listed = (await owner.client.get(path)).json;
    expect(listed).toContainEqual(made);
    expect((await owner.client.get(`${path}/${made.id}`)).json).toEqual(made);
    const { rows } = await app.services.pool.query(
      'select sealed_api_key from api_extensions where id = $1',
      [made.id],
    );
    expect(rows[0].sealed_api_key).not.toContain('key-of-the-service');
  });

  it('keeps its key when the hidden marker comes back, and takes a new one', async () => {
    const made = (await add('Kept')).json;
    const renamed = await owner.client.post(`${path}/${made.id}`, {
      name: 'Kept on',
      api_endpoint: service.url,
      api_key: '[__HIDDEN__]',
    });
    expect(renamed.json).toMatchObject({ id: made.id, name: 'Kept on', api_key: 'key******ice' });
    expect(service.requests.at(-1)?.headers.authorization).toBe('Bearer key-of-the-service');
    await owner.client.post(`${path}/${made.id}`, {
      name: 'Kept on',
      api_endpoint: service.url,
      api_key: 'another-key',
    });
    expect(service.requests.at(-1)?.headers.authorization).toBe('Bearer another-key');
    expect((await owner.client.get(`${path}/${made.id}`)).json.api_key).toBe('ano******key');
  });

  it('is refused with the reason when it does not answer the ping', async () => {
    service.on('ping', () => ({ status: 503, text: 'closed' }));
    expect((await add('Closed')).json).toMatchObject({
      code: 'invalid_param',
      message: 'connection error: request error, status_code: 503, content: closed',
    });
    service.on('ping', () => ({ result: 'ping' }));
    expect((await add('Deaf')).json.message).toMatch(/^connection error: /);
    const nobody = await add('Nobody', { api_endpoint: 'http://127.0.0.1:9' });
    expect(nobody.json.message).toMatch(/^connection error: /);
  });

  it('has a name of its own and a key of five characters at least', async () => {
    await add('Twice');
    expect((await add('Twice')).json).toMatchObject({ code: 'invalid_param' });
    expect((await add('Brief', { api_key: 'abcd' })).json).toMatchObject({ code: 'invalid_param' });
  });

  it('is gone after it was removed', async () => {
    const made = (await add('Removed')).json;
    expect((await owner.client.delete(`${path}/${made.id}`)).status).toBe(204);
    expect((await owner.client.get(`${path}/${made.id}`)).status).toBe(404);
    expect((await owner.client.delete(`${path}/${made.id}`)).status).toBe(404);
  });
});

describe('a call of an extension', () => {
  const call = (point: 'app.moderation.output', text = 'x') =>
    callExtension(app.services.outbound, {
      endpoint: service.url,
      apiKey: 'secret',
      point,
      params: { text },
    });

  it('says in the words of the protocol what went wrong', async () => {
    service.on('app.moderation.output', () => ({ status: 500, text: 'y'.repeat(200) }));
    await expect(call('app.moderation.output')).rejects.toThrow(
      `request error, status_code: 500, content: ${'y'.repeat(100)}`,
    );
    service.on('app.moderation.output', () => ({ status: 200, text: '<html>' }));
    await expect(call('app.moderation.output')).rejects.toThrow(ExtensionError);
    await expect(
      callExtension(app.services.outbound, {
        endpoint: 'http://127.0.0.1:9',
        apiKey: 'secret',
        point: 'ping',
        params: {},
      }),
    ).rejects.toThrow(/connection error|port/i);
  });

  it('never follows a redirect, which would take the key elsewhere', async () => {
    service.on('app.moderation.output', () => ({ status: 302, text: '' }));
    await expect(call('app.moderation.output')).rejects.toThrow('request error, status_code: 302');
  });
});

it('tells that the installation brings no extensions as code', async () => {
  const answer = await owner.client.get('/console/api/code-based-extension?module=moderation');
  expect(answer.json).toEqual({ module: 'moderation', data: [] });
});
