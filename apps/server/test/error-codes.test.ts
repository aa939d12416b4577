/** Every code of the registry is raised somewhere, and a test expects it: a code is a promise to clients. */

import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorRegistry } from '@trellis/contracts';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { publishGraph, rowGraph } from '../src/modules/workflows/testing.ts';
import { type ChatWorld, createChatWorld, expectAnswer, type WorldApp } from '../src/testing/chat-world.ts';
import type { TestAnswer } from '../src/testing/test-client.ts';
import { multipart, tinyPng, tinyWav } from './support/multipart.ts';

const root = join(import.meta.dirname, '../../..');
const codes = Object.keys(errorRegistry);

const noSso = 'the contract has it for installations whose web apps ask for a sign-in; this one has none yet';

/** Codes that no test expects, each with the reason. */
const untested: Readonly<Record<string, string>> = {
  file_access_denied: 'a file of another app is 404 here, so that nobody learns that it is there; see below',
  web_sso_auth_required: noSso,
  web_app_access_denied: noSso,
  provider_quota_exceeded: 'for hosted quotas, which this installation does not sell',
  model_currently_not_support:
    'told by the model runtime for types that a provider lacks; its own suite compares its code',
  account_not_found: 'a race only: the account goes between two statements, or nobody may register',
  account_in_freeze: 'for addresses of closed accounts; closing is not offered',
  email_send_ip_limit:
    'counted like the other mail limits, which are tested; the network limit needs hundreds of mails',
  not_owner: 'a race only: the ownership moved between the check and the statement',
  not_allowed_create_workspace: 'kept for clients of the hosted edition',
};

/** Codes that nothing raises by name, each with the reason why they are kept. */
const unraised: Readonly<Record<string, string>> = {
  gone: 'the generic name of status 410',
  web_sso_auth_required: noSso,
  web_app_access_denied: noSso,
  not_allowed_create_workspace: 'kept for clients of the hosted edition',
  file_access_denied: 'declared by the preview, which answers 404 instead',
};

function textOf(patterns: readonly string[], isWanted: (file: string) => boolean): string {
  return patterns
    .flatMap((pattern) => globSync(pattern, { cwd: root }))
    .filter((file) => !file.includes('node_modules') && isWanted(file))
    .map((file) => readFileSync(join(root, file), 'utf8'))
    .join('\n');
}

function missingIn(text: string): string[] {
  return codes.filter((code) => !new RegExp(`['"\`]${code}['"\`]`).test(text));
}

describe('the registry of error codes', () => {
  it('has a test for every code, or a reason why not', () => {
    const patterns = ['apps/server/**/*.test.ts', 'packages/*/src/**/*.test.ts', 'tests/**/*.test.ts'];
    const others = textOf(patterns, (file) => !file.endsWith('error-codes.test.ts'));
    // Of this file only what is expected below counts, not the lists above.
    const own =
      readFileSync(import.meta.filename, 'utf8')
        .split("describe('codes that no other")
        .at(-1) ?? '';
    const tests = others + own;
    expect(missingIn(tests).filter((code) => untested[code] === undefined)).toEqual([]);
    expect(Object.keys(untested).filter((code) => !missingIn(tests).includes(code))).toEqual([]);
  });

  it('has no code that nothing raises', () => {
    const isSource = (file: string) => !/\.test\.ts$|contracts\/src\/errors\.ts$/.test(file);
    const sources = textOf(['apps/server/src/**/*.ts', 'packages/models/src/**/*.ts'], isSource);
    expect(missingIn(sources).filter((code) => unraised[code] === undefined)).toEqual([]);
  });
});

describe('codes that no other suite comes to', () => {
  let world: ChatWorld;
  let bot: WorldApp;

  beforeAll(async () => {
    world = await createChatWorld();
    bot = await world.createApp('chat', {
      speech_to_text: { enabled: true },
      file_upload: {
        enabled: true,
        allowed_file_types: ['image'],
        allowed_file_upload_methods: ['local_file'],
        number_limits: 1,
      },
    });
  }, 120_000);
  afterAll(() => world?.close());

  const told = ({ status, json }: TestAnswer) => [status, json.code];

  it('not_workflow_app: a chatbot has no runs', async () => {
    const body = { inputs: {}, user: 'ada' };
    expect(told(await bot.api.post('/v1/workflows/run', body))).toEqual([400, 'not_workflow_app']);
    expect(told(await bot.api.get('/v1/workflows/run/0e1f2a3b-0000-4000-8000-000000000000'))).toEqual([
      400,
      'not_workflow_app',
    ]);
  });

  it('draft_workflow_not_exist: a graph app without a draft', async () => {
    const made = await world.owner.client.post('/console/api/apps', { name: 'New', mode: 'workflow' });
    // What is left of an app whose creation was cut off in the middle.
    await world.app.services.pool.query("delete from workflows where app_id = $1 and kind = 'draft'", [
      made.json.id,
    ]);
    const draft = await world.owner.client.get(`/console/api/apps/${made.json.id}/workflows/draft`);
    expect(told(draft)).toEqual([404, 'draft_workflow_not_exist']);
  });

  it('remote_file_upload_error: nothing is behind the address', async () => {
    const visitor = await bot.visitor();
    const answer = await visitor.post('/api/remote-files/upload', { url: 'http://127.0.0.1/a.png' });
    expect(told(answer)).toEqual([400, 'remote_file_upload_error']);
  });

  it('provider_not_support_speech_to_text: no model for it has been chosen', async () => {
    // The demo provider would step in.
    vi.spyOn(world.app.services.models, 'defaultOf').mockResolvedValueOnce(null);
    const { body, headers } = multipart([
      { name: 'file', fileName: 'a.wav', bytes: tinyWav, contentType: 'audio/wav' },
    ]);
    expect(told(await bot.api.post('/v1/audio-to-text', body, { headers }))).toEqual([
      400,
      'provider_not_support_speech_to_text',
    ]);
  });

  it('request_entity_too_large: a body larger than any request needs', async () => {
    const answer = await bot.api.post('/v1/chat-messages', {
      inputs: {},
      query: 'x'.repeat(40 * 1024 * 1024),
      user: 'ada',
    });
    expect(told(answer)).toEqual([413, 'request_entity_too_large']);
  });

  it('human_input_form_not_found: nobody handed this token out', async () => {
    const answer = await world.app.anonymous.get('/api/form/human_input/nobodys-token');
    expect(told(answer)).toEqual([404, 'human_input_form_not_found']);
  });

  it('account_not_initialized: an account that was begun and not finished', async () => {
    const member = await world.app.member('editor');
    const { pool } = world.app.services;
    await pool.query("update accounts set status = 'uninitialized' where id = $1", [member.accountId]);
    expect(told(await member.client.get('/console/api/account/profile'))).toEqual([
      400,
      'account_not_initialized',
    ]);
  });

  it('invalid_email: the second step of a change names no new address', async () => {
    const answer = await world.owner.client.post('/console/api/account/change-email', { phase: 'new_email' });
    expect(told(answer)).toEqual([400, 'invalid_email']);
  });

  it('service_unavailable: the database does not answer', async () => {
    const { pool } = world.app.services;
    const query = pool.query;
    pool.query = (() => Promise.reject(new Error('gone'))) as unknown as typeof pool.query;
    try {
      expect(told(await world.app.anonymous.get('/health/ready'))).toEqual([503, 'service_unavailable']);
    } finally {
      pool.query = query;
    }
  });

  it('file_not_found, and not file_access_denied, for the file of another app, used or not', async () => {
    const other = await world.createApp('chat');
    const upload = multipart([
      { name: 'file', fileName: 'a.png', bytes: tinyPng, contentType: 'image/png' },
      { name: 'user', value: 'ada' },
    ]);
    const { id } = (
      await expectAnswer(bot.api.post('/v1/files/upload', upload.body, { headers: upload.headers }), 201)
    ).json;
    const preview = `/v1/files/${id}/preview`;
    expect(told(await other.api.get(preview))).toEqual([404, 'file_not_found']);
    world.provider.script({ text: 'Seen.' });
    const files = [{ type: 'image', transfer_method: 'local_file', upload_file_id: id }];
    const body = { inputs: {}, query: 'x', user: 'ada', files, auto_generate_name: false };
    await expectAnswer(bot.api.post('/v1/chat-messages', body), 200);
    expect((await bot.api.get(preview)).status).toBe(200);
    expect(told(await other.api.get(preview))).toEqual([404, 'file_not_found']);
    const graph = await publishGraph(world.app, world.owner, {
      mode: 'workflow',
      graph: rowGraph({ start: { type: 'start', variables: [] }, end: { type: 'end', outputs: [] } }),
    });
    expect(told(await graph.client.get(preview))).toEqual([404, 'file_not_found']);
  });
});
