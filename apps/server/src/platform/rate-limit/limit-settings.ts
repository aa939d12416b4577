import type { Environment } from '../environment.ts';
import type { LockDurations } from './account-limits.ts';

/** Limits of the account flows out of the …_LOCKOUT_DURATION variables and EMAIL_SEND_IP_LIMIT_PER_MINUTE. */
export function accountLimitSettings(environment: Pick<Environment, 'accounts'>): {
  lockMs: LockDurations;
  mailsPerNetworkPerMinute: number;
} {
  const { accounts } = environment;
  return {
    lockMs: {
      'sign-in': accounts.signInLockoutMs,
      'reset-password': accounts.forgotPasswordLockoutMs,
      register: accounts.registerLockoutMs,
      'change-email': accounts.changeEmailLockoutMs,
      'owner-transfer': accounts.ownerTransferLockoutMs,
    },
    mailsPerNetworkPerMinute: accounts.mailsPerAddressPerMinute,
  };
}
