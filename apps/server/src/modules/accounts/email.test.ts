import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp, type TestPerson, testPassword } from '../../testing/test-app.ts';

let app: TestApp;
let silent: TestApp;
let addresses = 0;

beforeAll(async () => {
  app = await createTestApp({ mail: true });
  silent = await createTestApp();
});
afterAll(async () => {
  await app.close();
  await silent.close();
});

const base = '/console/api/account/change-email';
const from = () => {
  addresses += 1;
  return { ip: `192.0.2.${addresses}` };
};
const send = (person: TestPerson, body: object) => person.client.post(base, body, from());
const check = (person: TestPerson, body: object) => person.client.post(`${base}/validity`, body, from());
const change = (person: TestPerson, body: object) => person.client.post(`${base}/reset`, body, from());

async function proveOld(person: TestPerson): Promise<string> {
  const sent = await send(person, { email: person.email, phase: 'old_email' });
  const code = await app.mailbox.nextCode(person.email);
  return (await check(person, { email: person.email, code, token: sent.json.data })).json.token;
}

async function proveNew(person: TestPerson, email: string): Promise<string> {
  const sent = await send(person, { email, phase: 'new_email', token: await proveOld(person) });
  const code = await app.mailbox.nextCode(email);
  return (await check(person, { email, code, token: sent.json.data })).json.token;
}

describe('changing the address', () => {
  it('takes a code from the old and one from the new address, tells the old one, signs others out', async () => {
    const person = await app.member('normal');
    const other = await app.signIn(person.email, testPassword);
    const token = await proveNew(person, 'moved@example.com');
    const answer = await change(person, { new_email: 'moved@example.com', token });
    expect(answer.json).toMatchObject({ id: person.accountId, email: 'moved@example.com' });
    expect((await app.mailbox.next(person.email)).text).toContain('moved@example.com');
    expect((await other.client.get('/console/api/account/profile')).status).toBe(401);
    expect((await person.client.get('/console/api/account/profile')).status).toBe(200);
    await expect(app.signIn('moved@example.com', testPassword)).resolves.toBeTruthy();
  });

  it('does not skip the old address, nor change to another than the proved one', async () => {
    const person = await app.member('normal');
    const early = await send(person, { email: 'skip@example.com', phase: 'new_email', token: 'x' });
    expect(early.json.code).toBe('invalid_or_expired_token');
    const token = await proveNew(person, 'proved@example.com');
    expect((await change(person, { new_email: 'unproved@example.com', token })).status).toBe(400);
    expect((await change(person, { new_email: 'proved@example.com', token })).status).toBe(200);
  });

  it('is bound to the account: a token of somebody else is none', async () => {
    const [mallory, victim] = [await app.member('normal'), await app.member('normal')];
    const token = await proveNew(mallory, 'mallory2@example.com');
    expect((await change(victim, { new_email: 'mallory2@example.com', token })).json.code).toBe(
      'invalid_or_expired_token',
    );
  });

  it('refuses addresses that others have', async () => {
    const [person, other] = [await app.member('normal'), await app.member('normal')];
    const token = await proveOld(person);
    const answer = await send(person, { email: other.email, phase: 'new_email', token });
    expect(answer.json.code).toBe('email_already_in_use');
    const unique = await person.client.post(`${base}/check-email-unique`, { email: other.email }, from());
    expect(unique.json.code).toBe('email_already_in_use');
  });

  it('asks for the password where no mail is sent, and for it alone there', async () => {
    const person = await silent.member('normal');
    const body = { new_email: 'quiet@example.com' };
    expect((await change(person, body)).json.code).toBe('invalid_or_expired_token');
    expect((await change(person, { ...body, password: 'Wrong-1-x' })).json.code).toBe(
      'current_password_incorrect',
    );
    expect((await change(person, { ...body, password: testPassword })).json.email).toBe('quiet@example.com');
    const mailed = await app.member('normal');
    expect((await change(mailed, { ...body, password: testPassword })).json.code).toBe(
      'invalid_or_expired_token',
    );
  });
});
