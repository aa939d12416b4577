import { secretsEqual } from './constant-time.ts';
import { TokenError } from './errors.ts';
import type { TokenSigner } from './signed-token.ts';

/**
 * Whether a request with cookie authentication was made by our own page: the header repeats the readable
 * cookie, and both are an unexpired token of the signed-in person. A cookie that a neighbouring domain
 * managed to set fails the signature; another person's token fails the id.
 */
export async function isCsrfTokenValid(
  signer: TokenSigner,
  request: { headerToken: string | undefined; cookieToken: string | undefined; userId: string },
): Promise<boolean> {
  const { headerToken, cookieToken, userId } = request;
  if (!secretsEqual(headerToken, cookieToken)) return false;
  try {
    const { contents } = await signer.verify('csrf', headerToken);
    return secretsEqual(contents.userId, userId);
  } catch (error) {
    if (error instanceof TokenError) return false;
    throw error;
  }
}
