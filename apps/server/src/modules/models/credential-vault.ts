import { type CredentialForm, secretVariables } from '@trellis/models';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import { CredentialUndecryptableError } from '../../platform/crypto/errors.ts';
import type { Vault } from '../../platform/crypto/vault.ts';
import { ApiError } from '../../platform/errors.ts';

/** Encrypts the secret fields of credentials for a workspace, and only those. */
export class CredentialVault {
  readonly #vault: Vault;

  constructor(vault: Vault) {
    this.#vault = vault;
  }

  /** Credentials as they are stored. */
  async seal(
    scope: WorkspaceScope,
    form: CredentialForm,
    credentials: Record<string, unknown>,
  ): Promise<Record<string, unknown>> {
    const secret = secretVariables(form);
    const sealed: Record<string, unknown> = {};
    for (const [variable, value] of Object.entries(credentials)) {
      sealed[variable] =
        secret.has(variable) && typeof value === 'string' && value !== ''
          ? await this.#vault.encrypt(scope.workspaceId, value)
          : value;
    }
    return sealed;
  }

  /** Credentials as they are used. A field that cannot be decrypted fails this credential alone, in words. */
  async open(
    scope: WorkspaceScope,
    form: CredentialForm,
    stored: Record<string, unknown>,
  ): Promise<Record<string, unknown>> {
    const secret = secretVariables(form);
    const opened: Record<string, unknown> = {};
    for (const [variable, value] of Object.entries(stored)) {
      opened[variable] =
        secret.has(variable) && typeof value === 'string' && value !== ''
          ? await this.#decrypt(scope, value)
          : value;
    }
    return opened;
  }

  async #decrypt(scope: WorkspaceScope, value: string): Promise<string> {
    try {
      return await this.#vault.decrypt(scope.workspaceId, value);
    } catch (error) {
      if (error instanceof CredentialUndecryptableError) {
        throw new ApiError('provider_not_initialize', error.message, { cause: error });
      }
      throw error;
    }
  }
}
