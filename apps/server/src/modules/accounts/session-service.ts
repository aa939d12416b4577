import { createHmac } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { ConsolePrincipal } from '../../platform/auth/principals.ts';
import { makeScope } from '../../platform/auth/scope.ts';
import { isCsrfTokenValid } from '../../platform/crypto/csrf.ts';
import { TokenError } from '../../platform/crypto/errors.ts';
import { createRefreshToken, hashToken } from '../../platform/crypto/random-token.ts';
import { deriveKey } from '../../platform/crypto/secret-key.ts';
import type { TokenSigner } from '../../platform/crypto/signed-token.ts';
import { ApiError } from '../../platform/errors.ts';
import { type CookiePolicy, readCookie, type SessionTokens } from './cookies.ts';
import type { Session, SessionStore } from './session-store.ts';
import type { AccountStore } from './store.ts';

/** A token that was just replaced still refreshes for this long: two tabs may ask at the same moment. */
const rotationGraceMs = 60_000;
/** `last_active_at` is written at most this often. */
const activityIntervalMs = 10 * 60_000;

/** Sessions of the console: opening, refreshing, ending them, and who is behind a request. */
export class SessionService {
  readonly #accounts: AccountStore;
  readonly #sessions: SessionStore;
  readonly #tokens: TokenSigner;
  readonly #policy: CookiePolicy;
  readonly #now: () => Date;
  readonly #rotationKey: Buffer;

  constructor(options: {
    accounts: AccountStore;
    sessions: SessionStore;
    tokens: TokenSigner;
    cookiePolicy: CookiePolicy;
    secretKey: string;
    now?: () => Date;
  }) {
    this.#rotationKey = deriveKey(options.secretKey, 'refresh-token-rotation');
    this.#accounts = options.accounts;
    this.#sessions = options.sessions;
    this.#tokens = options.tokens;
    this.#policy = options.cookiePolicy;
    this.#now = options.now ?? (() => new Date());
  }

  /** How cookies are made here. */
  get cookiePolicy(): CookiePolicy {
    return this.#policy;
  }

  /** Whether somebody belongs to a workspace, without which there is nothing to sign in to. */
  async hasWorkspace(accountId: string): Promise<boolean> {
    await this.#accounts.ensureCurrentWorkspace(accountId);
    return (await this.#accounts.findForSession(accountId))?.workspace != null;
  }

  /** Opens a session for somebody whose right to it has been checked. */
  async open(accountId: string, device: { userAgent: string | null; ip: string }): Promise<SessionTokens> {
    const now = this.#now();
    const refresh = createRefreshToken();
    const session = await this.#sessions.insert({
      accountId,
      refreshTokenHash: refresh.tokenHash,
      userAgent: device.userAgent?.slice(0, 500) ?? null,
      ip: device.ip,
      expiresAt: new Date(now.getTime() + this.#policy.refreshTokenSeconds * 1_000),
    });
    await this.#accounts.update(accountId, { lastLoginAt: now, lastLoginIp: device.ip, lastActiveAt: now });
    return this.#tokensFor(accountId, session.id, refresh.token);
  }

  /** New tokens for a refresh token; 401 when it is unknown, used up or of an ended session. */
  async refresh(refreshToken: unknown): Promise<SessionTokens> {
    const hash = hashToken(refreshToken);
    const now = this.#now();
    const session =
      hash === null
        ? null
        : await this.#sessions.findByRefreshToken(hash, {
            now,
            graceSince: new Date(now.getTime() - rotationGraceMs),
          });
    if (!session || hash === null)
      throw new ApiError('unauthorized', 'The session has ended. Please sign in again.');
    const found = await this.#accounts.findForSession(session.accountId);
    if (!found || found.account.status === 'banned' || found.account.status === 'closed') {
      await this.#sessions.revoke(session.id, now);
      throw new ApiError('unauthorized_and_force_logout');
    }
    const next = this.#successorOf(String(refreshToken));
    const nextHash = hashToken(next);
    if (nextHash === null) throw new Error('a successor token must be hashable');
    if (session.refreshTokenHash === hash) {
      await this.#sessions.rotate({ id: session.id, currentHash: hash, nextHash, now });
    }
    return this.#tokensFor(session.accountId, session.id, next);
  }

  /** The devices on which somebody is signed in. */
  devices(accountId: string): Promise<Session[]> {
    return this.#sessions.openOf(accountId, this.#now());
  }

  /** Ends one of somebody's own sessions; false when there is no such. */
  endOwn(accountId: string, sessionId: string): Promise<boolean> {
    return this.#sessions.revokeOwn(sessionId, accountId, this.#now());
  }

  /** Ends a session. */
  async end(sessionId: string): Promise<void> {
    await this.#sessions.revoke(sessionId, this.#now());
  }

  /** Ends all sessions of an account, but for the given one. */
  async endAll(accountId: string, exceptId?: string): Promise<void> {
    await this.#sessions.revokeAll(accountId, this.#now(), exceptId);
  }

  /** Who is behind a console request, or the 401 that the contract prescribes. */
  async authenticate(request: FastifyRequest): Promise<ConsolePrincipal> {
    const bearer = bearerToken(request);
    const token = bearer ?? readCookie(request, 'access_token');
    if (token === undefined) throw new ApiError('unauthorized', 'Sign in to continue.');
    const { userId, sessionId } = await this.#verify(token);
    if (bearer === undefined && !isSafe(request.method)) await this.#checkCsrf(request, userId);

    const now = this.#now();
    const [found, open] = await Promise.all([
      this.#accounts.findForSession(userId),
      this.#sessions.isOpen(sessionId, userId, now),
    ]);
    if (!open || !found) throw new ApiError('unauthorized', 'The session has ended. Please sign in again.');
    const { account, workspace } = found;
    if (account.status === 'banned' || account.status === 'closed') {
      throw new ApiError('unauthorized_and_force_logout');
    }
    if (account.status === 'uninitialized') throw new ApiError('account_not_initialized');
    if (!workspace)
      throw new ApiError('unauthorized_and_force_logout', 'You are not a member of any workspace.');
    if (workspace.status === 'archive')
      throw new ApiError('forbidden', "The workspace's status is archived.");
    if (now.getTime() - account.lastActiveAt.getTime() > activityIntervalMs) {
      await this.#accounts.update(account.id, { lastActiveAt: now });
    }
    return {
      kind: 'console',
      scope: makeScope(workspace.id),
      role: workspace.role,
      sessionId,
      account: {
        id: account.id,
        name: account.name,
        email: account.email,
        timezone: account.timezone,
        interfaceLanguage: account.interfaceLanguage,
      },
    };
  }

  /**
   * The token that replaces a refresh token. It follows from the old one and a key of this installation, so two tabs
   * that refresh at the same moment both end up with the same new token, and nobody without the key can compute it.
   */
  #successorOf(refreshToken: string): string {
    return createHmac('sha512', this.#rotationKey).update(refreshToken).digest('hex');
  }

  async #verify(token: string): Promise<{ userId: string; sessionId: string }> {
    try {
      return (await this.#tokens.verify('access', token)).contents;
    } catch (error) {
      if (error instanceof TokenError) throw new ApiError('unauthorized', error.message, { cause: error });
      throw error;
    }
  }

  async #checkCsrf(request: FastifyRequest, userId: string): Promise<void> {
    const header = request.headers['x-csrf-token'];
    const valid = await isCsrfTokenValid(this.#tokens, {
      headerToken: typeof header === 'string' ? header : undefined,
      cookieToken: readCookie(request, 'csrf_token'),
      userId,
    });
    if (!valid) throw new ApiError('unauthorized', 'CSRF token is missing or invalid.');
  }

  async #tokensFor(accountId: string, sessionId: string, refreshToken: string): Promise<SessionTokens> {
    const [accessToken, csrfToken] = await Promise.all([
      this.#tokens.sign('access', { userId: accountId, sessionId }, this.#policy.accessTokenSeconds),
      this.#tokens.sign('csrf', { userId: accountId }, this.#policy.refreshTokenSeconds),
    ]);
    return { accessToken, refreshToken, csrfToken };
  }
}

function bearerToken(request: FastifyRequest): string | undefined {
  const match = /^bearer +(\S+)$/i.exec(request.headers.authorization ?? '');
  return match?.[1];
}

function isSafe(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
}
