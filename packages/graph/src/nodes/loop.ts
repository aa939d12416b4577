import { z } from 'zod';
import { nodeData } from './common.ts';
import { condition, logicalOperator } from './conditions.ts';
import { list, looseNumber, looseText, orElse, textOrEmpty } from './fields.ts';

/** Types of loop variables. */
export const loopVariableTypes = [
  'string',
  'number',
  'object',
  'boolean',
  'array[string]',
  'array[number]',
  'array[object]',
  'array[boolean]',
] as const;

/** A variable shared by all rounds of a loop; with value type `variable` the value is a selector. */
export const loopVariable = z.looseObject({
  id: looseText.nullish(),
  label: textOrEmpty,
  var_type: orElse(z.enum(loopVariableTypes), () => 'string' as const),
  value_type: orElse(z.enum(['constant', 'variable']), () => 'constant' as const),
  value: z.unknown().optional(),
});

/** A variable shared by all rounds of a loop, see `loopVariable`. */
export type LoopVariable = z.output<typeof loopVariable>;

/** Data of a loop: its children run until the break conditions hold, at most `loop_count` times. */
export const loopData = nodeData('loop', {
  loop_count: orElse(looseNumber.pipe(z.int().min(1)), () => 10),
  break_conditions: list(condition),
  logical_operator: logicalOperator,
  loop_variables: list(loopVariable),
  start_node_id: textOrEmpty,
});

/** Data of a loop. */
export type LoopData = z.output<typeof loopData>;

/** Data of the node with which each round of a loop begins. */
export const loopStartData = nodeData('loop-start', {});

/** Data of the start of a loop. */
export type LoopStartData = z.output<typeof loopStartData>;

/** Data of the node that ends a loop early. */
export const loopEndData = nodeData('loop-end', {});

/** Data of the node that ends a loop early. */
export type LoopEndData = z.output<typeof loopEndData>;
