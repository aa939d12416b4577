import { z } from 'zod';
import { nodeData } from './common.ts';
import { flag, list, looseText, orElse, selector } from './fields.ts';

const outputType = orElse(looseText, () => 'any');

/** A named group of candidates of an aggregator. */
export const aggregatorGroup = z.looseObject({
  groupId: looseText.nullish(),
  group_name: looseText,
  output_type: outputType,
  variables: list(selector),
});

/** Data of a variable-aggregator node: the first candidate that has a value is the output. */
export const variableAggregatorData = nodeData('variable-aggregator', {
  output_type: outputType,
  variables: list(selector),
  advanced_settings: z
    .looseObject({ group_enabled: flag, groups: list(aggregatorGroup) })
    .nullish()
    .transform((value) => value ?? null),
});

/** Data of a variable-aggregator node. */
export type VariableAggregatorData = z.output<typeof variableAggregatorData>;
