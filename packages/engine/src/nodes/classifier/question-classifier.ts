import type { Usage } from '@trellis/contracts';
import type { NodeOutcome } from '../../core/outcome.ts';
import { NodeError } from '../../errors.ts';
import { defineNode } from '../../plan/node-definition.ts';
import { renderTemplate } from '../../values/template.ts';
import { toText } from '../../values/text.ts';
import { isObject } from '../../values/types.ts';
import { failureOf } from '../error-of.ts';
import { findJson } from '../json-in-text.ts';
import { complete, quotedHistory } from '../llm/complete.ts';
import { resolveModel } from '../llm/model-reference.ts';
import { promptRecords } from '../llm/prompt-files.ts';
import { requirePort } from '../node-context.ts';
import { classifierMessages } from './prompt.ts';

/** Lets a model choose one of several classes for a text. */
export const questionClassifierNode = defineNode({
  type: 'question-classifier',
  hasSideEffects: true,
  async run(data, context): Promise<NodeOutcome> {
    const report: { inputs: Record<string, unknown>; processData?: Record<string, unknown>; usage?: Usage } =
      {
        inputs: {},
      };
    try {
      const query = toText(context.pool.get(data.query_variable_selector)?.value);
      const model = resolveModel(data.model, context.pool);
      report.inputs = { query, model_provider: model.provider, model_name: model.name };
      const classes = data.classes.map(({ id, name, label }, index) => ({
        id,
        name: renderTemplate(name, context.pool),
        label: label || `CLASS ${index + 1}`,
      }));
      const traits = await requirePort(context, 'models').describe(model, context.signal);
      const histories = await quotedHistory({ memory: data.memory, model }, context);
      const instruction = renderTemplate(data.instruction, context.pool);
      const messages = classifierMessages({ model, query, classes, instruction, histories });
      const answer = await complete({ model, messages, vision: data.vision, traits }, context);
      report.usage = answer.usage;
      report.processData = {
        model_mode: model.mode,
        prompts: promptRecords(answer.messages),
        usage: answer.usage,
        finish_reason: answer.finishReason,
        model_provider: model.provider,
        model_name: model.name,
      };
      const chosen = chosenClass(answer.text, classes);
      return {
        ...report,
        status: 'succeeded',
        outputs: {
          class_name: chosen.name,
          class_label: chosen.label,
          class_id: chosen.id,
          usage: answer.usage,
        },
        handle: chosen.id,
      };
    } catch (error) {
      return failureOf(error, report, 'QuestionClassifierNodeError');
    }
  },
});

interface Class {
  readonly id: string;
  readonly name: string;
  readonly label: string;
}

/** The class an answer names; the first one when it names none that exists. */
function chosenClass(answer: string, classes: readonly Class[]): Class {
  const reply = findJson(answer);
  if (!isObject(reply)) {
    throw new NodeError('OutputParserError', `The model's answer could not be read: ${answer.slice(0, 200)}`);
  }
  const isNamed = 'category_id' in reply && 'category_name' in reply;
  const named = isNamed ? classes.find(({ id }) => id === String(reply['category_id'])) : undefined;
  const [first] = classes;
  if (first === undefined)
    throw new NodeError('QuestionClassifierNodeError', 'There are no classes to choose from');
  return named ?? first;
}
