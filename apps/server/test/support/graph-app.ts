import { newId } from '../../src/platform/ids.ts';
import type { TestApp, TestPerson } from '../../src/testing/test-app.ts';
import type { TestClient } from '../../src/testing/test-client.ts';
import {
  type AppThings,
  type Belongings,
  configFor,
  expectStatus,
  nothing,
  otherUser,
  passportFor,
  programUser,
  uploadImage,
} from './app.ts';

/** Ids that the nodes of every graph here have. */
export const startNodeId = '1';
const lastNodeId = '2';

/** The smallest graph of a mode: it says the marker and what was asked. */
export function graphFor(mode: 'workflow' | 'advanced-chat', marker: string) {
  const last =
    mode === 'workflow'
      ? { type: 'end', title: 'End', outputs: [{ variable: 'said', value_selector: [startNodeId, 'text'] }] }
      : { type: 'answer', title: 'Answer', answer: `${marker} answers {{#sys.query#}}`, variables: [] };
  const variables = [
    { variable: 'text', label: 'Text', type: 'text-input', required: false, max_length: 200 },
  ];
  const start = { type: 'start', title: 'Start', variables: mode === 'workflow' ? variables : [] };
  const node = (id: string, data: object, x: number) => ({ id, type: 'custom', position: { x, y: 0 }, data });
  return {
    nodes: [node(startNodeId, start, 0), node(lastNodeId, last, 300)],
    edges: [
      {
        id: 'edge',
        type: 'custom',
        source: startNodeId,
        target: lastNodeId,
        sourceHandle: 'source',
        targetHandle: 'target',
      },
    ],
  };
}

/** A draft of a mode; callers may send files with what they ask. */
export function draftFor(mode: 'workflow' | 'advanced-chat', marker: string) {
  return { graph: graphFor(mode, marker), features: { file_upload: configFor('chat')['file_upload'] } };
}

/** Makes a graph app, publishes it, and has its author, two callers and a visitor run it. */
export async function createGraphApp(
  app: TestApp,
  owner: TestPerson,
  input: { mode: 'workflow' | 'advanced-chat'; marker: string; talks: boolean },
): Promise<AppThings> {
  const { client } = owner;
  const { mode, marker } = input;
  const made = await expectStatus(
    client.post('/console/api/apps', { name: `${marker} ${mode}`, mode }),
    [201],
  );
  const appId: string = made.json.id;
  const base = `/console/api/apps/${appId}`;
  await expectStatus(client.post(`${base}/workflows/draft`, draftFor(mode, marker)), [200]);
  await expectStatus(client.post(`${base}/workflows/publish`, {}), [200]);
  const published = await expectStatus(client.get(`${base}/workflows/publish`), [200]);
  const key = await expectStatus(client.post(`${base}/api-keys`), [201]);
  const siteCode: string = (await expectStatus(client.get(base), [200])).json.site.code;
  const passport = await passportFor(app, siteCode, 'visitor-1');
  const token: string = key.json.token;
  const ask = {
    inputs: { text: `${marker} text` },
    query: marker,
    response_mode: 'blocking',
    auto_generate_name: false,
  };
  const isChat = mode === 'advanced-chat';
  const run = async (caller: TestClient, path: string, user?: string): Promise<Belongings> => {
    if (!input.talks) return nothing();
    const prefix = user === undefined ? '/console/api' : '/v1';
    const fileId = await uploadImage(caller, { prefix, user });
    const answer = await expectStatus(
      caller.post(path, { ...ask, ...(user === undefined ? {} : { user }) }),
      [200],
    );
    const { message_id: messageId, conversation_id: conversationId, workflow_run_id: runId } = answer.json;
    return {
      ...nothing(),
      fileId,
      ...(isChat ? { messageId, conversationId } : {}),
      runId: runId ?? (await newestRun()),
    };
  };
  // Answers of a chat do not name the run.
  const newestRun = async (): Promise<string> =>
    (await client.get(`${base}/advanced-chat/workflow-runs`)).json.data[0]?.id ?? newId();
  const path = isChat ? '/v1/chat-messages' : '/v1/workflows/run';
  const draft = `${base}/${isChat ? 'advanced-chat/' : ''}workflows/draft/run`;
  return {
    appId,
    mode,
    keyId: key.json.id,
    key: token,
    versionId: newId(),
    workflowId: published.json.id,
    siteCode,
    passport,
    program: await run(app.as(token), path, programUser),
    otherUser: await run(app.as(token), path, otherUser),
    visitor: nothing(),
    operator: await run(client, draft),
  };
}
