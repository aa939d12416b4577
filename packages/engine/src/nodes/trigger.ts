import type { NodeSuccess } from '../core/outcome.ts';
import { defineNode } from '../plan/node-definition.ts';
import type { NodeContext } from './node-context.ts';

/** What set a run off, and the system variables beside it. */
function started({ inputs, system }: NodeContext): NodeSuccess {
  const facts = Object.fromEntries(Object.entries(system).map(([name, value]) => [`sys.${name}`, value]));
  return { status: 'succeeded', inputs, outputs: { ...inputs, ...facts } };
}

/** Starts a run from a webhook call: the inputs are what the call brought. */
export const triggerWebhookNode = defineNode({
  type: 'trigger-webhook',
  run: (_data, context) => started(context),
});

/** Starts a run at a time; there are no inputs. */
export const triggerScheduleNode = defineNode({
  type: 'trigger-schedule',
  run: (_data, context) => started(context),
});

/** Starts a run from an event of a plugin: the inputs are the event's fields. */
export const triggerPluginNode = defineNode({
  type: 'trigger-plugin',
  run: (data, context) => ({
    ...started(context),
    metadata: {
      trigger_info: {
        provider_id: data.provider_id,
        event_name: data.event_name,
        plugin_unique_identifier: data.plugin_unique_identifier ?? null,
      },
    },
  }),
});
