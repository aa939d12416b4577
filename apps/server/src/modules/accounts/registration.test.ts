import { afterEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp, testPassword } from '../../testing/test-app.ts';

const open: TestApp[] = [];
let addresses = 0;

afterEach(async () => {
  for (const app of open.splice(0)) await app.close();
});

async function start(environment: Record<string, string>): Promise<TestApp> {
  const app = await createTestApp({ mail: true, environment });
  open.push(app);
  return app;
}

const from = () => {
  addresses += 1;
  return { ip: `192.0.2.${addresses}` };
};

async function signInByCode(app: TestApp, email: string) {
  const sent = await app.anonymous.post('/console/api/email-code-login', { email }, from());
  const code = await app.mailbox.nextCode(email);
  const body = { email, code, token: sent.json.data, language: 'zh-Hans' };
  return app.anonymous.post('/console/api/email-code-login/validity', body, from());
}

describe('signing in by code', () => {
  it('lets members in, and nobody new where registering is closed', async () => {
    const app = await start({ ENABLE_EMAIL_CODE_LOGIN: 'true' });
    const { email } = await app.member('normal');
    expect((await signInByCode(app, email)).json.result).toBe('success');
    const unknown = await app.anonymous.post(
      '/console/api/email-code-login',
      { email: 'new@example.com' },
      from(),
    );
    expect(unknown.json).toEqual({ result: 'success', data: expect.any(String) });
    await app.anonymous.post('/console/api/email-code-login', { email }, from());
    await app.mailbox.next(email);
    expect(app.mailbox.all().some(({ to }) => to === 'new@example.com')).toBe(false);
  });

  it('sends three mails in five minutes', async () => {
    const app = await start({ ENABLE_EMAIL_CODE_LOGIN: 'true' });
    const { email } = await app.owner();
    const codes = [];
    for (let count = 0; count < 4; count += 1) {
      const answer = await app.anonymous.post('/console/api/email-code-login', { email }, from());
      codes.push(answer.status === 200 ? 200 : answer.json.code);
    }
    expect(codes).toEqual([200, 200, 200, 'email_code_login_rate_limit_exceeded']);
  });

  it('is off unless switched on', async () => {
    const app = await start({});
    const { email } = await app.owner();
    expect((await app.anonymous.post('/console/api/email-code-login', { email }, from())).status).toBe(403);
    expect((await app.anonymous.get('/console/api/system-features')).json.enable_email_code_login).toBe(
      false,
    );
  });
});

describe('registering', () => {
  it('goes by mail, code and password to an account with a workspace where that is allowed', async () => {
    const app = await start({ ALLOW_REGISTER: 'true', ALLOW_CREATE_WORKSPACE: 'true' });
    const { workspaceId } = await app.owner();
    const email = 'reg@example.com';
    const base = '/console/api/email-register';
    const sent = await app.anonymous.post(`${base}/send-email`, { email }, from());
    const code = await app.mailbox.nextCode(email);
    const checked = await app.anonymous.post(
      `${base}/validity`,
      { email, code, token: sent.json.data },
      from(),
    );
    const body = { token: checked.json.token, new_password: testPassword, password_confirm: testPassword };
    expect((await app.anonymous.post(base, body, from())).json.result).toBe('success');
    const person = await app.signIn(email, testPassword);
    expect(person.workspaceId).not.toBe(workspaceId);
    const again = await app.anonymous.post(base, body, from());
    expect(again.json.code).toBe('invalid_or_expired_token');
  });

  it('is closed by default', async () => {
    const app = await start({});
    await app.owner();
    const answer = await app.anonymous.post(
      '/console/api/email-register/send-email',
      { email: 'a@b.cd' },
      from(),
    );
    expect(answer.json.code).toBe('forbidden');
  });
});

describe('EDITION=CLOUD', () => {
  it('needs no set-up and gives everybody a workspace', async () => {
    const app = await start({ EDITION: 'CLOUD', ENABLE_EMAIL_CODE_LOGIN: 'true' });
    expect((await app.anonymous.get('/console/api/setup')).json.step).toBe('finished');
    const features = (await app.anonymous.get('/console/api/system-features')).json;
    expect(features).toMatchObject({ is_allow_register: true, is_allow_create_workspace: true });
    const owner = { email: 'x@y.zz', name: 'Mallory', password: testPassword };
    expect((await app.anonymous.post('/console/api/setup', owner, from())).json.code).toBe('already_setup');
    const answer = await signInByCode(app, 'cloud@example.com');
    const person = app.as(answer.json.data.access_token);
    const workspace = (await person.post('/console/api/workspaces/current', {})).json;
    expect(workspace).toMatchObject({ name: "cloud's Workspace", role: 'owner' });
    const profile = (await person.get('/console/api/account/profile')).json;
    expect(profile).toMatchObject({ interface_language: 'zh-Hans', timezone: 'Asia/Shanghai' });
  });
});

describe('INIT_PASSWORD', () => {
  it('keeps set-up closed until it was given in this browser', async () => {
    const app = await start({ INIT_PASSWORD: 'open-sesame-7' });
    const body = { email: 'first@example.com', name: 'First One', password: testPassword };
    const setUp = (headers: Record<string, string> = {}) =>
      app.anonymous.post('/console/api/setup', body, { ...from(), headers });
    const init = (password: string) => app.anonymous.post('/console/api/init', { password }, from());
    expect((await app.anonymous.get('/console/api/init')).json).toEqual({ status: 'not_started' });
    expect((await setUp()).json.code).toBe('not_init_validated');
    expect((await setUp({ cookie: 'init_validated=1' })).json.code).toBe('not_init_validated');
    expect((await init('wrong')).json.code).toBe('invalid_param');
    const { cookies } = await init('open-sesame-7');
    const cookie = `init_validated=${cookies['init_validated']}`;
    const status = await app.anonymous.get('/console/api/init', { headers: { cookie } });
    expect(status.json).toEqual({ status: 'finished' });
    expect((await setUp({ cookie })).status).toBe(201);
    expect((await setUp({ cookie })).json.code).toBe('already_setup');
  });
});
