import { existsSync, readFileSync } from 'node:fs';
import type { EnginePorts } from '@trellis/engine';
import { parseGraph } from '@trellis/graph';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agentScenarios } from '../../../../../packages/engine/test/fixtures-expectations/agents.ts';
import { chatScenarios } from '../../../../../packages/engine/test/fixtures-expectations/chats.ts';
import { portsFor } from '../../../../../packages/engine/test/fixtures-expectations/ports.ts';
import type { Scenario } from '../../../../../packages/engine/test/fixtures-expectations/scenario.ts';
import { workflowScenarios } from '../../../../../packages/engine/test/fixtures-expectations/workflows.ts';
import { createTestApp, type TestApp, type TestPerson } from '../../testing/test-app.ts';

const folder = new URL('../../../../../../shared/fixtures/dsl/', import.meta.url);
const scenarios = [...agentScenarios, ...chatScenarios, ...workflowScenarios];

let fakes: Partial<EnginePorts> = {};
let app: TestApp;
let owner: TestPerson;

describe.skipIf(!existsSync(folder))('App files of other people (skipped where ../shared is absent)', () => {
  beforeAll(async () => {
    // Read anew for every run: each file has ports of its own.
    app = await createTestApp({
      enginePorts: Object.defineProperties(
        {},
        Object.fromEntries(
          (['models', 'retrieval', 'tools', 'agents', 'http', 'code', 'templates'] as const).map((name) => [
            name,
            { enumerable: true, get: () => fakes[name] },
          ]),
        ),
      ),
    });
    owner = await app.owner();
  });
  afterAll(() => app.close());

  it.each(scenarios)('#123 $file is imported, exported, published and run: $reason', async (scenario) => {
    const text = readFileSync(new URL(scenario.file, folder), 'utf8');
    const appId = await importFile(text);
    await expectSameAfterRoundTrip(appId);
    const draft = await owner.client.get(`/console/api/apps/${appId}/workflows/draft`);
    fakes = portsFor(scenario, parseGraph(draft.json.graph), []);
    const published = await owner.client.post(`/console/api/apps/${appId}/workflows/publish`, {});
    expect(published.text).toContain('"success"');
    const outputs = await runPublished(appId, scenario);
    expect(outputs).toEqual(scenario.expect.outputs);
  });
});

async function importFile(text: string): Promise<string> {
  const answer = await owner.client.post('/console/api/apps/imports', {
    mode: 'yaml-content',
    yaml_content: text,
  });
  expect(answer.json).toMatchObject({ error: '', app_id: expect.any(String) });
  expect(['completed', 'completed-with-warnings']).toContain(answer.json.status);
  return answer.json.app_id;
}

/** Exporting, importing that and exporting again gives the same file. */
async function expectSameAfterRoundTrip(appId: string): Promise<void> {
  const exported = await owner.client.get(`/console/api/apps/${appId}/export`);
  const again = await importFile(exported.json.data);
  const exportedAgain = await owner.client.get(`/console/api/apps/${again}/export`);
  expect(exportedAgain.json.data).toBe(exported.json.data);
}

async function runPublished(appId: string, scenario: Scenario): Promise<unknown> {
  const key = (await owner.client.post(`/console/api/apps/${appId}/api-keys`)).json.token;
  const client = app.as(key);
  const { inputs = {}, query = '' } = scenario;
  const mode = (await owner.client.get(`/console/api/apps/${appId}`)).json.mode;
  if (mode === 'workflow') {
    const run = await client.post('/v1/workflows/run', { inputs, user: 'reader', response_mode: 'blocking' });
    expect(run.json.data).toMatchObject({ status: 'succeeded', error: '' });
    return run.json.data.outputs;
  }
  const conversationId = await conversationWith(client, appId, scenario);
  const answer = await client.post('/v1/chat-messages', {
    inputs,
    query,
    user: 'reader',
    response_mode: 'blocking',
    ...(conversationId === undefined ? {} : { conversation_id: conversationId }),
  });
  expect(answer.text).toContain('"answer"');
  const detail = await client.get(`/v1/workflows/run/${answer.json.task_id}`);
  expect(detail.json.outputs.answer).toBe(answer.json.answer);
  return detail.json.outputs;
}

/** A conversation whose variables are what the scenario wants them to be. */
async function conversationWith(
  client: ReturnType<TestApp['as']>,
  appId: string,
  scenario: Scenario,
): Promise<string | undefined> {
  if (scenario.conversation === undefined) return undefined;
  const first = await client.post('/v1/chat-messages', {
    inputs: scenario.inputs ?? {},
    query: scenario.query ?? '',
    user: 'reader',
    response_mode: 'blocking',
  });
  const conversationId: string = first.json.conversation_id;
  const path = `/v1/conversations/${conversationId}/variables`;
  const listed = await client.get(`${path}?user=reader&limit=100`);
  const draft = await owner.client.get(`/console/api/apps/${appId}/workflows/draft`);
  for (const declared of draft.json.conversation_variables) {
    const id = listed.json.data.find(({ name }: { name: string }) => name === declared.name).id;
    const value = scenario.conversation[declared.name] ?? declared.value;
    const changed = await client.put(`${path}/${id}`, { value, user: 'reader' });
    expect(changed.status).toBe(200);
  }
  return conversationId;
}
