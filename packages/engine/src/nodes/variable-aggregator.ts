import { defineNode } from '../plan/node-definition.ts';
import type { PoolReader, Selector } from '../values/pool.ts';

/** Gives the first of several variables that exists, or one such per group. A null value counts as existing. */
export const variableAggregatorNode = defineNode({
  type: 'variable-aggregator',
  run(data, { pool }) {
    const outputs: Record<string, unknown> = {};
    const inputs: Record<string, unknown> = {};
    if (data.advanced_settings?.group_enabled) {
      for (const group of data.advanced_settings.groups) {
        const found = firstExisting(group.variables, pool);
        if (found === null) continue;
        outputs[group.group_name] = { output: found.value };
        inputs[found.name] = found.value;
      }
    } else {
      const found = firstExisting(data.variables, pool);
      if (found !== null) {
        outputs['output'] = found.value;
        inputs[found.name] = found.value;
      }
    }
    return { status: 'succeeded', inputs, outputs };
  },
});

function firstExisting(
  selectors: readonly Selector[],
  pool: PoolReader,
): { name: string; value: unknown } | null {
  for (const selector of selectors) {
    const variable = pool.get(selector);
    if (variable !== undefined) return { name: selector.slice(1).join('.'), value: variable.value };
  }
  return null;
}
