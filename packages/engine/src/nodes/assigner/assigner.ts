import type { AssignerData } from '@trellis/graph';
import type { NodeSuccess, VariableUpdate } from '../../core/outcome.ts';
import { NodeError } from '../../errors.ts';
import { defineNode } from '../../plan/node-definition.ts';
import type { PoolReader, Selector } from '../../values/pool.ts';
import { fitsType, isArrayType, isElementOf, shownType, zeroValue } from '../../values/types.ts';
import { Variable } from '../../values/variable.ts';
import { operate } from './operations.ts';

/** Writes conversation and loop variables. Everything is applied together, or nothing. */
export const assignerNode = defineNode({
  type: 'assigner',
  run: (data, { pool }) =>
    data.items === null ? runFirstVersion(data, pool) : runItems(data, data.items, pool),
});

function existing(pool: PoolReader, selector: Selector, errorType: string): Variable {
  const variable = pool.get(selector);
  if (variable === undefined) throw new NodeError(errorType, `Variable ${selector.join('.')} not found`);
  return variable;
}

function runFirstVersion(data: AssignerData, pool: PoolReader): NodeSuccess {
  const target = existing(pool, data.assigned_variable_selector, 'WorkflowNodeError');
  const value = firstVersionValue(data, target, pool);
  const type = fitsType(target.type, value) ? target.type : new Variable(value).type;
  const update: VariableUpdate = { selector: data.assigned_variable_selector.slice(0, 2), type, value };
  return {
    status: 'succeeded',
    inputs: { value },
    processData: { __updated_variables: [updatedVariable(update)] },
    outputs: {},
    updates: [update],
  };
}

function firstVersionValue(data: AssignerData, target: Variable, pool: PoolReader): unknown {
  if (data.write_mode === 'clear') return zeroValue(target.type);
  const input = existing(pool, data.input_variable_selector, 'WorkflowNodeError');
  if (data.write_mode === 'over-write') return input.value;
  if (!Array.isArray(target.value)) {
    throw new NodeError('WorkflowNodeError', `Only lists can be appended to, not ${shownType(target.type)}`);
  }
  return [...target.value, input.value];
}

function updatedVariable({ selector, type, value }: VariableUpdate): Record<string, unknown> {
  return { name: selector[1], selector, value_type: shownType(type), new_value: value };
}

function runItems(
  data: AssignerData,
  items: NonNullable<AssignerData['items']>,
  pool: PoolReader,
): NodeSuccess {
  const changed = new Map<string, { selector: Selector; variable: Variable }>();
  const current = (selector: Selector) =>
    (selector.length === 2 ? changed.get(selector.join('.'))?.variable : undefined) ?? pool.get(selector);
  for (const item of items) {
    const selector = item.variable_selector.slice(0, 2);
    const target = current(selector) ?? existing(pool, selector, 'VariableNotFoundError');
    const result = operate({ item, target, current });
    if (result === 'skipped') continue;
    changed.set(selector.join('.'), {
      selector,
      variable: new Variable(result.value, typeAfter(target, result.value)),
    });
  }
  const updates = [...changed.values()].map(
    ({ selector, variable }): VariableUpdate => ({ selector, type: variable.type, value: variable.value }),
  );
  return {
    status: 'succeeded',
    inputs: { ...data },
    processData: {
      ...Object.fromEntries(updates.map(({ selector, value }) => [selector[1] ?? '', value])),
      __updated_variables: updates.map(updatedVariable),
    },
    outputs: {},
    updates,
  };
}

/** A variable keeps its type; a number may turn from integer to float and back, an untyped list takes its content's type. */
function typeAfter(target: Variable, value: unknown): Variable['type'] {
  const isList = isArrayType(target.type) && Array.isArray(value);
  if (isList) return value.every((item) => isElementOf(target.type, item)) ? target.type : 'array[any]';
  return fitsType(target.type, value) ? target.type : new Variable(value).type;
}
