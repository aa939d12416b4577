import type { AppKeyPrincipal } from '../../platform/auth/principals.ts';
import { invalidParam } from '../../platform/errors.ts';
import type { Visitor } from '../conversations/service.ts';
import { defaultSessionId, type EndUserStore } from '../end-users/store.ts';

/** The end user that a service API call acts for (spec: service API §1.3). */
export class Callers {
  readonly #endUsers: EndUserStore;

  constructor(endUsers: EndUserStore) {
    this.#endUsers = endUsers;
  }

  /** Where `user` is required: 400 when it is missing or empty. */
  async required(principal: AppKeyPrincipal, user: string | undefined): Promise<Visitor> {
    if (user === undefined) throw invalidParam('Arg user must be provided.', 'user');
    return this.optional(principal, user);
  }

  /** Where `user` may be left out: the app's shared default user. */
  async optional(principal: AppKeyPrincipal, user: string | undefined): Promise<Visitor> {
    const endUserId = await this.#endUsers.resolve(principal.scope, {
      appId: principal.app.id,
      sessionId: user ?? defaultSessionId,
      type: 'service-api',
    });
    return {
      scope: principal.scope,
      app: principal.app,
      asker: { endUserId, accountId: null },
      surface: 'service-api',
    };
  }
}
