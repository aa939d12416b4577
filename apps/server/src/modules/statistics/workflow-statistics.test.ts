import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp, type TestPerson } from '../../testing/test-app.ts';
import { askText, endWith, type PublishedApp, publishGraph, rowGraph } from '../workflows/testing.ts';

let app: TestApp;
let owner: TestPerson;
let workflow: PublishedApp;

beforeAll(async () => {
  app = await createTestApp();
  owner = await app.owner();
  workflow = await publishGraph(app, owner, {
    mode: 'workflow',
    graph: rowGraph({ start: askText, end: endWith(['start', 'text']) }),
  });
  for (const user of ['ada', 'ada', 'bob']) {
    await workflow.client.post('/v1/workflows/run', { inputs: { text: 'x' }, user });
  }
  await owner.client.post(`/console/api/apps/${workflow.appId}/workflows/draft/run`, {
    inputs: { text: 'a test run' },
    response_mode: 'blocking',
  });
});
afterAll(() => app.close());

const read = async (name: string) =>
  (await owner.client.get(`/console/api/apps/${workflow.appId}/workflow/statistics/${name}`)).json;

describe('statistics of workflows', () => {
  it('count runs of the published version, and not test runs', async () => {
    expect((await read('daily-conversations')).data).toMatchObject([{ runs: 3 }]);
    expect((await read('daily-terminals')).data).toMatchObject([{ terminal_count: 2 }]);
    expect((await read('average-app-interactions')).data).toMatchObject([{ interactions: 1.5 }]);
    expect((await read('token-costs')).data).toMatchObject([{ token_count: 0 }]);
  });

  it('exist for workflows only', async () => {
    const chat = await publishGraph(app, owner, {
      mode: 'advanced-chat',
      graph: rowGraph({ start: { type: 'start', variables: [] }, answer: { type: 'answer', answer: 'Hi' } }),
    });
    const path = `/console/api/apps/${chat.appId}/workflow/statistics/daily-terminals`;
    expect((await owner.client.get(path)).json).toMatchObject({ status: 400, code: 'invalid_param' });
  });
});
