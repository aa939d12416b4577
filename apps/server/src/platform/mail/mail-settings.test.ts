import { describe, expect, it } from 'vitest';
import { readEnvironment } from '../environment.ts';
import { mailSettings } from './mail-settings.ts';

const settingsOf = (variables: Record<string, string>) => mailSettings(readEnvironment(variables));
const smtp = { MAIL_TYPE: 'smtp', MAIL_DEFAULT_SEND_FROM: 'T <a@b.c>', SMTP_SERVER: 'mail.test' };

describe('the environment of mail', () => {
  it('is none unless it is set', () => {
    expect(settingsOf({})).toEqual({ type: 'none' });
  });

  it.each([
    [{}, 'implicit-tls', 465],
    [{ SMTP_OPPORTUNISTIC_TLS: 'true', SMTP_PORT: '587' }, 'starttls', 587],
    [{ SMTP_USE_TLS: 'false', SMTP_PORT: '25' }, 'none', 25],
    [{ SMTP_USE_TLS: 'false', SMTP_OPPORTUNISTIC_TLS: 'true' }, 'none', 465],
  ])('%j means %s', (variables, security, port) => {
    const settings = settingsOf({ ...smtp, ...(variables as Record<string, string>) });
    expect(settings).toMatchObject({
      type: 'smtp',
      smtp: { host: 'mail.test', security, port, from: 'T <a@b.c>' },
    });
  });

  it.each([
    [{ MAIL_TYPE: 'smtp' }, /MAIL_DEFAULT_SEND_FROM/],
    [{ MAIL_TYPE: 'smtp', MAIL_DEFAULT_SEND_FROM: 'a@b.c' }, /SMTP_SERVER/],
    [{ MAIL_TYPE: 'resend', MAIL_DEFAULT_SEND_FROM: 'a@b.c' }, /RESEND_API_KEY/],
    [{ MAIL_TYPE: 'sendgrid', MAIL_DEFAULT_SEND_FROM: 'a@b.c' }, /SENDGRID_API_KEY/],
  ])('%j lacks something that is named', (variables, message) => {
    expect(() => settingsOf(variables as Record<string, string>)).toThrow(message);
  });
});
