import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { accountPolicy } from './modules/accounts/account-policy.ts';
import { AccountService } from './modules/accounts/account-service.ts';
import { CodeMails } from './modules/accounts/code-mails.ts';
import { EmailService } from './modules/accounts/email-service.ts';
import { JoinService } from './modules/accounts/join-service.ts';
import { MailOutbox } from './modules/accounts/mail-outbox.ts';
import { RecoveryService } from './modules/accounts/recovery-service.ts';
import { RegistrationService } from './modules/accounts/registration-service.ts';
import { SessionService } from './modules/accounts/session-service.ts';
import { SessionStore } from './modules/accounts/session-store.ts';
import { AccountStore } from './modules/accounts/store.ts';
import { InvitationService } from './modules/workspaces/invitation-service.ts';
import { MemberService } from './modules/workspaces/member-service.ts';
import { OwnershipService } from './modules/workspaces/ownership-service.ts';
import { WorkspaceStore } from './modules/workspaces/store.ts';
import { createOneTimeCodes } from './platform/crypto/one-time-code.ts';
import { createPostgresOneTimeStore } from './platform/crypto/one-time-postgres-store.ts';
import { createPasswordHasher } from './platform/crypto/password.ts';
import { createSealedBox } from './platform/crypto/sealed-box.ts';
import { createTokenSigner } from './platform/crypto/signed-token.ts';
import { createVault } from './platform/crypto/vault.ts';
import type { Environment } from './platform/environment.ts';
import type { Jobs } from './platform/jobs/job.ts';
import { createMailer } from './platform/mail/create-mailer.ts';
import { mailSettings } from './platform/mail/mail-settings.ts';
import type { Mailer } from './platform/mail/mailer.ts';
import type { OutboundClient } from './platform/outbound/outbound-client.ts';
import { createAccountLimits } from './platform/rate-limit/account-limits.ts';
import { accountLimitSettings } from './platform/rate-limit/limit-settings.ts';
import { createPostgresCounterStore } from './platform/rate-limit/postgres-counter-store.ts';
import type { Database } from './schema/database.ts';

/** The installation's name in mails. */
const product = 'Trellis';

/** What the parts about people are built from. */
export interface ComposeAccountsOptions {
  readonly environment: Environment;
  readonly db: Database;
  readonly pool: Pool;
  readonly secretKey: string;
  readonly version: string;
  readonly log: Logger;
  readonly jobs: Jobs;
  readonly outbound: OutboundClient;
  /** Instead of the one the environment describes. */
  readonly mailer: Mailer | undefined;
}

/** Builds accounts, sessions, workspaces, members and the mails around them. */
export function composeAccounts(options: ComposeAccountsOptions) {
  const { environment, db, pool, secretKey, log, jobs, outbound } = options;
  const settings = environment.accounts;
  const accounts = new AccountStore(db);
  const workspaces = new WorkspaceStore(db);
  const sessionStore = new SessionStore(db);
  const counters = createPostgresCounterStore(pool);
  const oneTimeStore = createPostgresOneTimeStore(pool);
  const tokens = createTokenSigner({ secretKey, edition: environment.server.edition });
  const vault = createVault({ secretKey, loadKeyPair: (workspaceId) => workspaces.keyPair(workspaceId) });
  const limits = createAccountLimits({ counters, ...accountLimitSettings(environment) });
  const codes = createOneTimeCodes({ store: oneTimeStore, secretKey });
  const policy = accountPolicy(environment);
  const mailer = options.mailer ?? createMailer(mailSettings(environment), { outbound });
  const outbox = new MailOutbox({
    jobs,
    mailer,
    box: createSealedBox({ secretKey, purpose: 'mail' }),
    product,
    log,
  });
  const accountService = new AccountService({
    accounts,
    workspaces,
    passwords: createPasswordHasher(),
    vault,
    limits,
    policy,
    version: options.version,
  });
  const sessions = new SessionService({
    accounts,
    sessions: sessionStore,
    tokens,
    secretKey,
    cookiePolicy: {
      secure: isHttps(environment.addresses.consoleWeb) && isHttps(environment.addresses.consoleApi),
      domain: settings.cookieDomain,
      accessTokenSeconds: settings.accessTokenMs / 1_000,
      refreshTokenSeconds: settings.refreshTokenMs / 1_000,
    },
  });
  const mails = new CodeMails({
    codes,
    limits,
    outbox,
    lifetimesMs: {
      'reset-password': settings.resetPasswordCodeMs,
      'email-sign-in': settings.signInCodeMs,
      register: settings.registerCodeMs,
      'change-email-old': settings.changeEmailCodeMs,
      'change-email-new': settings.changeEmailCodeMs,
      'owner-transfer': settings.ownerTransferCodeMs,
      'delete-account': settings.deletionCodeMs,
    },
  });
  const people = { accounts, service: accountService, sessions, mails };
  const recovery = new RecoveryService({ ...people, limits });
  return {
    accounts,
    workspaces,
    sessionStore,
    counters,
    oneTimeStore,
    tokens,
    vault,
    policy,
    mailer,
    outbox,
    accountService,
    sessions,
    recovery,
    registration: new RegistrationService({ ...people, policy }),
    emails: new EmailService({ ...people, outbox }),
    joining: new JoinService({ codes, accounts, workspaces, service: accountService }),
    invitations: new InvitationService({
      workspaces,
      accounts,
      codes,
      outbox,
      lifetimeMs: settings.invitationMs,
    }),
    members: new MemberService({
      workspaces,
      accounts,
      sessions,
      recovery,
      oneTimeStore,
      sendsMail: mailer.isConfigured,
    }),
    ownership: new OwnershipService({ ...people, workspaces, outbox }),
  };
}

function isHttps(address: string): boolean {
  return address.startsWith('https://');
}
