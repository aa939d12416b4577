import { z } from 'zod';
import { nodeData } from './common.ts';
import { list, looseText, selector, textOrEmpty } from './fields.ts';

/** Data of an end node: outputs of the run and where their values come from. */
export const endData = nodeData('end', {
  outputs: list(
    z.looseObject({ variable: textOrEmpty, value_selector: selector, value_type: looseText.nullish() }),
  ),
});

/** Data of an end node. */
export type EndData = z.output<typeof endData>;
