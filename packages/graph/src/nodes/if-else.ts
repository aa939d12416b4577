import { z } from 'zod';
import { nodeData } from './common.ts';
import { condition, logicalOperator } from './conditions.ts';
import { list, looseText } from './fields.ts';

/** One branch: taken when its conditions hold. `case_id` is the handle of its edges. */
export const ifElseCase = z.looseObject({
  case_id: looseText,
  logical_operator: logicalOperator,
  conditions: list(condition),
});

/** One branch, see `ifElseCase`. */
export type IfElseCase = z.output<typeof ifElseCase>;

/**
 * Data of an if-else node. `cases` null means that the file has the oldest form, one set of `conditions` on the
 * node itself; an empty list of cases means that ELSE is always taken.
 */
export const ifElseData = nodeData('if-else', {
  cases: z
    .array(ifElseCase)
    .nullish()
    .transform((value) => value ?? null),
  logical_operator: logicalOperator,
  conditions: list(condition),
});

/** Data of an if-else node. */
export type IfElseData = z.output<typeof ifElseData>;
