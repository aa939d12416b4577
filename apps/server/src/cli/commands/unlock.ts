import type { Command } from '../command.ts';
import { openAccountTools, requireAccount, valueOrAnswer } from './account-tools.ts';

/** Lifts the locks that wrong passwords and codes have put on an account. */
export const unlock: Command = {
  name: 'unlock',
  aliases: ['unlock-account'],
  summary: 'Lift the locks of an account after too many wrong passwords or codes',
  usage: '[--email ADDRESS]',
  options: { email: { type: 'string' } },
  async run(context, { values, positionals }) {
    const { accounts, limits } = await openAccountTools(context);
    const given = values.get('email') ?? positionals[0];
    const email = await valueOrAnswer(context, given, { text: 'E-mail address: ' });
    const account = await requireAccount(accounts, email);
    // Flows without a session count under the address, the others under the account.
    await limits.unlock(account.email);
    await limits.unlock(account.id);
    context.print(`${account.email} may try again.`);
  },
};
