/** Stable codes of failures in the crypto module; callers compare these, never the message. */
export type CryptoErrorCode =
  | 'credential_undecryptable'
  | 'secret_key_refused'
  | 'token_malformed'
  | 'token_signature_invalid'
  | 'token_expired'
  | 'token_purpose_mismatch'
  | 'password_unusable';

/** Base of every error of the crypto module. Messages never contain key material or plain text. */
export class CryptoError extends Error {
  readonly code: CryptoErrorCode;

  constructor(code: CryptoErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/**
 * A stored secret was damaged, written with another key, or its workspace lost its key pair.
 * Only this one credential is unusable; the person has to enter it again.
 */
export class CredentialUndecryptableError extends CryptoError {
  constructor(options?: ErrorOptions) {
    super('credential_undecryptable', 'The credential cannot be decrypted; re-enter it.', options);
  }
}

/** Codes of a signed token that cannot be accepted. */
export type TokenErrorCode = Extract<CryptoErrorCode, `token_${string}`>;

const TOKEN_MESSAGES: Record<TokenErrorCode, string> = {
  token_malformed: 'Invalid token.',
  token_signature_invalid: 'Invalid token signature.',
  token_expired: 'Token has expired.',
  token_purpose_mismatch: 'Invalid token.',
};

/** A signed token was refused. The messages are those of the public API's 401 answers. */
export class TokenError extends CryptoError {
  declare readonly code: TokenErrorCode;

  constructor(code: TokenErrorCode, options?: ErrorOptions) {
    super(code, TOKEN_MESSAGES[code], options);
  }
}
