import { z } from 'zod';
import { memoryConfig, nodeData } from './common.ts';
import { flagOn, looseText, mapping, orElse, textOrEmpty, typedValue } from './fields.ts';

/** The value of a model parameter of an agent strategy. */
export const agentModel = z.looseObject({
  provider: textOrEmpty,
  model: textOrEmpty,
  model_type: orElse(looseText, () => 'llm'),
  mode: looseText.nullish(),
  completion_params: mapping(z.unknown()),
});

/** The value of a model parameter of an agent strategy, see `agentModel`. */
export type AgentModel = z.output<typeof agentModel>;

/**
 * A parameter of an agent's tool: fixed (`auto` 0) or left to the model (`auto` 1). Old files hold the plain value;
 * an empty one is left to the model.
 */
const agentToolParameter = z.unknown().transform((stored, context): AgentToolParameter | null => {
  if (stored === null || stored === undefined) return null;
  if (typeof stored !== 'object') {
    return { auto: stored === '' ? 1 : 0, value: { type: 'constant', value: stored } };
  }
  const parsed = parameterForm.safeParse(stored);
  if (parsed.success) return parsed.data;
  context.addIssue({ code: 'custom', message: 'must be a value, or a mapping of auto and value' });
  return z.NEVER;
});

const parameterForm = z.looseObject({
  auto: orElse(z.union([z.literal(0), z.literal(1), z.boolean()]).transform(Number), () => 1),
  value: z.unknown().optional(),
});

/** A parameter of an agent's tool: fixed when `auto` is 0. */
export type AgentToolParameter = z.output<typeof parameterForm>;

/**
 * A tool handed to an agent. Of `parameters`, those with `auto: 0` have a fixed value; the others are left to the
 * model. `settings` are the tool's form settings.
 */
export const agentTool = z.looseObject({
  enabled: flagOn,
  type: orElse(looseText, () => 'builtin'),
  provider_name: textOrEmpty,
  tool_name: textOrEmpty,
  tool_label: textOrEmpty,
  tool_description: textOrEmpty,
  settings: mapping(z.unknown()),
  parameters: mapping(agentToolParameter),
  extra: orElse(z.looseObject({ description: textOrEmpty }), () => ({ description: '' })),
  credential_id: looseText.nullish(),
});

/** A tool handed to an agent, see `agentTool`. */
export type AgentTool = z.output<typeof agentTool>;

/**
 * Data of an agent node: a strategy and its parameters, each `{type, value}`. Values of models and tools are read
 * with `agentModel` and `agentTool`.
 */
export const agentData = nodeData('agent', {
  agent_strategy_provider_name: textOrEmpty,
  agent_strategy_name: textOrEmpty,
  agent_strategy_label: textOrEmpty,
  plugin_unique_identifier: looseText.nullish(),
  agent_parameters: mapping(typedValue),
  memory: memoryConfig,
  output_schema: z
    .record(z.string(), z.unknown())
    .nullish()
    .transform((value) => value ?? null),
  tool_node_version: looseText.nullish(),
  agent_node_kind: looseText.nullish(),
});

/** Data of an agent node. */
export type AgentData = z.output<typeof agentData>;
