import type { z } from 'zod';
import { nodeData } from './common.ts';
import { textOrEmpty } from './fields.ts';

/** Data of an answer node: a text with placeholders, streamed to the user. */
export const answerData = nodeData('answer', { answer: textOrEmpty });

/** Data of an answer node. */
export type AnswerData = z.output<typeof answerData>;
