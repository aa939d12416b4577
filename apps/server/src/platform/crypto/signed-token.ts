import { randomUUID, webcrypto } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { TokenError } from './errors.ts';

/** What a token is for. Each purpose has its own subject claim; a token of one is refused for another. */
export type TokenPurpose = keyof TokenContents;

/** Contents by purpose. */
export interface TokenContents {
  /** Console session. The session id lets a sign-out or a ban end it before it expires. */
  access: { userId: string; sessionId: string };
  /** Double-submit value of cookie sessions, readable by the page's script. */
  csrf: { userId: string };
  /** A visitor of one web app. Public apps' passports do not expire. */
  passport: {
    appId: string;
    appCode: string;
    endUserId: string;
    /** Set on apps with restricted access: who signed in, how and when (seconds). */
    userId?: string | undefined;
    authType?: 'internal' | 'external' | undefined;
    grantedAt?: number | undefined;
    tokenSource?: string | undefined;
  };
  /** A visitor signed in on the web-app surface, before a passport for a restricted app. */
  webLogin: { userId: string; authType: 'internal' | 'external'; sessionId?: string | undefined };
}

/** A verified token: its contents and when it ends (seconds since the epoch), null for never. */
export interface VerifiedToken<P extends TokenPurpose> {
  readonly contents: TokenContents[P];
  readonly expiresAt: number | null;
}

/** Signs and verifies tokens (JWT, HS256). */
export interface TokenSigner {
  /** `ttlSeconds` null makes a token that does not expire (public passports only). */
  sign<P extends TokenPurpose>(
    purpose: P,
    contents: TokenContents[P],
    ttlSeconds: number | null,
  ): Promise<string>;
  /** Throws TokenError: malformed, wrong signature, expired, or made for another purpose. */
  verify<P extends TokenPurpose>(purpose: P, token: unknown): Promise<VerifiedToken<P>>;
}

const MAX_TOKEN_LENGTH = 4_096;
const text = z.string().min(1);
const authType = z.enum(['internal', 'external']);

interface Codec<P extends TokenPurpose> {
  readonly subject: string;
  readonly issuer: (contents: TokenContents[P], edition: string) => string;
  readonly mayBeEternal: boolean;
  readonly toClaims: (contents: TokenContents[P]) => Record<string, unknown>;
  readonly schema: z.ZodType<TokenContents[P]>;
}

/** Claims as the published contracts name them; what is not published is named alike. */
const CODECS: { readonly [P in TokenPurpose]: Codec<P> } = {
  access: {
    subject: 'Console API Passport',
    issuer: (_contents, edition) => edition,
    mayBeEternal: false,
    toClaims: (contents) => ({ user_id: contents.userId, session_id: contents.sessionId }),
    schema: z
      .object({ user_id: text, session_id: text })
      .transform((claims) => ({ userId: claims.user_id, sessionId: claims.session_id })),
  },
  csrf: {
    subject: 'Console API CSRF',
    issuer: (_contents, edition) => edition,
    mayBeEternal: false,
    toClaims: (contents) => ({ user_id: contents.userId }),
    schema: z.object({ user_id: text }).transform((claims) => ({ userId: claims.user_id })),
  },
  passport: {
    subject: 'Web API Passport',
    issuer: (contents) => contents.appId,
    mayBeEternal: true,
    toClaims: (contents) => ({
      app_id: contents.appId,
      app_code: contents.appCode,
      end_user_id: contents.endUserId,
      user_id: contents.userId,
      auth_type: contents.authType,
      granted_at: contents.grantedAt,
      token_source: contents.tokenSource,
    }),
    schema: z
      .object({
        app_id: text,
        app_code: text,
        end_user_id: text,
        user_id: text.optional(),
        auth_type: authType.optional(),
        granted_at: z.number().optional(),
        token_source: z.string().optional(),
      })
      .transform((claims) => ({
        appId: claims.app_id,
        appCode: claims.app_code,
        endUserId: claims.end_user_id,
        userId: claims.user_id,
        authType: claims.auth_type,
        grantedAt: claims.granted_at,
        tokenSource: claims.token_source,
      })),
  },
  webLogin: {
    subject: 'Web API Login',
    issuer: (_contents, edition) => edition,
    mayBeEternal: false,
    toClaims: (contents) => ({
      user_id: contents.userId,
      auth_type: contents.authType,
      session_id: contents.sessionId,
    }),
    schema: z
      .object({ user_id: text, auth_type: authType, session_id: text.optional() })
      .transform((claims) => ({
        userId: claims.user_id,
        authType: claims.auth_type,
        sessionId: claims.session_id,
      })),
  },
};

/** Builds the signer. `edition` is the issuer of console tokens, `now` gives milliseconds. */
export function createTokenSigner(options: {
  secretKey: string;
  edition: string;
  now?: () => number;
  newId?: () => string;
}): TokenSigner {
  const { edition, now = Date.now, newId = randomUUID } = options;
  // Imported once: doing it for every token would cost more than checking the signature.
  let imported: Promise<webcrypto.CryptoKey> | null = null;
  const key = (): Promise<webcrypto.CryptoKey> => {
    imported ??= importKey(options.secretKey);
    return imported;
  };

  return {
    async sign(purpose, contents, ttlSeconds) {
      const codec = CODECS[purpose];
      const issuedAt = Math.floor(now() / 1_000);
      const jwt = new SignJWT(codec.toClaims(contents))
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setSubject(codec.subject)
        .setIssuer(codec.issuer(contents, edition))
        .setIssuedAt(issuedAt)
        .setJti(newId());
      if (ttlSeconds !== null) jwt.setExpirationTime(issuedAt + ttlSeconds);
      else if (!codec.mayBeEternal) throw new RangeError(`A token for ${purpose} needs an expiry.`);
      return jwt.sign(await key());
    },

    async verify(purpose, token) {
      if (typeof token !== 'string' || token === '' || token.length > MAX_TOKEN_LENGTH) {
        throw new TokenError('token_malformed');
      }
      const codec = CODECS[purpose];
      const payload = await verifyJwt({
        token,
        key: await key(),
        now: now(),
        requireExpiry: !codec.mayBeEternal,
      });
      if (payload.sub !== codec.subject) throw new TokenError('token_purpose_mismatch');
      const parsed = codec.schema.safeParse(payload);
      if (!parsed.success) throw new TokenError('token_malformed', { cause: parsed.error });
      return { contents: parsed.data, expiresAt: payload.exp ?? null };
    },
  };
}

function importKey(secretKey: string): Promise<webcrypto.CryptoKey> {
  const bytes = new TextEncoder().encode(secretKey);
  return webcrypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
    'verify',
  ]);
}

async function verifyJwt(input: {
  token: string;
  key: webcrypto.CryptoKey;
  now: number;
  requireExpiry: boolean;
}) {
  try {
    const { payload } = await jwtVerify(input.token, input.key, {
      algorithms: ['HS256'],
      currentDate: new Date(input.now),
      requiredClaims: input.requireExpiry ? ['sub', 'exp'] : ['sub'],
    });
    return payload;
  } catch (cause) {
    if (cause instanceof errors.JWTExpired) throw new TokenError('token_expired', { cause });
    if (cause instanceof errors.JWSSignatureVerificationFailed) {
      throw new TokenError('token_signature_invalid', { cause });
    }
    throw new TokenError('token_malformed', { cause });
  }
}
