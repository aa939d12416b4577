import { makeScope } from '../../platform/auth/scope.ts';
import { defaultSessionId, type EndUserStore } from '../end-users/store.ts';
import type { RunDesk } from '../workflows/run-desk.ts';
import type { TriggerTarget } from './store.ts';

/** What sets a run off. */
export interface TriggerEvent {
  kind: 'webhook' | 'schedule';
  inputs: Record<string, unknown>;
  /** The same key gives the same run. */
  idempotencyKey?: string | undefined;
}

/** Starts runs of published workflows at their triggers, in the name of an end user that stands for them. */
export class TriggerRunStarter {
  readonly #desk: RunDesk;
  readonly #endUsers: EndUserStore;

  constructor(options: { desk: RunDesk; endUsers: EndUserStore }) {
    this.#desk = options.desk;
    this.#endUsers = options.endUsers;
  }

  /** The end user whom runs and files of an app's triggers belong to. */
  askerOf({ app }: Pick<TriggerTarget, 'app'>): Promise<string> {
    const scope = makeScope(app.workspaceId);
    return this.#endUsers.resolve(scope, { appId: app.id, sessionId: defaultSessionId, type: 'trigger' });
  }

  /** Starts a run; when this resolves it is written down and will reach its end. Answers its id. */
  async start(target: TriggerTarget, event: TriggerEvent): Promise<string> {
    const { app, trigger } = target;
    const endUserId = await this.askerOf(target);
    const { run } = await this.#desk.accept({
      scope: makeScope(app.workspaceId),
      app,
      surface: 'trigger',
      asker: { endUserId, accountId: null },
      userId: defaultSessionId,
      createdBy: { id: endUserId, user: defaultSessionId },
      inputs: {},
      files: [],
      event: { nodeId: trigger.nodeId, inputs: event.inputs },
      triggeredFrom: event.kind,
      idempotencyKey: event.idempotencyKey,
    });
    return run.id;
  }
}
