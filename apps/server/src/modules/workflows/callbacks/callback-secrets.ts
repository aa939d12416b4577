import type { WorkspaceScope } from '../../../platform/auth/scope.ts';
import type { Vault } from '../../../platform/crypto/vault.ts';
import { ApiError } from '../../../platform/errors.ts';
import type { CallbackSecretRow, CallbackSecretStore } from './secret-store.ts';
import { createWebhookSecret } from './webhook-signature.ts';

/** How long callbacks carry the signature of a replaced secret as well. */
const overlapMs = 24 * 3_600_000;

/** An app's secret as people who may see its keys get it. */
export interface CallbackSecret {
  secret: string;
  /** Until when callbacks are signed with the one before as well. */
  previousUntil: Date | null;
}

/** The secrets that callbacks are signed with: one per app, made when it is first needed. */
export class CallbackSecrets {
  readonly #store: CallbackSecretStore;
  readonly #vault: Vault;

  constructor(options: { store: CallbackSecretStore; vault: Vault }) {
    this.#store = options.store;
    this.#vault = options.vault;
  }

  /** The secret of an app. */
  async current(scope: WorkspaceScope, appId: string): Promise<CallbackSecret> {
    const row = await this.#ensure(scope, appId);
    const secret = await this.#vault.decrypt(scope.workspaceId, row.sealed);
    return { secret, previousUntil: isOverlapping(row) ? row.previousUntil : null };
  }

  /** All secrets that sign now, the newest first. */
  async signing(scope: WorkspaceScope, appId: string): Promise<string[]> {
    const row = await this.#ensure(scope, appId);
    const sealed =
      isOverlapping(row) && row.previousSealed !== null ? [row.sealed, row.previousSealed] : [row.sealed];
    return Promise.all(sealed.map((one) => this.#vault.decrypt(scope.workspaceId, one)));
  }

  /** Replaces the secret; the old one signs for another day. 409 when somebody else has just done the same. */
  async rotate(scope: WorkspaceScope, appId: string): Promise<CallbackSecret> {
    const row = await this.#ensure(scope, appId);
    const secret = createWebhookSecret();
    const previousUntil = new Date(Date.now() + overlapMs);
    const sealed = await this.#vault.encrypt(scope.workspaceId, secret);
    if (!(await this.#store.replace(scope, row, { sealed, previousUntil }))) throw new ApiError('conflict');
    return { secret, previousUntil };
  }

  async #ensure(scope: WorkspaceScope, appId: string): Promise<CallbackSecretRow> {
    const known = await this.#store.find(scope, appId);
    if (known) return known;
    const sealed = await this.#vault.encrypt(scope.workspaceId, createWebhookSecret());
    await this.#store.insert(scope, appId, sealed);
    const made = await this.#store.find(scope, appId);
    if (!made) throw new Error('the secret of an app was gone as soon as it was made');
    return made;
  }
}

function isOverlapping(row: CallbackSecretRow): boolean {
  return row.previousUntil !== null && row.previousUntil > new Date();
}
