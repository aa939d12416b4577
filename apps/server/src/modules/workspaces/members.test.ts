import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp, type TestPerson, testPassword } from '../../testing/test-app.ts';

let app: TestApp;
let owner: TestPerson;
let addresses = 0;

beforeAll(async () => {
  app = await createTestApp({ mail: true, environment: { CONSOLE_WEB_URL: 'https://console.test' } });
  owner = await app.owner();
});
afterAll(() => app.close());

const from = () => {
  addresses += 1;
  return { ip: `192.0.2.${addresses}` };
};
const members = '/console/api/workspaces/current/members';
const invite = (by: TestPerson, emails: string[], role = 'editor') =>
  by.client.post(`${members}/invite-email`, { emails, role, language: 'en-US' }, from());
const details = { name: 'Ivy Invited', interface_language: 'de-DE', timezone: 'Europe/Berlin' };
const activate = (body: object) =>
  app.anonymous.post('/console/api/activate', { ...details, ...body }, from());
const tokenOf = (url: string) => new URL(url).searchParams.get('token') ?? '';
const statusOf = async (id: string) => (await app.services.accounts.find(id))?.status;
let people = 0;
const newEmail = () => {
  people += 1;
  return `invited-${people}@example.com`;
};

describe('inviting', () => {
  it('answers a link per address, mails it, and one failure does not keep the others back', async () => {
    const email = newEmail();
    const member = await app.member('editor');
    const stranger = await app.stranger();
    const answer = await invite(owner, ['no address', member.email, stranger.email, email.toUpperCase()]);
    expect(answer.status).toBe(201);
    expect(answer.json.result).toBe('success');
    const [broken, already, known, fresh] = answer.json.invitation_results;
    expect(broken.status).toBe('failed');
    expect(already).toMatchObject({ status: 'failed', email: member.email });
    expect(known).toEqual({ status: 'success', email: stranger.email, url: 'https://console.test/signin' });
    expect(fresh).toMatchObject({ status: 'success', email });
    expect(fresh.url).toContain('https://console.test/activate?email=');
    expect((await app.mailbox.next(email)).text).toContain(fresh.url);
    const list = (await owner.client.get(members)).json.accounts;
    expect(list).toContainEqual(expect.objectContaining({ email, status: 'pending', role: 'editor' }));
  });

  it.each(['owner', 'god', 'dataset_operator'])('gives nobody the role %s', async (role) => {
    expect((await invite(owner, [newEmail()], role)).json.code).toBe('invalid-role');
  });

  it('is for privileged members', async () => {
    for (const role of ['editor', 'normal'] as const) {
      expect((await invite(await app.member(role), [newEmail()])).json.code).toBe('forbidden');
    }
    expect((await invite(await app.member('admin'), [newEmail()])).status).toBe(201);
  });

  it('replaces the link of somebody who has not come yet', async () => {
    const email = newEmail();
    const first = (await invite(owner, [email])).json.invitation_results[0].url;
    const second = (await invite(owner, [email], 'normal')).json.invitation_results[0].url;
    expect((await activate({ token: tokenOf(first) })).json.code).toBe('already_activated');
    expect((await activate({ token: tokenOf(second) })).status).toBe(200);
  });

  it('makes one account of an address that is invited twice at the same moment', async () => {
    const email = newEmail();
    const stranger = await app.stranger();
    const answers = await Promise.all([invite(owner, [email]), invite(stranger, [email])]);
    expect(answers.map(({ json }) => json.invitation_results[0].status)).toEqual(['success', 'success']);
  });
});

describe('accepting an invitation', () => {
  it('shows what it is about, makes the account, signs in, and works once', async () => {
    const email = newEmail();
    const token = tokenOf((await invite(owner, [email])).json.invitation_results[0].url);
    const query = new URLSearchParams({ email, token });
    const check = await app.anonymous.get(`/console/api/activate/check?${query}`);
    expect(check.json).toEqual({
      is_valid: true,
      data: { workspace_name: "Olive Owner's Workspace", workspace_id: owner.workspaceId, email },
    });
    const answer = await activate({ token, email, password: testPassword });
    expect(answer.json.result).toBe('success');
    const person = await app.signIn(email, testPassword);
    expect(person.workspaceId).toBe(owner.workspaceId);
    const profile = (await person.client.get('/console/api/account/profile')).json;
    expect(profile).toMatchObject({
      name: 'Ivy Invited',
      interface_language: 'de-DE',
      timezone: 'Europe/Berlin',
    });
    expect((await activate({ token, email })).json.code).toBe('already_activated');
    expect((await app.anonymous.get(`/console/api/activate/check?${query}`)).json).toEqual({
      is_valid: false,
      data: null,
    });
  });

  it('refuses a link for another address or workspace, and leaves it alive', async () => {
    const email = newEmail();
    const token = tokenOf((await invite(owner, [email])).json.invitation_results[0].url);
    expect((await activate({ token, email: 'other@example.com' })).status).toBe(403);
    expect((await activate({ token, workspace_id: '0191d7a0-0000-7000-8000-000000000000' })).status).toBe(
      403,
    );
    expect((await activate({ token, email })).status).toBe(200);
  });

  it('lets one of many at the same moment through', async () => {
    const token = tokenOf((await invite(owner, [newEmail()])).json.invitation_results[0].url);
    const answers = await Promise.all(Array.from({ length: 4 }, () => activate({ token })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it.each([[''], [null], [[]], ['unknown']])('takes %j for no token', async (token) => {
    expect((await activate({ token })).status).toBeGreaterThanOrEqual(400);
  });
});

describe('changing and removing members', () => {
  it('acts on the next request of somebody who is signed in', async () => {
    const admin = await app.member('admin');
    const path = `${members}/${admin.accountId}`;
    expect((await admin.client.get(members)).status).toBe(200);
    await owner.client.put(`${path}/update-role`, { role: 'normal' });
    expect((await invite(admin, [newEmail()])).status).toBe(403);
    expect((await owner.client.delete(path)).status).toBe(200);
    expect((await admin.client.get(members)).status).toBe(401);
  });

  it('leaves people with another workspace signed in there', async () => {
    const stranger = await app.stranger();
    await invite(owner, [stranger.email], 'normal');
    await stranger.client.post('/console/api/workspaces/switch', { tenant_id: owner.workspaceId });
    expect((await stranger.client.post('/console/api/workspaces/current', {})).json.id).toBe(
      owner.workspaceId,
    );
    await owner.client.delete(`${members}/${stranger.accountId}`);
    const now = await stranger.client.post('/console/api/workspaces/current', {});
    expect(now.json.id).toBe(stranger.workspaceId);
  });

  it('withdraws the invitation of somebody who has not come, and forgets them', async () => {
    const email = newEmail();
    const token = tokenOf((await invite(owner, [email])).json.invitation_results[0].url);
    const { id } = (await owner.client.get(members)).json.accounts.find(
      (row: { email: string }) => row.email === email,
    );
    expect(await statusOf(id)).toBe('pending');
    await owner.client.delete(`${members}/${id}`);
    expect((await activate({ token })).json.code).toBe('already_activated');
    expect(await statusOf(id)).toBeUndefined();
  });

  it('spares oneself, the owner and people elsewhere', async () => {
    const admin = await app.member('admin');
    const stranger = await app.stranger();
    const remove = (by: TestPerson, id: string) => by.client.delete(`${members}/${id}`);
    expect((await remove(admin, admin.accountId)).json.code).toBe('cannot-operate-self');
    expect((await remove(admin, owner.accountId)).status).toBe(403);
    expect((await remove(admin, stranger.accountId)).json.code).toBe('member-not-found');
    const demote = await admin.client.put(`${members}/${owner.accountId}/update-role`, { role: 'normal' });
    expect(demote.status).toBe(403);
  });
});

describe('handing a workspace over', () => {
  it('takes a code from the mail, once, and swaps the roles', async () => {
    const boss = await app.stranger();
    const heir = await app.member('editor', { workspaceId: boss.workspaceId });
    const sent = await boss.client.post(`${members}/send-owner-transfer-confirm-email`, {}, from());
    const code = await app.mailbox.nextCode(boss.email);
    const checked = await boss.client.post(
      `${members}/owner-transfer-check`,
      { code, token: sent.json.data },
      from(),
    );
    const { token } = checked.json;
    const transfer = (id: string, body: object) =>
      boss.client.post(`${members}/${id}/owner-transfer`, body, from());
    expect((await transfer(boss.accountId, { token })).json.code).toBe('cannot_transfer_owner_to_self');
    expect((await transfer(owner.accountId, { token })).json.code).toBe('member_not_in_tenant');
    expect((await transfer(heir.accountId, { token: sent.json.data })).json.code).toBe(
      'invalid_or_expired_token',
    );
    // Where mail is set up the password does not take the code's place.
    expect((await transfer(heir.accountId, { password: testPassword })).status).toBe(400);
    expect((await transfer(heir.accountId, { token })).json).toEqual({ result: 'success' });
    expect((await transfer(heir.accountId, { token })).json.code).toBe('forbidden');
    const roles = (await heir.client.get(members)).json.accounts.map((row: { id: string; role: string }) => [
      row.id,
      row.role,
    ]);
    expect(Object.fromEntries(roles)).toEqual({ [boss.accountId]: 'admin', [heir.accountId]: 'owner' });
    expect((await app.mailbox.next(heir.email)).subject).toContain('has a new owner');
  });

  it('is for the owner, with a code of their own', async () => {
    const admin = await app.member('admin');
    const path = `${members}/send-owner-transfer-confirm-email`;
    expect((await admin.client.post(path, {}, from())).json.code).toBe('forbidden');
    const boss = await app.stranger();
    const theirs = (await boss.client.post(path, {}, from())).json.data;
    const code = await app.mailbox.nextCode(boss.email);
    const body = { code, token: theirs };
    expect((await owner.client.post(`${members}/owner-transfer-check`, body, from())).json.code).toBe(
      'invalid_or_expired_token',
    );
  });
});

describe('what a member may see', () => {
  it('tells permissions and features', async () => {
    const editor = await app.member('editor');
    const permission = (person: TestPerson) =>
      person.client.get('/console/api/workspaces/current/permission');
    expect((await permission(owner)).json).toEqual({
      workspace_id: owner.workspaceId,
      allow_member_invite: true,
      allow_owner_transfer: true,
    });
    expect((await permission(editor)).json).toMatchObject({
      allow_member_invite: false,
      allow_owner_transfer: false,
    });
    const features = (await editor.client.get('/console/api/features')).json;
    expect(features.billing).toEqual({ enabled: false, subscription: { plan: 'sandbox', interval: '' } });
    expect(features.apps).toEqual({ size: 0, limit: 10 });
  });
});
