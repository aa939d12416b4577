import { z } from 'zod';
import { nodeData } from './common.ts';
import { looseText, mapping, textOrEmpty } from './fields.ts';

/** Data of a trigger that listens to events of a plugin. */
export const triggerPluginData = nodeData('trigger-plugin', {
  plugin_id: textOrEmpty,
  provider_id: textOrEmpty,
  event_name: textOrEmpty,
  subscription_id: textOrEmpty,
  plugin_unique_identifier: looseText.nullish(),
  event_parameters: mapping(z.unknown()),
});

/** Data of a trigger that listens to events of a plugin. */
export type TriggerPluginData = z.output<typeof triggerPluginData>;
