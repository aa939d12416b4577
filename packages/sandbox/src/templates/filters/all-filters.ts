import type { Filter } from './filter.ts';
import { markupFilters } from './markup-filters.ts';
import { numberFilters } from './number-filters.ts';
import { sequenceFilters } from './sequence-filters.ts';
import { textFilters } from './text-filters.ts';

/** The filters by name. */
export const filters: ReadonlyMap<string, Filter> = new Map([
  ...textFilters,
  ...markupFilters,
  ...numberFilters,
  ...sequenceFilters,
]);

/** Names of the filters. */
export const filterNames: ReadonlySet<string> = new Set(filters.keys());
