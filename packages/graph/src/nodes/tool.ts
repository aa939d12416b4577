import { z } from 'zod';
import { nodeData } from './common.ts';
import { looseText, mapping, orElse, type TypedValue, textOrEmpty, typedValue } from './fields.ts';

/** Where a tool comes from. */
export const toolProviderTypes = [
  'builtin',
  'api',
  'workflow',
  'mcp',
  'plugin',
  'app',
  'dataset-retrieval',
] as const;

/** Where a tool comes from. */
export type ToolProviderType = (typeof toolProviderTypes)[number];

const toolParameters = orElse(
  z.record(z.string(), typedValue.nullable()),
  (): Record<string, TypedValue | null> => ({}),
).transform((parameters) => {
  const kept: Record<string, TypedValue> = {};
  for (const [name, parameter] of Object.entries(parameters)) {
    if (parameter && parameter.value !== null && parameter.value !== undefined) kept[name] = parameter;
  }
  return kept;
});

/**
 * Data of a tool node. Parameters without a value are left out. An entry of `tool_configurations` is a plain
 * setting, or `{type, value}` like a parameter.
 */
export const toolData = nodeData('tool', {
  provider_id: textOrEmpty,
  provider_name: textOrEmpty,
  provider_type: orElse(z.enum(toolProviderTypes), () => 'builtin' as const),
  tool_name: textOrEmpty,
  tool_label: textOrEmpty,
  tool_parameters: toolParameters,
  tool_configurations: mapping(z.unknown()),
  tool_node_version: looseText.nullish(),
  credential_id: looseText.nullish(),
  plugin_unique_identifier: looseText.nullish(),
});

/** Data of a tool node. */
export type ToolData = z.output<typeof toolData>;
