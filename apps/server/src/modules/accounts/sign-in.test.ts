import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp, type TestPerson, testPassword } from '../../testing/test-app.ts';

let app: TestApp;
let owner: TestPerson;
let addresses = 0;

beforeAll(async () => {
  app = await createTestApp();
  owner = await app.owner();
});
afterAll(() => app.close());

const nextIp = () => {
  addresses += 1;
  return `192.0.2.${addresses}`;
};
const login = (email: string, password: string, ip: string) =>
  app.anonymous.post('/console/api/login', { email, password }, { ip });

describe('signing in', () => {
  it('answers tokens and sets cookies', async () => {
    const answer = await login(owner.email.toUpperCase(), testPassword, nextIp());
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({
      result: 'success',
      data: { access_token: expect.any(String), refresh_token: expect.stringMatching(/^[0-9a-f]{128}$/) },
    });
    expect(Object.keys(answer.cookies).sort()).toEqual(['access_token', 'csrf_token', 'refresh_token']);
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('gives wrong passwords and unknown addresses one answer', async () => {
    const wrong = await login(owner.email, 'Wrong-pass-1', nextIp());
    const unknown = await login('nobody@example.com', 'Wrong-pass-1', nextIp());
    expect(wrong.status).toBe(401);
    expect(wrong.json).toEqual({ ...unknown.json, code: 'authentication_failed' });
  });

  it('takes as long for unknown addresses as for wrong passwords', async () => {
    const rounds = 12;
    const times: Record<'known' | 'unknown', number[]> = { known: [], unknown: [] };
    for (let round = 0; round < rounds; round += 1) {
      for (const kind of ['known', 'unknown'] as const) {
        const email = kind === 'known' ? owner.email : `nobody-${round}@example.com`;
        const startedMs = performance.now();
        await login(email, 'Wrong-pass-1', `198.51.100.${round}`);
        times[kind].push(performance.now() - startedMs);
      }
    }
    const fastest = (list: number[]) => Math.min(...list);
    // One password hash is most of either; an early answer would take a tenth of it.
    const ratio = fastest(times.unknown) / fastest(times.known);
    expect(ratio).toBeGreaterThan(0.6);
    expect(ratio).toBeLessThan(1.7);
  });

  it('locks after five wrong passwords, for known and unknown addresses, and only that caller', async () => {
    const member = await app.member('normal');
    for (const email of [member.email, 'ghost@example.com']) {
      const ip = nextIp();
      for (let attempt = 0; attempt < 5; attempt += 1) {
        expect((await login(email, 'Wrong-pass-1', ip)).status).toBe(401);
      }
      const locked = await login(email, testPassword, ip);
      expect(locked.status).toBe(429);
      expect(locked.json.code).toBe('email_code_login_limit');
      expect(Number(locked.headers['retry-after'])).toBeGreaterThan(86_000);
    }
    expect((await login(member.email, testPassword, nextIp())).status).toBe(200);
  });

  it('counts tries that come at the same moment', async () => {
    const member = await app.member('normal');
    const ip = nextIp();
    const answers = await Promise.all(
      Array.from({ length: 15 }, () => login(member.email, 'Wrong-pass-1', ip)),
    );
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(10);
  });

  it('forgets wrong passwords after a right one', async () => {
    const ip = nextIp();
    for (let round = 0; round < 3; round += 1) {
      for (let attempt = 0; attempt < 3; attempt += 1) await login(owner.email, 'Wrong-pass-1', ip);
      expect((await login(owner.email, testPassword, ip)).status).toBe(200);
    }
  });

  it('tells somebody without a workspace whom to ask', async () => {
    const account = await app.services.accounts.transaction((tx) =>
      app.services.accounts.insert(tx, { name: 'Lonely', email: 'lonely@example.com' }),
    );
    await app.services.accountService.setPassword(account.id, testPassword);
    const answer = await login('lonely@example.com', testPassword, nextIp());
    expect(answer.status).toBe(200);
    expect(answer.json.result).toBe('fail');
    expect(answer.json.data).toContain('workspace not found');
    expect(answer.cookies).toEqual({});
  });

  it('ends the sessions of banned people and lets them in no more', async () => {
    const member = await app.member('editor');
    await app.services.accounts.update(member.accountId, { status: 'banned' });
    expect((await member.client.get('/console/api/account/profile')).json.code).toBe(
      'unauthorized_and_force_logout',
    );
    expect((await login(member.email, testPassword, nextIp())).json.code).toBe('account_banned');
  });
});

describe('refreshing', () => {
  const refresh = (token: unknown) =>
    app.anonymous.post('/console/api/refresh-token', { refresh_token: token }, { ip: nextIp() });
  const freshToken = async () =>
    (await login(owner.email, testPassword, nextIp())).json.data.refresh_token as string;

  it('lets two tabs refresh at the same moment and both stay signed in', async () => {
    const token = await freshToken();
    const answers = await Promise.all([refresh(token), refresh(token), refresh(token)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const next = new Set(answers.map(({ json }) => json.data.refresh_token));
    expect(next.size).toBe(1);
    const [followUp] = next;
    expect((await refresh(followUp)).status).toBe(200);
  });

  it('refuses a token that was replaced twice', async () => {
    const first = await freshToken();
    const second = (await refresh(first)).json.data.refresh_token;
    await refresh(second);
    const replay = await refresh(first);
    expect(replay.status).toBe(401);
    expect(replay.json.code).toBe('unauthorized');
  });

  it.each([[null], [''], ['0'.repeat(128)], [undefined]])('refuses %j', async (token) => {
    expect((await refresh(token)).status).toBe(401);
  });

  it.each([[['a']], [{ $ne: '' }], [7]])('does not take %j for a token', async (token) => {
    expect((await refresh(token)).status).toBe(400);
  });

  it('takes the token from the cookie', async () => {
    const { cookies } = await login(owner.email, testPassword, nextIp());
    const answer = await app.anonymous.post('/console/api/refresh-token', undefined, {
      headers: { cookie: `refresh_token=${cookies['refresh_token']}` },
    });
    expect(answer.status).toBe(200);
  });
});

describe('devices', () => {
  it('are listed, and can be signed out one by one or all others at once', async () => {
    const person = await app.member('editor');
    const second = await app.signIn(person.email, testPassword);
    const third = await app.signIn(person.email, testPassword);
    const list = (await third.client.get('/console/api/account/sessions')).json.data;
    expect(list).toHaveLength(3);
    expect(list.filter((row: { is_current: boolean }) => row.is_current)).toHaveLength(1);
    expect(JSON.stringify(list)).not.toMatch(/hash|token/i);

    const mine = (await second.client.get('/console/api/account/sessions')).json.data.find(
      (row: { is_current: boolean }) => row.is_current,
    );
    expect((await third.client.delete(`/console/api/account/sessions/${mine.id}`)).status).toBe(204);
    expect((await second.client.get('/console/api/account/profile')).status).toBe(401);
    expect((await third.client.delete(`/console/api/account/sessions/${mine.id}`)).status).toBe(404);

    await third.client.post('/console/api/account/sessions/revoke-others');
    expect((await person.client.get('/console/api/account/profile')).status).toBe(401);
    expect((await third.client.get('/console/api/account/profile')).status).toBe(200);
  });

  it('of others are out of reach', async () => {
    const [mine] = (await owner.client.get('/console/api/account/sessions')).json.data;
    const stranger = await app.stranger();
    expect((await stranger.client.delete(`/console/api/account/sessions/${mine.id}`)).status).toBe(404);
    expect((await owner.client.get('/console/api/account/profile')).status).toBe(200);
  });

  it('are signed out by a change of the password, but for the one that changed it', async () => {
    const person = await app.member('normal');
    const other = await app.signIn(person.email, testPassword);
    const body = {
      password: testPassword,
      new_password: 'Another-1-word',
      repeat_new_password: 'Another-1-word',
    };
    expect((await person.client.post('/console/api/account/password', body)).status).toBe(200);
    expect((await other.client.get('/console/api/account/profile')).status).toBe(401);
    expect((await person.client.get('/console/api/account/profile')).status).toBe(200);
  });

  it('end by signing out', async () => {
    const person = await app.member('normal');
    const answer = await person.client.post('/console/api/logout');
    expect(answer.cookies).toEqual({ access_token: '', csrf_token: '', refresh_token: '' });
    expect((await person.client.get('/console/api/account/profile')).status).toBe(401);
  });
});

describe('cookie authentication', () => {
  it('reads without and writes only with the CSRF token', async () => {
    const cookie = Object.entries(owner.cookies)
      .map(([name, value]) => `${name}=${value}`)
      .join('; ');
    const browser = app.anonymous.with({ cookie });
    const path = '/console/api/account/name';
    expect((await browser.get('/console/api/account/profile')).status).toBe(200);
    expect((await browser.post(path, { name: 'Forged name' })).status).toBe(401);
    const other = await app.member('normal');
    const foreign = { 'x-csrf-token': other.cookies['csrf_token'] ?? '' };
    expect((await browser.with(foreign).post(path, { name: 'Forged name' })).status).toBe(401);
    const own = { 'x-csrf-token': owner.cookies['csrf_token'] ?? '' };
    expect((await browser.with(own).post(path, { name: 'Olive Owner' })).status).toBe(200);
  });
});
