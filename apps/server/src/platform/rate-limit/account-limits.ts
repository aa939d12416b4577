import type { ErrorCode } from '@trellis/contracts';
import { clientNetwork } from './client-network.ts';
import { type CounterStore, counterKey } from './counter-store.ts';

/** Flows around an account that somebody might try to force or to flood. */
export type LimitedFlow =
  | 'sign-in'
  | 'reset-password'
  | 'email-sign-in'
  | 'register'
  | 'change-email'
  | 'owner-transfer'
  | 'delete-account';

/** Answer of a limit: go on, or the code to answer with and when to come back. */
export type LimitVerdict =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly code: ErrorCode; readonly retryAfterSeconds: number };

/** Who is trying: the address or account the flow is about, and where the request comes from. */
export interface Attempt {
  /** Lower-case e-mail address or account id. */
  readonly subject: string;
  readonly ip: string;
}

/** Limits of the account flows. Counters are shared by all processes when their store is. */
export interface AccountLimits {
  /**
   * Counts a try before it is checked, so that parallel tries cannot all be the first. After a right answer
   * call `succeeded`; a wrong one needs nothing more.
   */
  attempt(flow: LimitedFlow, attempt: Attempt): Promise<LimitVerdict>;
  /** Clears the tries of this caller. */
  succeeded(flow: LimitedFlow, attempt: Attempt): Promise<void>;
  /** Counts a mail about to be sent: per flow and subject, and per caller over all flows. */
  sendMail(flow: LimitedFlow, attempt: Attempt): Promise<LimitVerdict>;
  /** Lifts every lock of a subject, wherever the tries came from. For operators and after a password reset. */
  unlock(subject: string): Promise<void>;
}

/** Durations of the locks, from the environment (…_LOCKOUT_DURATION). */
export type LockDurations = Readonly<
  Record<'sign-in' | 'reset-password' | 'register' | 'change-email' | 'owner-transfer', number>
>;

interface FlowLimits {
  readonly attempts: { readonly allowed: number; readonly code: ErrorCode } | null;
  readonly mails: { readonly allowed: number; readonly windowMs: number; readonly code: ErrorCode } | null;
}

const minuteMs = 60_000;
const oneAMinute = { allowed: 1, windowMs: minuteMs } as const;

/** The published limits. Wrong codes of the flows without a lock are counted by the codes themselves. */
const FLOWS: Readonly<Record<LimitedFlow, FlowLimits>> = {
  'sign-in': { attempts: { allowed: 5, code: 'email_code_login_limit' }, mails: null },
  'reset-password': {
    attempts: { allowed: 5, code: 'email_password_reset_limit' },
    mails: { ...oneAMinute, code: 'password_reset_rate_limit_exceeded' },
  },
  'email-sign-in': {
    attempts: null,
    mails: { allowed: 3, windowMs: 5 * minuteMs, code: 'email_code_login_rate_limit_exceeded' },
  },
  register: {
    attempts: { allowed: 5, code: 'email_register_limit' },
    mails: { ...oneAMinute, code: 'email_register_rate_limit_exceeded' },
  },
  'change-email': {
    attempts: { allowed: 5, code: 'email_change_limit' },
    mails: { ...oneAMinute, code: 'email_change_rate_limit_exceeded' },
  },
  'owner-transfer': {
    attempts: { allowed: 5, code: 'owner_transfer_limit' },
    mails: { ...oneAMinute, code: 'owner_transfer_rate_limit_exceeded' },
  },
  'delete-account': {
    attempts: null,
    mails: { ...oneAMinute, code: 'email_code_account_deletion_rate_limit_exceeded' },
  },
};

/**
 * Tries on one account from everywhere together. Guessing from many addresses ends here; the lock is short,
 * because strangers can cause it.
 */
const EVERYWHERE = { allowed: 100, lockMs: 15 * minuteMs } as const;
const FIRST_BLOCK_MS = 10 * minuteMs;
const NEXT_BLOCK_MS = 60 * minuteMs;
const BREACHES_REMEMBERED_MS = 60 * minuteMs;

/** Builds the limits over a counter store. */
export function createAccountLimits(options: {
  counters: CounterStore;
  lockMs: LockDurations;
  /** EMAIL_SEND_IP_LIMIT_PER_MINUTE. */
  mailsPerNetworkPerMinute: number;
}): AccountLimits {
  const { counters, lockMs, mailsPerNetworkPerMinute } = options;

  const attemptKey = (flow: LimitedFlow, { subject, ip }: Attempt): string =>
    counterKey('attempts', subject, flow, clientNetwork(ip));

  async function limitMailsOfNetwork(network: string): Promise<LimitVerdict> {
    const code = 'email_send_ip_limit';
    const blockKey = counterKey('mail-block', network);
    const block = await counters.read(blockKey);
    if (block !== null) return refuse(code, block.expiresInMs);
    const sent = await counters.add(counterKey('mail-network', network), { ttlMs: minuteMs });
    if (sent.count <= mailsPerNetworkPerMinute) return { allowed: true };
    // Only the first mail too many is a breach; those beside it belong to the same one.
    if (sent.count > mailsPerNetworkPerMinute + 1) return refuse(code, sent.expiresInMs);
    const breaches = await counters.add(counterKey('mail-breaches', network), {
      ttlMs: BREACHES_REMEMBERED_MS,
    });
    const blockMs = breaches.count > 1 ? NEXT_BLOCK_MS : FIRST_BLOCK_MS;
    await counters.add(blockKey, { ttlMs: blockMs });
    return refuse(code, blockMs);
  }

  return {
    async attempt(flow, attempt) {
      const { attempts } = FLOWS[flow];
      if (attempts === null) return { allowed: true };
      const lock = flow in lockMs ? lockMs[flow as keyof LockDurations] : EVERYWHERE.lockMs;
      const own = await counters.add(attemptKey(flow, attempt), { ttlMs: lock, restart: true });
      if (own.count > attempts.allowed) return refuse(attempts.code, own.expiresInMs);
      const everywhere = await counters.add(counterKey('attempts', attempt.subject, flow), {
        ttlMs: EVERYWHERE.lockMs,
      });
      if (everywhere.count > EVERYWHERE.allowed) return refuse(attempts.code, everywhere.expiresInMs);
      return { allowed: true };
    },

    async succeeded(flow, attempt) {
      await counters.reset(attemptKey(flow, attempt));
      // Programs that sign in all day are no guessers.
      await counters.reset(counterKey('attempts', attempt.subject, flow));
    },

    async sendMail(flow, { subject, ip }) {
      const { mails } = FLOWS[flow];
      const network = await limitMailsOfNetwork(clientNetwork(ip));
      if (!network.allowed || mails === null) return network;
      const sent = await counters.add(counterKey('mails', subject, flow), { ttlMs: mails.windowMs });
      return sent.count > mails.allowed ? refuse(mails.code, sent.expiresInMs) : { allowed: true };
    },

    async unlock(subject) {
      await counters.resetAll(`${counterKey('attempts', subject)} `);
    },
  };
}

function refuse(code: ErrorCode, expiresInMs: number): LimitVerdict {
  return { allowed: false, code, retryAfterSeconds: Math.max(1, Math.ceil(expiresInMs / 1_000)) };
}
