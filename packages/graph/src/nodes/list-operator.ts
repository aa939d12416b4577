import { z } from 'zod';
import { nodeData } from './common.ts';
import { comparisonOperator } from './conditions.ts';
import { flag, list, looseNumber, looseText, orElse, selector, textOrEmpty } from './fields.ts';

/** A condition on elements of a list; `key` names an attribute when the elements are files. */
export const listFilter = z.looseObject({
  key: textOrEmpty,
  comparison_operator: comparisonOperator,
  value: z.unknown().optional(),
});

/** A condition on elements of a list, see `listFilter`. */
export type ListFilter = z.output<typeof listFilter>;

type Order = 'asc' | 'desc';

const noFilters = () => ({ enabled: false, conditions: [] as ListFilter[] });

// The canvas keeps an unfinished condition in a filter that is switched off; only a filter in use is checked.
const filterBy = z
  .union([
    z.looseObject({ enabled: flag.pipe(z.literal(true)), conditions: list(listFilter) }),
    z.looseObject({ enabled: flag.pipe(z.literal(false)) }).transform(noFilters),
  ])
  .nullish()
  .transform((value): { enabled: boolean; conditions: ListFilter[] } => value ?? noFilters());

/**
 * Data of a list-operator node: filter, take one (`extract_by.serial`, a template, counts from 1), order, cut.
 * A limit of −1 keeps everything.
 */
export const listOperatorData = nodeData('list-operator', {
  variable: selector,
  filter_by: filterBy,
  extract_by: orElse(z.looseObject({ enabled: flag, serial: orElse(looseText, () => '1') }), () => ({
    enabled: false,
    serial: '1',
  })),
  order_by: orElse(
    z.looseObject({
      enabled: flag,
      key: textOrEmpty,
      value: orElse(z.enum(['asc', 'desc']).catch('asc'), (): Order => 'asc'),
    }),
    () => ({ enabled: false, key: '', value: 'asc' as Order }),
  ),
  limit: orElse(z.looseObject({ enabled: flag, size: orElse(looseNumber.pipe(z.int()), () => -1) }), () => ({
    enabled: false,
    size: -1,
  })),
});

/** Data of a list-operator node. */
export type ListOperatorData = z.output<typeof listOperatorData>;
