import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from './test-app.ts';

let app: TestApp;

beforeAll(async () => {
  app = await createTestApp({ environment: { DEPLOY_ENV: 'TESTING' } });
});
afterAll(() => app.close());

describe('createTestApp', () => {
  it('serves before anybody has signed in', async () => {
    const health = await app.anonymous.get('/health');
    expect(health.status).toBe(200);
    expect(health.headers['x-env']).toBe('TESTING');
    expect((await app.anonymous.get('/console/api/apps')).json.code).toBe('not_setup');
  });

  it('gives people of every role, and a stranger with a workspace of their own', async () => {
    const owner = await app.owner();
    const editor = await app.member('editor');
    const stranger = await app.stranger();
    expect(editor.workspaceId).toBe(owner.workspaceId);
    expect(stranger.workspaceId).not.toBe(owner.workspaceId);
    const role = (await editor.client.post('/console/api/workspaces/current', {})).json.role;
    expect(role).toBe('editor');
  });
});
