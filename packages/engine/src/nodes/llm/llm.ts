import type { Usage } from '@trellis/contracts';
import { emptyUsage } from '@trellis/contracts';
import type { LlmData } from '@trellis/graph';
import type { NodeOutcome } from '../../core/outcome.ts';
import { NodeError } from '../../errors.ts';
import { defineNode } from '../../plan/node-definition.ts';
import type { ModelReference, PromptMessage } from '../../ports/index.ts';
import type { FileValue } from '../../values/file.ts';
import type { PoolReader } from '../../values/pool.ts';
import { templateSelectors } from '../../values/template.ts';
import { toMarkdown } from '../../values/text.ts';
import { failureOf } from '../error-of.ts';
import { maskSecrets } from '../mask-secrets.ts';
import { type NodeContext, requirePort } from '../node-context.ts';
import { type PromptContext, readContext } from './context.ts';
import { resolveModel } from './model-reference.ts';
import { assemblePrompt } from './prompt.ts';
import { fitMessages, promptRecords, visionFiles } from './prompt-files.ts';
import { structuredOutputOf, structuredSchema } from './structured-output.ts';
import { TextRelay } from './text-relay.ts';

/** Asks a language model. The answer is streamed on `text`, thoughts apart from it where that is wanted. */
export const llmNode = defineNode({
  type: 'llm',
  hasSideEffects: true,
  async run(data, context): Promise<NodeOutcome> {
    const report: { inputs: Record<string, unknown>; processData?: Record<string, unknown>; usage?: Usage } =
      {
        inputs: {},
      };
    try {
      const models = requirePort(context, 'models');
      const model = resolveModel(data.model, context.pool);
      const schema = structuredSchema(data);
      const knowledge = readContext(data.context, context.pool);
      const jinjaInputs = bindJinja(data, context.pool);
      Object.assign(report.inputs, promptInputs(data, context.pool), jinjaInputs, contextInputs(knowledge));
      const files = visionFiles(data.vision, context.pool);
      if (files.length > 0) report.inputs['#files#'] = files;
      Object.assign(report.inputs, { model_provider: model.provider, model_name: model.name });
      const traits = await models.describe(model, context.signal);
      if (schema !== null && traits.structuredOutput === false) {
        throw new NodeError('LLMNodeError', `Model ${model.name} does not support structured output`);
      }
      const messages = fitMessages(
        await assemblePrompt({ data, model, context: knowledge, jinjaInputs }, context),
        traits,
      );
      report.inputs = maskSecrets(report.inputs, context.pool);
      report.processData = {
        model_mode: model.mode,
        prompts: maskSecrets(promptRecords(messages), context.pool),
        model_provider: model.provider,
        model_name: model.name,
      };
      const answer = await ask({ data, model, messages, schema }, context);
      report.usage = answer.usage;
      report.processData = { ...report.processData, usage: answer.usage, finish_reason: answer.finishReason };
      const structured =
        schema === null ? {} : { structured_output: structuredOutputOf(answer.text, schema) };
      return {
        ...report,
        status: 'succeeded',
        outputs: {
          text: answer.text,
          reasoning_content: answer.reasoning,
          usage: answer.usage,
          finish_reason: answer.finishReason,
          ...structured,
          ...(answer.files.length > 0 ? { files: answer.files } : {}),
        },
        retrieverResources: knowledge.resources,
      };
    } catch (error) {
      return failureOf(error, report, 'LLMNodeError');
    }
  },
});

function bindJinja(data: LlmData, pool: PoolReader): Record<string, unknown> {
  return Object.fromEntries(
    data.prompt_config.jinja2_variables.map(({ variable, value_selector: selector }) => [
      variable,
      pool.get(selector)?.value ?? '',
    ]),
  );
}

/** Values of the prompt's placeholders. A variable that does not exist is an error here, unlike elsewhere. */
function promptInputs(data: LlmData, pool: PoolReader): Record<string, unknown> {
  const prompts = Array.isArray(data.prompt_template) ? data.prompt_template : [data.prompt_template];
  const texts = prompts.flatMap((prompt) => (prompt.edition_type === 'basic' ? [prompt.text] : []));
  if (data.memory !== null) texts.push(data.memory.query_prompt_template);
  const inputs: Record<string, unknown> = {};
  for (const selector of texts.flatMap(templateSelectors)) {
    const name = selector.join('.');
    const variable = pool.get(selector);
    if (variable === undefined) throw new NodeError('VariableNotFoundError', `Variable ${name} not found`);
    inputs[`#${name}#`] = variable.value ?? '';
  }
  return inputs;
}

function contextInputs({ text, files }: PromptContext): Record<string, unknown> {
  return {
    ...(text === null ? {} : { '#context#': text }),
    ...(files.length === 0 ? {} : { '#context_files#': files }),
  };
}

interface Question {
  data: LlmData;
  model: ModelReference;
  messages: readonly PromptMessage[];
  schema: Readonly<Record<string, unknown>> | null;
}

interface Answer {
  text: string;
  reasoning: string;
  usage: Usage;
  finishReason: string | null;
  files: FileValue[];
}

async function ask({ data, model, messages, schema }: Question, context: NodeContext): Promise<Answer> {
  const relay = new TextRelay(context, data.reasoning_format);
  const files: FileValue[] = [];
  let usage: Usage = emptyUsage;
  let finishReason: string | null = null;
  const stream = requirePort(context, 'models').stream({
    model,
    messages,
    ...(schema === null ? {} : { jsonSchema: schema }),
    userId: context.userId,
    idempotencyKey: context.idempotencyKey,
    signal: context.signal,
  });
  for await (const event of stream) {
    if (event.type === 'text') {
      relay.text(event.text);
    } else if (event.type === 'reasoning') {
      relay.reasoning(event.text);
    } else if (event.type === 'file') {
      files.push(event.file);
      relay.text(toMarkdown(event.file));
    } else if (event.type === 'finish') {
      usage = event.usage;
      finishReason = event.finishReason;
    }
  }
  return { ...relay.end(), usage, finishReason, files };
}
