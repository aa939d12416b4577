import { isObject, type JsonObject, listOf, objectOf, objectsOf, textOf } from '../../graph/json.ts';
import { operatorsWithoutValue } from '../../nodes/conditions.ts';
import { type CheckContext, limitsOf } from '../context.ts';
import { type Finding, invalid, required } from '../issues.ts';
import { firstOf, isBlank, isEmptyValue, isUnsetSelector } from './common.ts';

function needsValue(condition: JsonObject): boolean {
  return !operatorsWithoutValue.has(textOf(condition['comparison_operator']));
}

/** The first thing that is missing in conditions on variables. */
function missingInConditions(stored: unknown): Finding | null {
  for (const condition of objectsOf(stored)) {
    if (isUnsetSelector(condition['variable_selector'])) return required('condition_variable');
    if (isBlank(condition['comparison_operator'])) return required('condition_operator');
    const nested = condition['sub_variable_condition'];
    if (isObject(nested) && listOf(nested['conditions']).length > 0) {
      const finding = missingInSubConditions(nested['conditions']);
      if (finding) return finding;
    } else if (needsValue(condition) && isEmptyValue(condition['value'])) {
      return required('condition_value');
    }
  }
  return null;
}

function missingInSubConditions(stored: unknown): Finding | null {
  for (const condition of objectsOf(stored)) {
    if (isBlank(condition['comparison_operator'])) return required('condition_operator');
    if (needsValue(condition) && isEmptyValue(condition['value'])) return required('condition_value');
  }
  return null;
}

/** Rules of if-else nodes. */
export function checkIfElse(data: JsonObject): Finding | null {
  const cases = objectsOf(data['cases']);
  if (cases.length === 0) return required('case');
  for (const entry of cases) {
    if (listOf(entry['conditions']).length === 0) return required('condition');
    const finding = missingInConditions(entry['conditions']);
    if (finding) return finding;
  }
  return null;
}

/** Rules of iterations. */
export function checkIteration(data: JsonObject): Finding | null {
  return firstOf(
    () => (isUnsetSelector(data['iterator_selector']) ? required('iterator_variable') : null),
    () => (isUnsetSelector(data['output_selector']) ? required('output_variable') : null),
  );
}

/** Rules of loops. */
export function checkLoop(data: JsonObject, context: CheckContext): Finding | null {
  const { maxLoopCount } = limitsOf(context);
  const count = Number(data['loop_count']);
  return firstOf(
    () =>
      objectsOf(data['loop_variables']).some((variable) => isBlank(variable['label']))
        ? required('loop_variable_name')
        : null,
    () => missingInConditions(data['break_conditions']),
    () =>
      Number.isInteger(count) && count >= 1 && count <= maxLoopCount
        ? null
        : invalid('loop_count', `must be a whole number from 1 to ${maxLoopCount}`),
  );
}

function hasUnsetVariable(stored: unknown): boolean {
  const variables = listOf(stored);
  return variables.length === 0 || variables.some(isUnsetSelector);
}

/** Rules of variable aggregators. */
export function checkVariableAggregator(data: JsonObject): Finding | null {
  const settings = objectOf(data['advanced_settings']);
  if (settings['group_enabled'] !== true) {
    return hasUnsetVariable(data['variables']) ? required('variable') : null;
  }
  const groups = objectsOf(settings['groups']);
  if (groups.length === 0) return required('group');
  return groups.some((group) => hasUnsetVariable(group['variables'])) ? required('variable') : null;
}

const operationsWithoutValue = new Set(['clear', 'remove-first', 'remove-last']);

/** Rules of assigners of both versions. */
export function checkAssigner(data: JsonObject): Finding | null {
  if (!Array.isArray(data['items'])) {
    if (isUnsetSelector(data['assigned_variable_selector'])) return required('target_variable');
    const needsInput = data['write_mode'] !== 'clear';
    return needsInput && isUnsetSelector(data['input_variable_selector']) ? required('variable_value') : null;
  }
  for (const item of objectsOf(data['items'])) {
    if (isUnsetSelector(item['variable_selector'])) return required('target_variable');
    if (isBlank(item['operation'])) return required('operation');
    if (!operationsWithoutValue.has(textOf(item['operation'])) && isEmptyValue(item['value'])) {
      return required('variable_value');
    }
  }
  return null;
}

/** Rules of list operators. */
export function checkListOperator(data: JsonObject): Finding | null {
  if (isUnsetSelector(data['variable'])) return required('input_variable');
  const filter = objectOf(data['filter_by']);
  if (filter['enabled'] !== true) return null;
  const isFiles = data['var_type'] === 'array[file]';
  const conditions = objectsOf(filter['conditions']);
  if (conditions.length === 0) return required('filter_condition');
  for (const condition of conditions) {
    if (isFiles && isBlank(condition['key'])) return required('filter_key');
    if (isBlank(condition['comparison_operator'])) return required('filter_operator');
    if (needsValue(condition) && isEmptyValue(condition['value'])) return required('filter_value');
  }
  return null;
}
