import type { NodeDefinition } from '../plan/node-definition.ts';
import { defineNode } from '../plan/node-definition.ts';

/** Starts a run from a webhook call: the inputs are what the call brought. */
export const triggerWebhookNode: NodeDefinition = defineNode({
  type: 'trigger-webhook',
  run: (_data, { inputs }) => ({ status: 'succeeded', inputs, outputs: inputs }),
});

/** Starts a run at a time; it has no outputs of its own. */
export const triggerScheduleNode: NodeDefinition = defineNode({
  type: 'trigger-schedule',
  run: (_data, { inputs }) => ({ status: 'succeeded', inputs, outputs: inputs }),
});

/** Starts a run from an event of a plugin: the inputs are the event's fields. */
export const triggerPluginNode: NodeDefinition = defineNode({
  type: 'trigger-plugin',
  run: (data, { inputs }) => ({
    status: 'succeeded',
    inputs,
    outputs: inputs,
    metadata: {
      trigger_info: {
        provider_id: data.provider_id,
        event_name: data.event_name,
        plugin_unique_identifier: data.plugin_unique_identifier ?? null,
      },
    },
  }),
});
