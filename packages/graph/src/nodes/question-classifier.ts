import { z } from 'zod';
import { memoryConfig, modelConfig, nodeData, visionConfig } from './common.ts';
import { list, looseText, selector, textOrEmpty } from './fields.ts';

/** Data of a question-classifier node. The id of the chosen class is the handle of its edges. */
export const questionClassifierData = nodeData('question-classifier', {
  query_variable_selector: selector,
  model: modelConfig,
  vision: visionConfig,
  memory: memoryConfig,
  classes: list(z.looseObject({ id: looseText, name: textOrEmpty, label: looseText.nullish() })),
  instruction: textOrEmpty,
});

/** Data of a question-classifier node. */
export type QuestionClassifierData = z.output<typeof questionClassifierData>;
