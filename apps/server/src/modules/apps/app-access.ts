import type { FastifyRequest } from 'fastify';
import type { AppKeyPrincipal, PassportPrincipal } from '../../platform/auth/principals.ts';
import { makeScope, type WorkspaceScope } from '../../platform/auth/scope.ts';
import type { Bus } from '../../platform/bus/bus.ts';
import { hashApiKey } from '../../platform/crypto/api-key.ts';
import { TokenError } from '../../platform/crypto/errors.ts';
import type { TokenSigner } from '../../platform/crypto/signed-token.ts';
import { ApiError, notFound } from '../../platform/errors.ts';
import { ShortCache } from '../../platform/short-cache.ts';
import { readCookie } from '../accounts/cookies.ts';
import type { AppAccess, AppAccessStore } from './public-store.ts';

/** Changes to apps, keys and sites are announced on this subject, with the app's id. */
export const appChangedSubject = 'app-changed';
/** A change made by another process is seen after this long even if its announcement was lost. */
const cacheMs = 5_000;
const cacheLimit = 10_000;
const touchEveryMs = 60_000;

/**
 * Who may use an app from outside: API keys on `/v1`, passports on `/api`. Look-ups are kept for seconds, since the
 * same few keys come with every request; a change in this installation empties the cache at once.
 */
export class AppAccessService {
  readonly #store: AppAccessStore;
  readonly #tokens: TokenSigner;
  readonly #byKey: ShortCache<Awaited<ReturnType<AppAccessStore['byKeyHash']>>>;
  readonly #byCode: ShortCache<AppAccess | null>;
  readonly #touched = new Map<string, number>();
  readonly #now: () => number;

  constructor(options: { store: AppAccessStore; tokens: TokenSigner; bus: Bus; now?: () => number }) {
    this.#store = options.store;
    this.#tokens = options.tokens;
    this.#now = options.now ?? Date.now;
    const cache = { lifetimeMs: cacheMs, limit: cacheLimit, now: this.#now };
    this.#byKey = new ShortCache(cache);
    this.#byCode = new ShortCache(cache);
    options.bus.subscribe(appChangedSubject, () => {
      this.#byKey.clear();
      this.#byCode.clear();
    });
  }

  /** The app behind the request's API key (spec: service API §1.2). */
  async byKey(request: FastifyRequest): Promise<AppKeyPrincipal> {
    const keyHash = hashApiKey(bearerCredential(request.headers.authorization));
    const access =
      keyHash === null ? null : await this.#byKey.get(keyHash, () => this.#store.byKeyHash(keyHash));
    if (access === null || access === 'wrong-type')
      throw new ApiError('unauthorized', 'Access token is invalid');
    if (access.app.status !== 'normal') throw new ApiError('forbidden', "The app's status is abnormal.");
    if (!access.app.enableApi) throw new ApiError('forbidden', "The app's API service has been disabled.");
    if (access.workspaceStatus === 'archive')
      throw new ApiError('forbidden', "The workspace's status is archived.");
    this.#touch(access.keyId);
    return {
      kind: 'app-key',
      scope: makeScope(access.app.workspaceId),
      keyId: access.keyId,
      app: access.app,
    };
  }

  /** The app behind a site code, when its page is on (spec: service API §18.1). */
  async bySiteCode(code: string): Promise<AppAccess & { scope: WorkspaceScope }> {
    const access = await this.#byCodeCached(code);
    if (access?.app.status !== 'normal' || !access.app.enableSite || access.workspaceStatus !== 'normal') {
      throw notFound('This web app does not exist or is switched off.');
    }
    return { ...access, scope: makeScope(access.app.workspaceId) };
  }

  /** The visitor behind a request of the web app. */
  async byPassport(request: FastifyRequest): Promise<PassportPrincipal> {
    const token = passportOf(request);
    if (token === undefined) throw new ApiError('unauthorized', 'App token is missing.');
    const contents = await this.#verifyPassport(token);
    const access = await this.#byCodeCached(contents.appCode);
    if (!access || access.app.id !== contents.appId) {
      throw new ApiError('bad_request', 'Site URL is no longer valid.');
    }
    if (!access.app.enableSite) throw new ApiError('bad_request', 'Site is disabled.');
    if (access.app.status !== 'normal' || access.workspaceStatus !== 'normal')
      throw notFound('App not found.');
    return {
      kind: 'passport',
      scope: makeScope(access.app.workspaceId),
      app: access.app,
      siteCode: contents.appCode,
      endUserId: contents.endUserId,
    };
  }

  #byCodeCached(code: string): Promise<AppAccess | null> {
    return this.#byCode.get(code, () => this.#store.bySiteCode(code));
  }

  async #verifyPassport(token: string) {
    try {
      return (await this.#tokens.verify('passport', token)).contents;
    } catch (error) {
      if (error instanceof TokenError) throw new ApiError('unauthorized', error.message, { cause: error });
      throw error;
    }
  }

  /** `last_used_at` is for people to look at: once a minute and key is exact enough, and never on the request's path. */
  #touch(keyId: string): void {
    const now = this.#now();
    if ((this.#touched.get(keyId) ?? 0) > now - touchEveryMs) return;
    if (this.#touched.size > cacheLimit) this.#touched.clear();
    this.#touched.set(keyId, now);
    this.#store.touchKeys([keyId], new Date(now)).catch(() => this.#touched.delete(keyId));
  }
}

/** The credential of `Authorization: Bearer …`, or the 401 that says what is wrong with the header. */
function bearerCredential(header: string | undefined): string {
  const space = header?.indexOf(' ') ?? -1;
  if (header === undefined || space < 0) {
    throw new ApiError('unauthorized', "Authorization header must be provided and start with 'Bearer'");
  }
  if (header.slice(0, space).toLowerCase() !== 'bearer') {
    throw new ApiError('unauthorized', "Authorization scheme must be 'Bearer'");
  }
  return header.slice(space + 1).trim();
}

/** The passport: its header, the cookie of the app's code, or the older `Authorization: Bearer`. */
function passportOf(request: FastifyRequest): string | undefined {
  const header = request.headers['x-app-passport'];
  if (typeof header === 'string' && header !== '') return header;
  const code = request.headers['x-app-code'];
  const fromCookie = typeof code === 'string' ? readCookie(request, `passport-${code}`) : undefined;
  if (fromCookie !== undefined) return fromCookie;
  return /^bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
}
