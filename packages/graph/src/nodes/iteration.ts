import { z } from 'zod';
import { nodeData } from './common.ts';
import { flag, flagOn, looseNumber, orElse, selector, textOrEmpty } from './fields.ts';

/** Data of an iteration: its children run once for each element of a list. */
export const iterationData = nodeData('iteration', {
  iterator_selector: selector,
  output_selector: selector,
  start_node_id: textOrEmpty,
  is_parallel: flag,
  parallel_nums: orElse(looseNumber.pipe(z.int().min(1)), () => 10),
  error_handle_mode: orElse(
    z.enum(['terminated', 'continue-on-error', 'remove-abnormal-output']),
    () => 'terminated' as const,
  ),
  flatten_output: flagOn,
});

/** Data of an iteration. */
export type IterationData = z.output<typeof iterationData>;

/** Data of the node with which each round of an iteration begins. */
export const iterationStartData = nodeData('iteration-start', {});

/** Data of the start of an iteration. */
export type IterationStartData = z.output<typeof iterationStartData>;
