import { createHmac, randomBytes as secureRandomBytes } from 'node:crypto';
import { randomDigits } from './alphanumeric.ts';
import { secretsEqual } from './constant-time.ts';
import { createRandomToken, hashToken, type RandomBytes } from './random-token.ts';
import { deriveKey } from './secret-key.ts';

/** What the holder of a code or grant may do with it. */
export type OneTimePurpose =
  | 'reset-password'
  | 'email-sign-in'
  | 'register'
  | 'change-email-old'
  | 'change-email-new'
  | 'owner-transfer'
  | 'delete-account'
  | 'invitation';

/** A row of the store: nothing in it lets its reader take part in the flow. */
export interface OneTimeRecord {
  readonly tokenHash: string;
  readonly purpose: OneTimePurpose;
  /** Who it is bound to: an account id or a lower-case e-mail address. */
  readonly subject: string;
  /** Keyed hash of the six digits; null for a grant, which needs the token alone. */
  readonly codeHash: string | null;
  /** Checks made so far. */
  readonly attempts: number;
  readonly expiresAtMs: number;
  /** What the flow wants to find again, such as the new address; never taken from the second request. */
  readonly payload: Readonly<Record<string, string>>;
}

/** Persistence of one-time codes and grants. Both changing methods are atomic: that is what they are for. */
export interface OneTimeStore {
  insert(record: OneTimeRecord): Promise<void>;
  /** Adds one attempt to an unexpired record and returns it with the new count, or null. */
  countAttempt(tokenHash: string, nowMs: number): Promise<OneTimeRecord | null>;
  /** Removes an unexpired record and returns it; of parallel callers exactly one gets it. */
  take(tokenHash: string, nowMs: number): Promise<OneTimeRecord | null>;
  /** Removes what was issued to the subject for the purpose before. */
  deleteFor(purpose: OneTimePurpose, subject: string): Promise<void>;
  /** Removes expired rows; called by a job. Returns how many. */
  deleteExpired(nowMs: number): Promise<number>;
}

/** Why a code was refused. `locked` is answered from the attempt after the last allowed one on. */
export type OneTimeRefusal = 'unknown-or-expired' | 'wrong-code' | 'locked';

/** Outcome of a check. */
export type OneTimeOutcome =
  | { readonly ok: true; readonly subject: string; readonly payload: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly reason: OneTimeRefusal };

/** Codes sent by mail (token in the browser, digits in the mail) and the grants that follow them. */
export interface OneTimeCodes {
  /** Makes a code; earlier ones of the same purpose and subject die. */
  issueCode(request: IssueRequest): Promise<{ token: string; code: string }>;
  /** Uses a code up, or counts a wrong try. Bound to purpose and subject. */
  redeemCode(request: {
    purpose: OneTimePurpose;
    subject: string;
    token: unknown;
    code: unknown;
  }): Promise<OneTimeOutcome>;
  /** Makes a token that works once without digits: invitations, and the step after a correct code. */
  issueGrant(request: IssueRequest): Promise<{ token: string }>;
  /** Looks at a grant without using it up, for pages that show what a link is about. */
  peekGrant(request: { purpose: OneTimePurpose; token: unknown }): Promise<OneTimeOutcome>;
  /** Uses a grant up. Without `subject`, whoever it is bound to is the answer. */
  redeemGrant(request: {
    purpose: OneTimePurpose;
    subject?: string;
    token: unknown;
  }): Promise<OneTimeOutcome>;
}

/** Request for a code or grant. `ttlMs` comes from the settings of the purpose. */
export interface IssueRequest {
  readonly purpose: OneTimePurpose;
  readonly subject: string;
  readonly ttlMs: number;
  readonly payload?: Readonly<Record<string, string>>;
}

const CODE_DIGITS = 6;
const MAX_ATTEMPTS = 5;

/** Builds the logic over a store. `now` gives milliseconds. */
export function createOneTimeCodes(options: {
  store: OneTimeStore;
  secretKey: string;
  now?: () => number;
  randomBytes?: RandomBytes;
}): OneTimeCodes {
  const { store, now = Date.now, randomBytes = secureRandomBytes } = options;
  // Six digits are guessed from a plain hash in a moment; the key keeps a stolen table worthless.
  const codeKey = deriveKey(options.secretKey, 'one-time-code');
  const hashCode = (tokenHash: string, code: string): string =>
    createHmac('sha256', codeKey).update(`${tokenHash}|${code}`).digest('hex');

  async function issue(request: IssueRequest, code: string | null): Promise<string> {
    const { purpose, subject, ttlMs, payload = {} } = request;
    const { token, tokenHash } = createRandomToken({ randomBytes });
    await store.deleteFor(purpose, subject);
    await store.insert({
      tokenHash,
      purpose,
      subject,
      codeHash: code === null ? null : hashCode(tokenHash, code),
      attempts: 0,
      expiresAtMs: now() + ttlMs,
      payload,
    });
    return token;
  }

  /** Checked before it is taken: a grant shown to the wrong endpoint must survive it. */
  async function findGrant(request: {
    purpose: OneTimePurpose;
    subject?: string;
    token: unknown;
  }): Promise<OneTimeRecord | null> {
    const tokenHash = hashToken(request.token);
    if (tokenHash === null) return null;
    const record = await store.countAttempt(tokenHash, now());
    if (record === null || record.codeHash !== null || record.purpose !== request.purpose) return null;
    const fits = request.subject === undefined || secretsEqual(record.subject, request.subject);
    return fits ? record : null;
  }

  return {
    async issueCode(request) {
      const code = randomDigits(CODE_DIGITS, randomBytes);
      return { token: await issue(request, code), code };
    },

    async redeemCode({ purpose, subject, token, code }) {
      const tokenHash = hashToken(token);
      if (tokenHash === null) return refused('unknown-or-expired');
      // Counted before it is compared: parallel guesses cannot all be the first.
      const record = await store.countAttempt(tokenHash, now());
      if (record === null || record.purpose !== purpose || record.codeHash === null) {
        return refused('unknown-or-expired');
      }
      if (record.attempts > MAX_ATTEMPTS) return refused('locked');
      if (!secretsEqual(record.subject, subject)) return refused('unknown-or-expired');
      const presented = typeof code === 'string' && /^\d{6}$/.test(code) ? hashCode(tokenHash, code) : null;
      if (!secretsEqual(presented, record.codeHash)) return refused('wrong-code');
      const taken = await store.take(tokenHash, now());
      return taken === null ? refused('unknown-or-expired') : accepted(taken);
    },

    async issueGrant(request) {
      return { token: await issue(request, null) };
    },

    async peekGrant(request) {
      const record = await findGrant(request);
      return record === null ? refused('unknown-or-expired') : accepted(record);
    },

    async redeemGrant(request) {
      const record = await findGrant(request);
      if (record === null) return refused('unknown-or-expired');
      const taken = await store.take(record.tokenHash, now());
      return taken === null ? refused('unknown-or-expired') : accepted(taken);
    },
  };
}

function refused(reason: OneTimeRefusal): OneTimeOutcome {
  return { ok: false, reason };
}

function accepted(record: OneTimeRecord): OneTimeOutcome {
  return { ok: true, subject: record.subject, payload: record.payload };
}
