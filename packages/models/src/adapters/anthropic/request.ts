import { asNumber, type JsonObject, tryParseJson } from '../json.ts';
import type { LlmCall, WireRequest } from '../llm-adapter.ts';
import { toAnthropicMessages } from './messages.ts';

/** Models that decide for themselves how much to think and refuse sampling parameters. */
const adaptiveModels = /claude-(?:opus-(?:4-[7-9]|[5-9])|sonnet-[5-9]|fable|mythos)/u;
const defaultMaxTokens = 4096;

/** Builds a request of Anthropic's Messages API (docs.anthropic.com/en/api/messages). */
export function anthropicRequest(call: LlmCall): WireRequest {
  const { parameters, tools, stop, stream, user } = call;
  const { system, messages } = toAnthropicMessages(call.messages, parameters);
  const betas = betasOf(call);
  return {
    path: '/messages',
    headers: betas.length > 0 ? { 'anthropic-beta': betas.join(',') } : undefined,
    body: {
      model: call.model,
      messages,
      ...(system.length > 0 ? { system } : {}),
      ...samplingAndThinking(call),
      ...(tools.length > 0 ? { tools: toolsOf(call) } : {}),
      ...(stop.length > 0 ? { stop_sequences: stop } : {}),
      ...(user === undefined ? {} : { metadata: { user_id: user } }),
      stream,
    },
  };
}

function samplingAndThinking({ model, parameters, schema }: LlmCall): JsonObject {
  const given = asNumber(parameters['max_tokens']) ?? defaultOf(schema) ?? defaultMaxTokens;
  const adaptive = adaptiveModels.test(model);
  const thinks =
    parameters['thinking'] === true ||
    (adaptive && parameters['thinking'] === undefined && 'effort' in parameters);
  const sampling: JsonObject = {};
  // With thinking on, and by adaptive models always, these are refused.
  if (!thinks && !adaptive) {
    for (const name of ['temperature', 'top_p', 'top_k']) {
      if (parameters[name] !== undefined) sampling[name] = parameters[name];
    }
  }
  const budget = asNumber(parameters['thinking_budget']) ?? 1024;
  const output: JsonObject = {
    ...(adaptive && parameters['effort'] !== undefined ? { effort: parameters['effort'] } : {}),
    ...formatOf(parameters),
    ...taskBudget(parameters),
  };
  return {
    // The budget is part of the limit, which has to be larger.
    max_tokens: thinks && !adaptive ? Math.max(given, budget + 1) : given,
    ...sampling,
    ...(thinks
      ? { thinking: thinkingOf({ adaptive, budget, display: parameters['thinking_display'] }) }
      : {}),
    ...(parameters['thinking'] === false && adaptive ? { thinking: { type: 'disabled' } } : {}),
    ...(Object.keys(output).length > 0 ? { output_config: output } : {}),
  };
}

function thinkingOf(options: { adaptive: boolean; budget: number; display: unknown }): JsonObject {
  if (!options.adaptive) return { type: 'enabled', budget_tokens: Math.max(1024, options.budget) };
  return { type: 'adaptive', ...(typeof options.display === 'string' ? { display: options.display } : {}) };
}

function defaultOf(schema: LlmCall['schema']): number | undefined {
  return asNumber(schema.parameter_rules.find((rule) => rule.name === 'max_tokens')?.default);
}

function formatOf(parameters: LlmCall['parameters']): JsonObject {
  if (typeof parameters['json_schema'] !== 'string' || parameters['json_schema'] === '') return {};
  const schema = tryParseJson(parameters['json_schema']);
  return schema === undefined ? {} : { format: { type: 'json_schema', schema } };
}

function taskBudget(parameters: LlmCall['parameters']): JsonObject {
  const total = asNumber(parameters['task_budget']) ?? 0;
  return total > 0 ? { task_budget: { type: 'tokens', total } } : {};
}

function toolsOf({ tools, parameters }: LlmCall): JsonObject[] {
  const flow = asNumber(parameters['prompt_caching_message_flow']) ?? 0;
  const cached = parameters['prompt_caching_tool_definitions'] === true && flow > 0;
  return tools.map(({ name, description, parameters: schema }, index) => ({
    name,
    description,
    input_schema: { type: 'object', ...schema },
    // One mark on the last tool caches the whole list.
    ...(cached && index === tools.length - 1 ? { cache_control: { type: 'ephemeral' } } : {}),
  }));
}

function betasOf({ parameters, model }: LlmCall): string[] {
  const betas: string[] = [];
  const olderLongContext = /claude-sonnet-4-(?:20250514|5)/u.test(model);
  if (parameters['context_1m'] === true && olderLongContext) betas.push('context-1m-2025-08-07');
  if ((asNumber(parameters['task_budget']) ?? 0) > 0) betas.push('task-budgets-2026-03-13');
  return betas;
}
