import type { Role } from '../../platform/auth/permissions.ts';
import type { ConsolePrincipal } from '../../platform/auth/principals.ts';
import type { OneTimeStore } from '../../platform/crypto/one-time-code.ts';
import { ApiError } from '../../platform/errors.ts';
import type { RecoveryService } from '../accounts/recovery-service.ts';
import type { SessionService } from '../accounts/session-service.ts';
import type { Account, AccountStore } from '../accounts/store.ts';
import { invitationSubject } from './invitation-service.ts';
import type { Membership, WorkspaceStore } from './store.ts';

/** Who acts on a member. */
type Actor = Pick<ConsolePrincipal, 'scope' | 'role' | 'account'>;

/** What privileged members do with others: give roles, remove, help back in (spec: console §2.2). */
export class MemberService {
  readonly #workspaces: WorkspaceStore;
  readonly #accounts: AccountStore;
  readonly #sessions: SessionService;
  readonly #recovery: RecoveryService;
  readonly #oneTimeStore: OneTimeStore;
  readonly #sendsMail: boolean;

  constructor(options: {
    workspaces: WorkspaceStore;
    accounts: AccountStore;
    sessions: SessionService;
    recovery: RecoveryService;
    oneTimeStore: OneTimeStore;
    sendsMail: boolean;
  }) {
    this.#workspaces = options.workspaces;
    this.#accounts = options.accounts;
    this.#sessions = options.sessions;
    this.#recovery = options.recovery;
    this.#oneTimeStore = options.oneTimeStore;
    this.#sendsMail = options.sendsMail;
  }

  /** Gives a member another role; it acts on their next request. */
  async setRole(actor: Actor, memberId: string, role: Role): Promise<void> {
    await this.#operable(actor, memberId);
    await this.#workspaces.setRole(actor.scope, memberId, role);
  }

  /**
   * Removes a member at once. What they made stays; an open invitation dies; somebody who is left without a workspace
   * is signed out, and somebody who never accepted is forgotten, so that the address can be invited anew.
   */
  async remove(actor: Actor, memberId: string): Promise<void> {
    await this.#operable(actor, memberId);
    await this.#workspaces.removeMember(actor.scope, memberId);
    await this.#oneTimeStore.deleteFor('invitation', invitationSubject(actor.scope, memberId));
    if (await this.#sessions.hasWorkspace(memberId)) return;
    await this.#sessions.endAll(memberId);
    await this.#accounts.removePending(memberId);
  }

  /**
   * A code with which a member chooses a new password, for installations that send no mail. It would let its holder
   * in, so it is given out only for members of lower rank, and for nobody who belongs to another workspace as well.
   */
  async resetCode(
    actor: Actor,
    memberId: string,
  ): Promise<{ account: Account; token: string; code: string; expiresAt: Date }> {
    if (this.#sendsMail) {
      throw new ApiError('forbidden', "Mail is set up: they can choose 'Forgot password' themselves.");
    }
    const member = await this.#operable(actor, memberId);
    if (actor.role !== 'owner' && member.role === 'admin') {
      throw new ApiError('forbidden', 'Only the owner can do this for an admin.');
    }
    const [account, homes] = await Promise.all([
      this.#accounts.find(memberId),
      this.#workspaces.ofAccount(memberId),
    ]);
    if (account?.status !== 'active') {
      throw new ApiError('forbidden', 'Only active members have a password to reset.');
    }
    if (homes.length > 1) {
      throw new ApiError(
        'forbidden',
        'This person belongs to other workspaces too. The operator can reset the password on the command line.',
      );
    }
    return { account, ...(await this.#recovery.issueForOperator(account)) };
  }

  /** Nobody acts on themselves, and the owner changes by transfer only. */
  async #operable(actor: Actor, memberId: string): Promise<Membership> {
    if (memberId === actor.account.id) throw new ApiError('cannot-operate-self');
    const member = await this.#workspaces.member(actor.scope, memberId);
    if (!member) throw new ApiError('member-not-found');
    if (member.role === 'owner') throw new ApiError('forbidden', 'The owner cannot be changed or removed.');
    return member;
  }
}
