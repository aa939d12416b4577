import { emailField } from '../../modules/accounts/schema.ts';
import { isUniqueViolation } from '../../schema/database.ts';
import type { Command } from '../command.ts';
import { openAccountTools, requireAccount, valueOrAnswer } from './account-tools.ts';

/** Gives an account another address. */
export const resetEmail: Command = {
  name: 'reset-email',
  summary: 'Change the e-mail address of an account and end its sessions',
  usage: '[--email ADDRESS] [--new-email ADDRESS] [--email-confirm ADDRESS]',
  options: {
    email: { type: 'string' },
    'new-email': { type: 'string' },
    'email-confirm': { type: 'string' },
  },
  async run(context, { values }) {
    const { accounts, sessions } = await openAccountTools(context);
    const email = await valueOrAnswer(context, values.get('email'), { text: 'Present e-mail address: ' });
    const account = await requireAccount(accounts, email);
    const given = await valueOrAnswer(context, values.get('new-email'), { text: 'New e-mail address: ' });
    const again = await valueOrAnswer(context, values.get('email-confirm'), {
      text: 'New e-mail address again: ',
    });
    const parsed = emailField.safeParse(given);
    if (!parsed.success) throw new Error(`${given} is not a valid e-mail address.`);
    if (emailField.safeParse(again).data !== parsed.data) {
      throw new Error('The addresses do not match; nothing was changed.');
    }
    try {
      await accounts.update(account.id, { email: parsed.data });
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      throw new Error(`Another account has the address ${parsed.data}.`, { cause: error });
    }
    await sessions.revokeAll(account.id, context.now());
    context.print(`${account.email} is now ${parsed.data} and signed out everywhere.`);
  },
};
