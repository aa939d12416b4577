import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp, type TestPerson } from '../../testing/test-app.ts';

let app: TestApp;
let owner: TestPerson;

beforeAll(async () => {
  app = await createTestApp();
  owner = await app.owner();
});
afterAll(() => app?.close());

describe('a profile', () => {
  it.each([
    ['name', 'name', 'Ada Lovelace'],
    ['interface-language', 'interface_language', 'zh-Hans'],
    ['interface-theme', 'interface_theme', 'dark'],
    ['timezone', 'timezone', 'Asia/Shanghai'],
  ])(
    'keeps its %s: told by the change, by the profile, and at the next sign-in',
    async (path, field, value) => {
      const changed = await owner.client.post(`/console/api/account/${path}`, { [field]: value });
      expect([changed.status, changed.json[field]]).toEqual([200, value]);
      expect((await owner.client.get('/console/api/account/profile')).json[field]).toBe(value);
      const again = await app.signIn(owner.email, owner.password);
      expect((await again.client.get('/console/api/account/profile')).json[field]).toBe(value);
    },
  );

  it.each([
    ['interface-language', 'interface_language', 'tlh'],
    ['timezone', 'timezone', 'Mars/Olympus'],
    ['interface-theme', 'interface_theme', 'neon'],
  ])('refuses a %s that there is not', async (path, field, value) => {
    const before = (await owner.client.get('/console/api/account/profile')).json[field];
    const refused = await owner.client.post(`/console/api/account/${path}`, { [field]: value });
    expect([refused.status, refused.json.code]).toEqual([400, 'invalid_param']);
    expect((await owner.client.get('/console/api/account/profile')).json[field]).toBe(before);
  });
});
