import type { EnvironmentVariable } from '@trellis/graph';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import type { Vault } from '../../platform/crypto/vault.ts';

/** What stands for the value of a secret that is not told; sent back, it means "unchanged". */
export const hiddenValue = '[__HIDDEN__]';

/** Values of secret variables on their way into and out of the database, where they are encrypted. */
export class EnvironmentSecrets {
  readonly #vault: Vault;

  constructor(vault: Vault) {
    this.#vault = vault;
  }

  /** Encrypts secrets; the hidden marker keeps what is stored under the same id, or under the same name. */
  async seal(
    scope: WorkspaceScope,
    variables: readonly EnvironmentVariable[],
    stored: readonly EnvironmentVariable[],
  ): Promise<EnvironmentVariable[]> {
    return Promise.all(
      variables.map(async (variable) => {
        if (variable.value_type !== 'secret') return variable;
        if (variable.value === hiddenValue) {
          const before =
            stored.find(({ id }) => id !== '' && id === variable.id) ??
            stored.find(({ name }) => name === variable.name);
          return { ...variable, value: before?.value_type === 'secret' ? before.value : '' };
        }
        const text = String(variable.value);
        return { ...variable, value: text === '' ? '' : await this.#vault.encrypt(scope.workspaceId, text) };
      }),
    );
  }

  /** Decrypts secrets, for runs and for exports that include them. */
  async open(
    scope: WorkspaceScope,
    variables: readonly EnvironmentVariable[],
  ): Promise<EnvironmentVariable[]> {
    return Promise.all(
      variables.map(async (variable) =>
        variable.value_type === 'secret' && variable.value !== ''
          ? { ...variable, value: await this.#vault.decrypt(scope.workspaceId, String(variable.value)) }
          : variable,
      ),
    );
  }
}

/** The variables as people see them: a secret that has a value shows the hidden marker. */
export function hideSecrets(variables: readonly EnvironmentVariable[]): EnvironmentVariable[] {
  return variables.map((variable) =>
    variable.value_type === 'secret' && variable.value !== ''
      ? { ...variable, value: hiddenValue }
      : variable,
  );
}
