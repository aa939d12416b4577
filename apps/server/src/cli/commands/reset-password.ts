import { createPasswordHasher, isAcceptablePassword } from '../../platform/crypto/password.ts';
import type { Command } from '../command.ts';
import { openAccountTools, requireAccount, valueOrAnswer } from './account-tools.ts';

/** Gives somebody a new password, signs them out everywhere and lifts their locks. */
export const resetPassword: Command = {
  name: 'reset-password',
  summary: 'Set the password of an account, end its sessions and lift its locks',
  usage: '[--email ADDRESS]',
  // The password itself is only ever asked for: arguments are seen by everybody on the machine.
  options: { email: { type: 'string' } },
  async run(context, { values }) {
    const { accounts, sessions, limits } = await openAccountTools(context);
    const email = await valueOrAnswer(context, values.get('email'), { text: 'E-mail address: ' });
    const account = await requireAccount(accounts, email);
    const password = await context.ask('New password: ', { hidden: true });
    if (!isAcceptablePassword(password)) {
      throw new Error('Use at least 8 characters with a letter and a digit, and no spaces.');
    }
    if ((await context.ask('New password again: ', { hidden: true })) !== password) {
      throw new Error('The passwords do not match; nothing was changed.');
    }
    await accounts.update(account.id, {
      passwordHash: await createPasswordHasher().hash(password),
      ...(account.status === 'pending' ? { status: 'active' as const, initializedAt: context.now() } : {}),
    });
    await sessions.revokeAll(account.id, context.now());
    await limits.unlock(account.email);
    context.print(`${account.email} has a new password and is signed out everywhere.`);
  },
};
