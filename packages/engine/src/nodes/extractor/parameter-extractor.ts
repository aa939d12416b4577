import type { Usage } from '@trellis/contracts';
import type { ParameterExtractorData } from '@trellis/graph';
import type { NodeOutcome } from '../../core/outcome.ts';
import { defineNode } from '../../plan/node-definition.ts';
import type { ModelReference } from '../../ports/index.ts';
import { renderTemplate } from '../../values/template.ts';
import { toText } from '../../values/text.ts';
import { isObject } from '../../values/types.ts';
import { failureOf } from '../error-of.ts';
import { findJson } from '../json-in-text.ts';
import { type Completion, complete, quotedHistory } from '../llm/complete.ts';
import { resolveModel } from '../llm/model-reference.ts';
import { promptRecords, visionFiles } from '../llm/prompt-files.ts';
import { type NodeContext, requirePort } from '../node-context.ts';
import { coerceValues, extractionFault } from './coerce.ts';
import { type Extraction, extractTool, functionMessages, textMessages } from './prompt.ts';

/**
 * Lets a model find parameters in a text. It succeeds also when the model finds nothing useful: `__is_success` and
 * `__reason` tell. Only a failing model call fails it.
 */
export const parameterExtractorNode = defineNode({
  type: 'parameter-extractor',
  hasSideEffects: true,
  async run(data, context): Promise<NodeOutcome> {
    const report: { inputs: Record<string, unknown>; processData?: Record<string, unknown>; usage?: Usage } =
      {
        inputs: {},
      };
    try {
      const model = resolveModel(data.model, context.pool);
      const query = toText(context.pool.get(data.query)?.value);
      const instruction = renderTemplate(data.instruction, context.pool);
      report.inputs = {
        query,
        files: visionFiles(data.vision, context.pool),
        parameters: data.parameters,
        instruction,
        model_provider: model.provider,
        model_name: model.name,
      };
      const { answer, usesFunction } = await ask({ data, model, query, instruction }, context);
      report.usage = answer.usage;
      report.processData = {
        model_mode: model.mode,
        prompts: promptRecords(answer.messages),
        usage: answer.usage,
        function: usesFunction ? extractTool(data.parameters) : null,
        tool_call: answer.toolCalls[0] ?? null,
        llm_text: answer.text,
        model_provider: model.provider,
        model_name: model.name,
      };
      const found = foundValues(answer);
      const fault =
        found === null
          ? 'Failed to extract result from function call or text response, using empty result.'
          : extractionFault(found, data.parameters);
      return {
        ...report,
        status: 'succeeded',
        outputs: {
          __is_success: fault === null ? 1 : 0,
          __reason: fault,
          __usage: answer.usage,
          ...coerceValues(found ?? {}, data.parameters),
        },
      };
    } catch (error) {
      const failure = failureOf(error, report, 'ParameterExtractorNodeError');
      return { ...failure, outputs: { __is_success: 0, __reason: failure.error } };
    }
  },
});

async function ask(
  asked: { data: ParameterExtractorData; model: ModelReference; query: string; instruction: string },
  context: NodeContext,
): Promise<{ answer: Completion; usesFunction: boolean }> {
  const { data, model, query, instruction } = asked;
  const traits = await requirePort(context, 'models').describe(model, context.signal);
  const histories = await quotedHistory({ memory: data.memory, model }, context);
  const extraction: Extraction = { model, query, instruction, parameters: data.parameters, histories };
  const usesFunction =
    data.reasoning_mode === 'function_call' && traits.toolCalls === true && model.mode === 'chat';
  const messages = usesFunction ? functionMessages(extraction) : textMessages(extraction);
  const tools = usesFunction ? { tools: [extractTool(data.parameters)] } : {};
  const answer = await complete({ model, messages, vision: data.vision, traits, ...tools }, context);
  return { answer, usesFunction };
}

/** What a model found: the arguments of its call, else the first JSON object of its text, else null. */
function foundValues({ toolCalls, text }: Completion): Readonly<Record<string, unknown>> | null {
  for (const source of [toolCalls[0]?.arguments, text]) {
    const value = source === undefined ? undefined : findJson(source);
    if (isObject(value)) return value;
  }
  return null;
}
