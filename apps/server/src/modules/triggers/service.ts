import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import { notFound } from '../../platform/errors.ts';
import { isUuid } from '../../platform/ids.ts';
import type { TriggerRegistry } from './registry.ts';
import { nextRun, type Schedule } from './schedule.ts';
import type { Trigger, TriggerStore } from './store.ts';

/** The triggers of an app as people see and switch them. */
export class TriggerService {
  readonly #store: TriggerStore;
  readonly #registry: TriggerRegistry;

  constructor(options: { store: TriggerStore; registry: TriggerRegistry }) {
    this.#store = options.store;
    this.#registry = options.registry;
  }

  /** Triggers of the version that an app runs. */
  list(scope: WorkspaceScope, appId: string): Promise<Trigger[]> {
    return this.#store.list(scope, appId);
  }

  /** Turns a trigger on or off, or 404. What came due while a schedule was off is not made up for. */
  async setEnabled(
    scope: WorkspaceScope,
    appId: string,
    input: { id: string; enabled: boolean },
  ): Promise<Trigger> {
    const trigger = isUuid(input.id) ? await this.#store.find(scope, appId, input.id) : null;
    const schedule = trigger && scheduleOf(trigger);
    const isChange = trigger?.enabled !== input.enabled;
    const nextRunAt = input.enabled && schedule ? nextRun(schedule, new Date()) : null;
    const changed =
      trigger && isChange
        ? await this.#store.setEnabled(scope, trigger.id, { enabled: input.enabled, nextRunAt })
        : trigger;
    if (!changed) throw notFound('Trigger not found.');
    await this.#registry.announce();
    return changed;
  }
}

/** When a trigger runs by itself; null for those that are called. */
export function scheduleOf(trigger: Trigger): Schedule | null {
  const { cron, timeZone } = trigger;
  return cron !== null && timeZone !== null ? { cron, timeZone } : null;
}
