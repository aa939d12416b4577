import { z } from 'zod';
import { looseText, orElse, selector } from './fields.ts';

/** Comparison operators of conditions, in the spelling of the engine. */
export const comparisonOperators = [
  'contains',
  'not contains',
  'start with',
  'end with',
  'is',
  'is not',
  'empty',
  'not empty',
  '=',
  '≠',
  '>',
  '<',
  '≥',
  '≤',
  'null',
  'not null',
  'in',
  'not in',
  'all of',
  'exists',
  'not exists',
] as const;

/** A comparison operator of a condition. */
export type ComparisonOperator = (typeof comparisonOperators)[number];

/** Operators that compare with nothing, in both spellings that files use. */
export const operatorsWithoutValue: ReadonlySet<string> = new Set([
  'empty',
  'not empty',
  'null',
  'not null',
  'is null',
  'is not null',
  'exists',
  'not exists',
]);

/** A comparison operator; the spellings `is null` and `is not null` of the canvas become `null` and `not null`. */
export const comparisonOperator = z
  .enum([...comparisonOperators, 'is null', 'is not null'])
  .transform((operator): ComparisonOperator => {
    if (operator === 'is null') return 'null';
    if (operator === 'is not null') return 'not null';
    return operator;
  });

/** How conditions are joined. */
export const logicalOperator = orElse(z.enum(['and', 'or']), () => 'and' as const);

/** A condition on one attribute (`key`) of every file of a list. */
export const subCondition = z.looseObject({
  key: looseText,
  comparison_operator: comparisonOperator,
  value: z.unknown().optional(),
});

/** A condition on an attribute of files, see `subCondition`. */
export type SubCondition = z.output<typeof subCondition>;

/** A comparison of a variable with a value; text values are templates. */
export const condition = z.looseObject({
  id: looseText.nullish(),
  variable_selector: selector,
  comparison_operator: comparisonOperator,
  value: z.unknown().optional(),
  sub_variable_condition: z
    .looseObject({
      logical_operator: logicalOperator,
      conditions: orElse(z.array(subCondition), (): SubCondition[] => []),
    })
    .nullish()
    .transform((value) => value ?? null),
});

/** A comparison of a variable with a value, see `condition`. */
export type Condition = z.output<typeof condition>;
