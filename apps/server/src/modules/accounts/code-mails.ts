import type { OneTimeCodes, OneTimePurpose } from '../../platform/crypto/one-time-code.ts';
import { ApiError } from '../../platform/errors.ts';
import type { MailContents } from '../../platform/mail/mail-texts.ts';
import type { AccountLimits, LimitedFlow } from '../../platform/rate-limit/account-limits.ts';
import { enforce } from './limits.ts';
import type { MailOutbox } from './mail-outbox.ts';

/** Mails whose point is six digits. */
type CodeMailKind = Exclude<OneTimePurpose, 'invitation'>;

/** A flow in which somebody proves to read a mailbox. */
interface CodeStep {
  readonly flow: LimitedFlow;
  readonly purpose: CodeMailKind;
  /** Whom the code is bound to: the address on public flows, the account's id on signed-in ones. */
  readonly subject: string;
  readonly ip: string;
}

/** The codes in mails: limits, code, mail; then limits again, check, and a token for the next step. */
export class CodeMails {
  readonly #codes: OneTimeCodes;
  readonly #limits: AccountLimits;
  readonly #outbox: MailOutbox;
  readonly #lifetimesMs: Readonly<Record<CodeMailKind, number>>;

  constructor(options: {
    codes: OneTimeCodes;
    limits: AccountLimits;
    outbox: MailOutbox;
    lifetimesMs: Readonly<Record<CodeMailKind, number>>;
  }) {
    this.#codes = options.codes;
    this.#limits = options.limits;
    this.#outbox = options.outbox;
    this.#lifetimesMs = options.lifetimesMs;
  }

  /** 400 where no mail is sent at all: the answer does not depend on whom somebody asked about. */
  assertConfigured(): void {
    if (this.#outbox.isConfigured) return;
    throw new ApiError(
      'bad_request',
      'This installation sends no mail. Ask an administrator, who can reset passwords and addresses.',
    );
  }

  /** Sends a code; answers the token that has to come back with it. */
  async send(
    step: CodeStep & {
      to: string;
      language: string | undefined;
      /** False for addresses that nobody here has. */
      deliver?: boolean;
      payload?: Readonly<Record<string, string>>;
      /** Name of the workspace, for the mail about its ownership. */
      workspace?: string;
    },
  ): Promise<string> {
    this.assertConfigured();
    enforce(await this.#limits.sendMail(step.flow, step));
    const { token, code } = await this.issue(step);
    const contents = { code, minutes: Math.round(this.#lifetimesMs[step.purpose] / 60_000) };
    await this.#outbox.send({
      kind: step.purpose,
      to: step.to,
      language: step.language,
      contents: { ...contents, workspace: step.workspace ?? '' } satisfies MailContents['owner-transfer'],
      deliver: step.deliver ?? true,
    });
    return token;
  }

  /** Makes a code without sending it, for an operator who hands it over in person. */
  issue(step: {
    purpose: CodeMailKind;
    subject: string;
    payload?: Readonly<Record<string, string>>;
    ttlMs?: number;
  }): Promise<{ token: string; code: string }> {
    return this.#codes.issueCode({
      purpose: step.purpose,
      subject: step.subject,
      ttlMs: step.ttlMs ?? this.#lifetimesMs[step.purpose],
      ...(step.payload === undefined ? {} : { payload: step.payload }),
    });
  }

  /**
   * Uses a code up; answers what it was issued with. Throws 429 after too many tries, 400 `email_code_error` for a wrong
   * code and 400 `invalid_or_expired_token` for everything that is not a live code of this purpose and subject.
   */
  async check(step: CodeStep & { token: unknown; code: unknown }): Promise<Readonly<Record<string, string>>> {
    enforce(await this.#limits.attempt(step.flow, step));
    const outcome = await this.#codes.redeemCode(step);
    if (!outcome.ok) {
      throw new ApiError(
        outcome.reason === 'unknown-or-expired' ? 'invalid_or_expired_token' : 'email_code_error',
      );
    }
    await this.#limits.succeeded(step.flow, step);
    return outcome.payload;
  }

  /** A token for the step after a right code. */
  async grant(step: {
    purpose: CodeMailKind;
    subject: string;
    payload?: Readonly<Record<string, string>>;
  }): Promise<string> {
    const { token } = await this.#codes.issueGrant({ ttlMs: this.#lifetimesMs[step.purpose], ...step });
    return token;
  }

  /** Uses the token of an earlier step up. 400 `invalid_or_expired_token`. */
  async redeem(step: { purpose: CodeMailKind; subject?: string; token: unknown }) {
    const outcome = await this.#codes.redeemGrant(step);
    if (!outcome.ok) throw new ApiError('invalid_or_expired_token');
    return outcome;
  }

  /** Checks the token of an earlier step and leaves it alive. 400 `invalid_or_expired_token`. */
  async assertGranted(step: { purpose: CodeMailKind; subject: string; token: unknown }): Promise<void> {
    const outcome = await this.#codes.peekGrant(step);
    if (!outcome.ok || outcome.subject !== step.subject) throw new ApiError('invalid_or_expired_token');
  }
}
