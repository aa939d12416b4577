import { z } from 'zod';
import { nodeData } from './common.ts';
import { orElse, selector } from './fields.ts';

/** What an assigner does with its target. */
export const assignerOperations = [
  'over-write',
  'clear',
  'set',
  '+=',
  '-=',
  '*=',
  '/=',
  'append',
  'extend',
  'remove-first',
  'remove-last',
] as const;

/** What an assigner does with its target. */
export type AssignerOperation = (typeof assignerOperations)[number];

/** One assignment. With input type `variable` the value is a selector. */
export const assignerItem = z.looseObject({
  variable_selector: selector,
  operation: z.enum(assignerOperations),
  input_type: orElse(z.enum(['variable', 'constant']), () => 'variable' as const),
  value: z.unknown().optional(),
});

/** One assignment, see `assignerItem`. */
export type AssignerItem = z.output<typeof assignerItem>;

/**
 * Data of an assigner node. `items` null marks the first version, which has one target
 * (`assigned_variable_selector`), one `write_mode` and one input (`input_variable_selector`).
 */
export const assignerData = nodeData('assigner', {
  items: z
    .array(assignerItem)
    .nullish()
    .transform((value) => value ?? null),
  assigned_variable_selector: selector,
  write_mode: orElse(z.enum(['over-write', 'append', 'clear']), () => 'over-write' as const),
  input_variable_selector: selector,
});

/** Data of an assigner node. */
export type AssignerData = z.output<typeof assignerData>;
