import type { VariableBinding } from '@trellis/graph';
import type { PoolReader } from '../values/pool.ts';

/** Values of named inputs; variables that do not exist are null. */
export function bindInputs(bindings: readonly VariableBinding[], pool: PoolReader): Record<string, unknown> {
  return Object.fromEntries(
    bindings.map(({ variable, value_selector: selector }) => [variable, pool.get(selector)?.value ?? null]),
  );
}
