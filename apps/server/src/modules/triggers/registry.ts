import { type GraphAppMode, isTimeZone, objectOf, objectsOf, scheduleToCron, textOf } from '@trellis/graph';
import type { WorkspaceScope } from '../../platform/auth/scope.ts';
import type { Bus } from '../../platform/bus/bus.ts';
import { invalidParam } from '../../platform/errors.ts';
import type { Queryable } from '../../schema/database.ts';
import { nextRun, type Schedule } from './schedule.ts';
import type { Trigger, TriggerSpec, TriggerStore } from './store.ts';
import { newWebhookId } from './webhook-addresses.ts';

/** Announces that schedules have changed: whoever waits for the next one looks again. */
export const schedulesChangedSubject = 'schedules-changed';

/** Makes the triggers of a published graph work. */
export class TriggerRegistry {
  readonly #store: TriggerStore;
  readonly #bus: Bus;

  constructor(options: { store: TriggerStore; bus: Bus }) {
    this.#store = options.store;
    this.#bus = options.bus;
  }

  /** The triggers of a graph; only workflows have any. 400 for a schedule that cannot be followed. */
  read(mode: GraphAppMode, graph: unknown): TriggerSpec[] {
    if (mode !== 'workflow') return [];
    const nodes = objectsOf(objectOf(graph)['nodes']).map((node) => {
      const data = objectOf(node['data']);
      return { id: textOf(node['id']), title: textOf(data['title']), type: data['type'], data };
    });
    const webhooks = nodes
      .filter(({ type }) => type === 'trigger-webhook')
      .map(
        ({ id, title }): TriggerSpec => ({
          nodeId: id,
          kind: 'webhook',
          title,
          cron: null,
          timeZone: null,
          nextRunAt: () => null,
        }),
      );
    const schedule = nodes.find(({ type }) => type === 'trigger-schedule');
    return schedule ? [...webhooks, scheduleSpec(schedule)] : webhooks;
  }

  /** Writes the triggers of a version down, in the transaction that publishes it. */
  publish(
    tx: Queryable,
    scope: WorkspaceScope,
    input: { appId: string; specs: readonly TriggerSpec[] },
  ): Promise<void> {
    return this.#store.publish(tx, scope, { ...input, newWebhookId });
  }

  /** Tells all processes to look for the next schedule again. */
  announce(): Promise<void> {
    return this.#bus.publish(schedulesChangedSubject, '');
  }
}

function scheduleSpec(node: { id: string; title: string; data: Record<string, unknown> }): TriggerSpec {
  const timeZone = textOf(node.data['timezone']) || 'UTC';
  const cron = scheduleToCron(node.data);
  if (cron === null) throw invalidParam('The schedule is not complete or not valid.', 'graph');
  if (!isTimeZone(timeZone)) throw invalidParam(`There is no time zone ${timeZone}.`, 'graph');
  const schedule = { cron, timeZone };
  if (nextRun(schedule, new Date()) === null) throw invalidParam('The schedule never comes due.', 'graph');
  return {
    nodeId: node.id,
    kind: 'schedule',
    title: node.title,
    ...schedule,
    nextRunAt: (before) => nextRunAfter(before, schedule),
  };
}

/** A publication that leaves a schedule as it was must not make it miss a run that is due. */
function nextRunAfter(before: Trigger | null, schedule: Schedule): Date | null {
  if (before?.enabled === false) return null;
  const isSame = before?.cron === schedule.cron && before.timeZone === schedule.timeZone;
  return (isSame ? before.nextRunAt : null) ?? nextRun(schedule, new Date());
}
