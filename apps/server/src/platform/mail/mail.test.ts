import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createOutboundClient, type OutboundClient } from '../outbound/outbound-client.ts';
import { createMailer, type MailSettings } from './create-mailer.ts';
import { MAIL_TEXTS, type MailKind, mailLanguage } from './mail-texts.ts';
import { type Mailer, type MailMessage, parseMailAddress } from './mailer.ts';
import { createMemoryMailer } from './memory-mailer.ts';
import { renderMail } from './render-mail.ts';
import { type FakeSmtp, startFakeSmtp } from './testing/fake-smtp.ts';

const message: MailMessage = {
  to: 'ann@example.org',
  subject: 'Grüße\nBcc: x@y.z',
  text: 'Hällo',
  html: '<p>Hällo</p>',
};
const from = 'Trellis <no-reply@example.org>';

describe('mail by SMTP', () => {
  let smtp: FakeSmtp;
  let mailer: Mailer;

  async function open(options: Parameters<typeof startFakeSmtp>[0] = {}, more = {}): Promise<void> {
    smtp = await startFakeSmtp(options);
    const settings = { host: '127.0.0.1', port: smtp.port, security: 'none', from, ...more } as const;
    mailer = createMailer({ type: 'smtp', smtp: settings }, { outbound: createOutboundClient() });
  }
  afterEach(async () => {
    await mailer.close();
    await smtp.close();
  });

  it('arrives with both forms, from the configured sender, under our name', async () => {
    await open({}, { localHostname: 'trellis.test' });
    await mailer.send(message);
    const [mail] = smtp.mails;
    expect(mail).toMatchObject({ from: 'no-reply@example.org', to: ['ann@example.org'] });
    expect(mail?.data).toContain('multipart/alternative');
    expect(mail?.data).not.toMatch(/^Bcc:/m);
    expect(smtp.greetedAs()).toBe('trellis.test');
  });

  it('signs in', async () => {
    await open({ password: 'right' }, { username: 'u', password: 'right' });
    await mailer.send(message);
    expect(smtp.mails).toHaveLength(1);
  });

  it('says when the credentials are wrong, without showing them', async () => {
    await open({ password: 'right' }, { username: 'u', password: 'wrong-secret' });
    const error = await mailer.send(message).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ code: 'mail_refused', mayBeRetried: false });
    expect(String(error)).not.toContain('wrong-secret');
  });

  it.each([
    ['550 no such user', 'mail_refused', false],
    ['451 come back later', 'mail_unavailable', true],
  ])('tells a final refusal from a passing one: %s', async (reply, code, mayBeRetried) => {
    await open({ replies: { RCPT: reply } });
    await expect(mailer.send(message)).rejects.toMatchObject({ code, mayBeRetried });
  });

  it('does not fall back to clear text when STARTTLS is wanted', async () => {
    await open({ replies: { STAR: '502 not here' } }, { security: 'starttls' });
    await expect(mailer.send(message)).rejects.toMatchObject({ name: 'MailError' });
    expect(smtp.mails).toEqual([]);
  });
});

describe('mail by HTTP', () => {
  let server: Server;
  let outbound: OutboundClient;
  let status = 200;
  const seen: { url: string | undefined; authorization: string | undefined; body: unknown }[] = [];

  async function open(type: 'resend' | 'sendgrid'): Promise<Mailer> {
    server = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      seen.push({ url: request.url, authorization: request.headers.authorization, body: JSON.parse(body) });
      response.writeHead(status).end('{}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    outbound = createOutboundClient();
    const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const service = { apiKey: 'key', apiUrl, from };
    const settings: MailSettings =
      type === 'resend' ? { type, resend: service } : { type, sendgrid: service };
    return createMailer(settings, { outbound });
  }
  afterEach(async () => {
    seen.length = 0;
    status = 200;
    await outbound.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('speaks Resend', async () => {
    await (await open('resend')).send(message);
    expect(seen).toEqual([
      {
        url: '/emails',
        authorization: 'Bearer key',
        body: {
          from,
          to: ['ann@example.org'],
          subject: 'Grüße Bcc: x@y.z',
          html: message.html,
          text: message.text,
        },
      },
    ]);
  });

  it('speaks SendGrid', async () => {
    await (await open('sendgrid')).send(message);
    expect(seen[0]).toMatchObject({
      url: '/v3/mail/send',
      body: {
        personalizations: [{ to: [{ email: 'ann@example.org' }] }],
        from: { email: 'no-reply@example.org', name: 'Trellis' },
      },
    });
  });

  it.each([
    [401, 'mail_refused'],
    [422, 'mail_refused'],
    [429, 'mail_unavailable'],
    [500, 'mail_unavailable'],
  ])('answered with %i is %s', async (answer, code) => {
    status = answer;
    await expect((await open('resend')).send(message)).rejects.toMatchObject({ code });
  });
});

describe('without mail', () => {
  it('the latest mails are kept for the operator, and the log hears of them without their text', async () => {
    const heard: unknown[] = [];
    const mailer = createMemoryMailer({ onMail: (mail) => heard.push(mail) });
    expect(mailer.isConfigured).toBe(false);
    for (let count = 0; count < 60; count += 1) await mailer.send({ ...message, text: `mail ${count}` });
    expect(mailer.recent()).toHaveLength(50);
    expect(mailer.recent()[0]?.text).toBe('mail 59');
    expect(JSON.stringify(heard)).not.toContain('mail 59');
  });
});

describe('addresses', () => {
  it.each([
    ['a@b.c', { name: '', address: 'a@b.c' }],
    ['Ann <a@b.c>', { name: 'Ann', address: 'a@b.c' }],
    ['"Ann, B." <a@b.c>', { name: 'Ann, B.', address: 'a@b.c' }],
  ])('%s is read', (text, parsed) => {
    expect(parseMailAddress(text)).toEqual(parsed);
  });

  it.each(['', 'ann', 'a@b.c, d@e.f', 'a@b.c\r\nBcc: d@e.f', 'Ann\n<a@b.c>', 'a b@c.d', '<a@b.c'])(
    '%j is refused',
    (text) => {
      expect(() => parseMailAddress(text)).toThrow(expect.objectContaining({ code: 'mail_address_invalid' }));
    },
  );
});

describe('the texts', () => {
  const kinds = Object.keys(MAIL_TEXTS['en-US']) as MailKind[];

  it.each(kinds)('of %s use the same placeholders in both languages', (kind) => {
    const placeholdersOf = (language: 'en-US' | 'zh-Hans') =>
      new Set(JSON.stringify(MAIL_TEXTS[language][kind]).match(/\{\w+\}/g) ?? []);
    const [english, chinese] = [placeholdersOf('en-US'), placeholdersOf('zh-Hans')];
    expect([...chinese].sort()).toEqual([...english].sort());
  });

  it.each(kinds)('of %s leave no placeholder open', (kind) => {
    const contents = {
      ...{ code: '123456', minutes: 5, workspace: 'W', newEmail: 'n@e.w', newOwner: 'O', inviter: 'I' },
      ...(kind === 'invitation' ? { url: 'https://x.test/activate?token=t&email=e', hours: 72 } : {}),
    };
    for (const language of ['en-US', 'zh-Hans']) {
      const mail = renderMail({
        kind,
        to: 'a@b.c',
        language,
        contents: contents as never,
        product: 'Trellis',
      });
      expect(`${mail.subject}${mail.text}${mail.html}`).not.toMatch(/\{\w+\}/);
    }
  });

  it('carry the code in both forms and the link as a link', () => {
    const code = renderMail({
      kind: 'reset-password',
      to: 'a@b.c',
      language: 'zh-Hans',
      contents: { code: '012345', minutes: 5 },
      product: 'Trellis',
    });
    expect(code.text).toContain('012345');
    expect(code.html).toContain('>012345<');
    expect(code.subject).toBe('重置您的 Trellis 密码');
    expect(code.html).toContain('lang="zh-Hans"');
    const invitation = renderMail({
      kind: 'invitation',
      to: 'a@b.c',
      language: 'de-DE',
      contents: { inviter: 'Ann', workspace: 'Lab', url: 'https://x.test/activate?a=1&b=2', hours: 72 },
      product: 'Trellis',
    });
    expect(invitation.subject).toBe('Ann invites you to Lab');
    expect(invitation.html).toContain('href="https://x.test/activate?a=1&amp;b=2"');
    expect(invitation.text).toContain('https://x.test/activate?a=1&b=2');
  });

  it('are not a way to send other people’s markup, subjects or links', () => {
    const mail = renderMail({
      kind: 'invitation',
      to: 'a@b.c',
      language: 'en-US',
      contents: {
        inviter: '<img src=x onerror=alert(1)>"\'',
        workspace: `W\r\nBcc: v@x.y${'!'.repeat(500)}`,
        url: 'https://x.test/"><script>',
        hours: 72,
      },
      product: 'Trellis',
    });
    expect(mail.html).not.toMatch(/<img|<script/);
    expect(mail.subject).not.toMatch(/[\r\n]/);
    expect(mail.subject.length).toBeLessThan(200);
    const unsafe = { inviter: 'A', workspace: 'W', url: 'javascript:alert(1)', hours: 72 };
    expect(() =>
      renderMail({ kind: 'invitation', to: 'a@b.c', language: null, contents: unsafe, product: 'T' }),
    ).toThrow(TypeError);
  });

  it.each([
    ['zh-Hans', 'zh-Hans'],
    ['zh-CN', 'zh-Hans'],
    ['zh', 'zh-Hans'],
    ['zh-Hant', 'en-US'],
    ['fr-FR', 'en-US'],
    [null, 'en-US'],
  ])('for %s are in %s', (language, expected) => {
    expect(mailLanguage(language)).toBe(expected);
  });
});
