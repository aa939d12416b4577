import type { JsonObject } from './json.ts';

/**
 * Data of an assigner of the first version as the second has it, for a person who edits it; data of the second
 * version is given back as it is. Runs execute the first version as it is stored.
 */
export function toCurrentAssigner(data: JsonObject): JsonObject {
  if (Array.isArray(data['items'])) return data;
  const { assigned_variable_selector, write_mode, input_variable_selector, ...rest } = data;
  return {
    ...rest,
    version: '2',
    items: [
      {
        variable_selector: assigned_variable_selector ?? [],
        input_type: 'variable',
        operation: write_mode ?? 'over-write',
        value: input_variable_selector ?? [],
      },
    ],
  };
}
