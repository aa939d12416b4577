import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp, testPassword } from '../../testing/test-app.ts';

let app: TestApp;
let addresses = 0;

beforeAll(async () => {
  app = await createTestApp({ mail: true });
  await app.owner();
});
afterAll(() => app.close());

const from = () => {
  addresses += 1;
  return { ip: `192.0.2.${addresses}` };
};
const base = '/console/api/forgot-password';
const send = (email: string, request = from()) =>
  app.anonymous.post(base, { email, language: 'en-US' }, request);
const check = (body: { email: string; code: unknown; token: unknown }, request = from()) =>
  app.anonymous.post(`${base}/validity`, body, request);
const reset = (token: unknown, password = 'Brand-new-1') =>
  app.anonymous.post(`${base}/resets`, { token, new_password: password, password_confirm: password }, from());
const other = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0');

async function codeFor(email: string) {
  const token = (await send(email)).json.data as string;
  return { email, token, code: await app.mailbox.nextCode(email) };
}

describe('resetting a password by mail', () => {
  it('works with the code of the mail, ends all sessions and lifts the lock', async () => {
    const person = await app.member('normal');
    for (let attempt = 0; attempt < 6; attempt += 1) {
      await app.anonymous.post('/console/api/login', { email: person.email, password: 'Wrong-1-x' });
    }
    const checked = await check(await codeFor(person.email));
    expect(checked.json).toEqual({ is_valid: true, email: person.email, token: expect.any(String) });
    expect((await reset(checked.json.token)).json).toEqual({ result: 'success' });
    expect((await person.client.get('/console/api/account/profile')).status).toBe(401);
    const login = { email: person.email, password: 'Brand-new-1' };
    expect((await app.anonymous.post('/console/api/login', login)).status).toBe(200);
    const old = { email: person.email, password: testPassword };
    expect((await app.anonymous.post('/console/api/login', old)).status).toBe(401);
  });

  it('uses codes and tokens once', async () => {
    const person = await app.member('normal');
    const proof = await codeFor(person.email);
    const { token } = (await check(proof)).json;
    expect((await check(proof)).json.code).toBe('invalid_or_expired_token');
    expect((await reset(token)).status).toBe(200);
    expect((await reset(token)).json.code).toBe('invalid_or_expired_token');
  });

  it('keeps the token alive when the new password is refused', async () => {
    const person = await app.member('normal');
    const { token } = (await check(await codeFor(person.email))).json;
    expect((await reset(token, 'short')).json.code).toBe('invalid_param');
    const differing = { token, new_password: 'Brand-new-1', password_confirm: 'Brand-new-2' };
    expect((await app.anonymous.post(`${base}/resets`, differing, from())).json.code).toBe(
      'password_mismatch',
    );
    expect((await reset(token)).status).toBe(200);
  });

  it('binds the code to its account: neither another address nor another token goes with it', async () => {
    const victim = await app.member('normal');
    const attacker = await app.member('normal');
    const mine = await codeFor(attacker.email);
    const theirs = await send(victim.email);
    expect((await check({ ...mine, email: victim.email })).json.code).toBe('invalid_or_expired_token');
    const mixed = { email: victim.email, code: mine.code, token: theirs.json.data };
    expect((await check(mixed)).json.code).toBe('email_code_error');
    // The token of the first step is none for the last.
    expect((await reset(mine.token)).json.code).toBe('invalid_or_expired_token');
  });

  it('allows five wrong codes, also when they come at the same moment', async () => {
    const person = await app.member('normal');
    const { email, token, code } = await codeFor(person.email);
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => check({ email, token, code: other(code) })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([400]));
    expect((await check({ email, token, code })).json.code).toBe('email_code_error');
  });

  it('lets a right code count once when it comes twice at the same moment', async () => {
    const person = await app.member('normal');
    const proof = await codeFor(person.email);
    const answers = await Promise.all(Array.from({ length: 4 }, () => check(proof)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('locks a caller who keeps guessing', async () => {
    const person = await app.member('normal');
    const { email, token, code } = await codeFor(person.email);
    const request = from();
    for (let attempt = 0; attempt < 5; attempt += 1)
      await check({ email, token, code: other(code) }, request);
    const locked = await check({ email, token, code }, request);
    expect(locked.status).toBe(429);
    expect(locked.json.code).toBe('email_password_reset_limit');
  });

  it.each([[null], [''], [[]], [{ $ne: '' }], ['0'], [7]])('takes %j for no token', async (token) => {
    expect((await reset(token)).status).toBe(400);
  });

  it('sends one mail a minute, to known and unknown addresses alike', async () => {
    const person = await app.member('normal');
    for (const email of [person.email, 'unknown-limit@example.com']) {
      expect((await send(email)).status).toBe(200);
      const second = await send(email);
      expect(second.status).toBe(429);
      expect(second.json.code).toBe('password_reset_rate_limit_exceeded');
    }
  });

  it('answers unknown addresses like known ones, in shape and time, and sends them nothing', async () => {
    const people = [];
    for (let count = 0; count < 6; count += 1) people.push(await app.member('normal'));
    const times: Record<'known' | 'unknown', number[]> = { known: [], unknown: [] };
    for (const [index, person] of people.entries()) {
      for (const kind of ['known', 'unknown'] as const) {
        const email = kind === 'known' ? person.email : `nobody-${index}@example.com`;
        const startedMs = performance.now();
        const answer = await send(email);
        times[kind].push(performance.now() - startedMs);
        expect(answer.json).toEqual({ result: 'success', data: expect.stringMatching(/^[\w-]{43}$/) });
      }
    }
    const fastest = (list: number[]) => Math.min(...list);
    const ratio = fastest(times.unknown) / fastest(times.known);
    expect(ratio).toBeGreaterThan(0.4);
    expect(ratio).toBeLessThan(2.5);
    for (const person of people) await app.mailbox.next(person.email);
    expect(app.mailbox.all().filter(({ to }) => to.startsWith('nobody-'))).toEqual([]);
  });

  it('keeps codes out of the queue and the table of codes', async () => {
    const person = await app.member('normal');
    const { code, token } = await codeFor(person.email);
    const { rows } = await app.services.pool.query<{ text: string }>(
      `select j.data::text as text from pgboss.job j union all select t::text from one_time_tokens t`,
    );
    const everything = rows.map(({ text }) => text).join('\n');
    expect(everything).not.toContain(token);
    expect(everything).not.toContain(`"${code}"`);
    expect(rows.length).toBeGreaterThan(0);
  });
});

describe('without mail', () => {
  let silent: TestApp;
  beforeAll(async () => {
    silent = await createTestApp();
    await silent.owner();
  });
  afterAll(() => silent.close());

  const codeOf = (person: { client: TestApp['anonymous'] }, id: string) =>
    person.client.post(`/console/api/workspaces/current/members/${id}/reset-code`, {}, from());

  it('says so, whoever asks', async () => {
    for (const email of ['owner@example.com', 'nobody@example.com']) {
      const answer = await silent.anonymous.post(base, { email }, from());
      expect(answer.json.code).toBe('bad_request');
    }
  });

  it('lets an administrator hand a code over, which sets a new password', async () => {
    const admin = await silent.member('admin');
    const editor = await silent.member('editor');
    const answer = await codeOf(admin, editor.accountId);
    expect(answer.status).toBe(200);
    const url = new URL(answer.json.url);
    expect(url.pathname).toBe('/reset-password');
    const proof = {
      email: editor.email,
      token: url.searchParams.get('token'),
      code: answer.json.code,
    };
    const checked = await silent.anonymous.post(`${base}/validity`, proof, from());
    const body = {
      token: checked.json.token,
      new_password: 'Brand-new-1',
      password_confirm: 'Brand-new-1',
    };
    expect((await silent.anonymous.post(`${base}/resets`, body, from())).status).toBe(200);
    await expect(silent.signIn(editor.email, 'Brand-new-1')).resolves.toBeTruthy();
  });

  it('refuses it for people of the same or higher rank, oneself, strangers and people of two workspaces', async () => {
    const owner = await silent.owner();
    const admin = await silent.member('admin');
    const second = await silent.member('admin');
    const stranger = await silent.stranger();
    expect((await codeOf(admin, owner.accountId)).status).toBe(403);
    expect((await codeOf(admin, second.accountId)).status).toBe(403);
    expect((await codeOf(owner, second.accountId)).status).toBe(200);
    expect((await codeOf(admin, admin.accountId)).json.code).toBe('cannot-operate-self');
    expect((await codeOf(admin, stranger.accountId)).json.code).toBe('member-not-found');
    const editor = await silent.member('editor');
    expect((await codeOf(editor, admin.accountId)).status).toBe(403);
    // The stranger invites the editor: a code from here would now open the other workspace too.
    const invite = { emails: [editor.email], role: 'normal' };
    await stranger.client.post('/console/api/workspaces/current/members/invite-email', invite);
    expect((await codeOf(owner, editor.accountId)).status).toBe(403);
  });
});

describe('with mail', () => {
  it('hands no codes to administrators', async () => {
    const owner = await app.owner();
    const editor = await app.member('editor');
    const path = `/console/api/workspaces/current/members/${editor.accountId}/reset-code`;
    expect((await owner.client.post(path, {}, from())).status).toBe(403);
  });
});
