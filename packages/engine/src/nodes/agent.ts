import type { Usage } from '@trellis/contracts';
import { type AgentData, agentModel, agentTool, type TypedValue } from '@trellis/graph';
import type { NodeOutcome } from '../core/outcome.ts';
import { NodeError } from '../errors.ts';
import { defineNode } from '../plan/node-definition.ts';
import type { PromptMessage, ResolvedStrategy } from '../ports/index.ts';
import { parseJson } from '../values/float.ts';
import type { PoolReader } from '../values/pool.ts';
import { renderTemplate } from '../values/template.ts';
import { isObject } from '../values/types.ts';
import { failureOf, messageOf } from './error-of.ts';
import { maskSecrets } from './mask-secrets.ts';
import { type NodeContext, requirePort } from './node-context.ts';
import { MessageCollector } from './tool/message-collector.ts';

const longestPiece = 64;

/** Lets an agent strategy work on a task with models and tools. */
export const agentNode = defineNode({
  type: 'agent',
  hasSideEffects: true,
  async run(data, context): Promise<NodeOutcome> {
    const report: { metadata: Record<string, unknown>; inputs?: Record<string, unknown>; usage?: Usage } = {
      metadata: {},
    };
    try {
      const strategy = await resolveStrategy(data, context);
      report.metadata['tool_info'] = { icon: strategy.icon, agent_strategy: data.agent_strategy_name };
      const parameters = strategyParameters(data, strategy, context.pool);
      report.inputs = maskSecrets(parameters, context.pool);
      const history = await historyOf(data, parameters, context);
      const collector = new MessageCollector(context, longestPiece);
      await invoke(strategy, { parameters, history, collector }, context);
      const { logs, usage, resources } = collector;
      report.usage = usage;
      if (logs.length > 0) report.metadata['agent_log'] = logs;
      return {
        ...report,
        status: 'succeeded',
        outputs: { ...collector.end(logs), usage },
        retrieverResources: resources,
      };
    } catch (error) {
      return failureOf(error, report, 'AgentNodeError');
    }
  },
});

async function resolveStrategy(data: AgentData, context: NodeContext): Promise<ResolvedStrategy> {
  const agents = requirePort(context, 'agents');
  try {
    return await agents.resolve(data, context.signal);
  } catch (cause) {
    throw new NodeError('AgentStrategyNotFoundError', `Failed to get agent strategy: ${messageOf(cause)}`, {
      cause,
    });
  }
}

/** Values of the strategy's parameters, models and tools in their own forms. */
function strategyParameters(
  data: AgentData,
  strategy: ResolvedStrategy,
  pool: PoolReader,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(data.agent_parameters).map(([name, typed]) => {
      if (!strategy.parameters.has(name)) return [name, null];
      return [name, shape(resolve(name, typed, pool), { strategy, pool })];
    }),
  );
}

function resolve(name: string, { type, value }: TypedValue, pool: PoolReader): unknown {
  if (type === 'variable') {
    const selector = Array.isArray(value) ? value.map(String) : [];
    const variable = pool.get(selector);
    if (variable !== undefined) return variable.value;
    throw new NodeError('AgentVariableNotFoundError', `Variable of parameter ${name} not found`);
  }
  if (typeof value === 'string') return renderTemplate(value, pool);
  return renderInside(value, pool);
}

/** Values that are not text are templated as JSON, so that placeholders inside them count. */
function renderInside(value: unknown, pool: PoolReader): unknown {
  const json = JSON.stringify(value ?? null);
  if (!json.includes('{{#')) return value;
  const text = renderTemplate(json, pool);
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}

function shape(
  value: unknown,
  { strategy, pool }: { strategy: ResolvedStrategy; pool: PoolReader },
): unknown {
  if (isObject(value) && value['type'] === 'model-selector') return agentModel.parse(value);
  if (!Array.isArray(value) || !value.every((item) => isObject(item) && 'tool_name' in item)) return value;
  const knowsMcp = strategy.metaVersion !== null && strategy.metaVersion !== '0.0.1';
  return value
    .map((item) => agentTool.parse(item))
    .filter((tool) => tool.enabled && (knowsMcp || tool.type !== 'mcp'))
    .map((tool) => ({ ...tool, parameters: fixedParameters(tool.parameters, pool) }));
}

/** Parameters that are not left to the model get their value now. */
function fixedParameters(
  parameters: Readonly<Record<string, { auto: number; value?: unknown } | null>>,
  pool: PoolReader,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, parameter]) => {
      if (parameter === null || parameter.auto !== 0) return [name, parameter];
      const { value } = parameter;
      if (isObject(value) && value['type'] === 'variable') {
        const selector = Array.isArray(value['value']) ? value['value'].map(String) : [];
        return [
          name,
          { ...parameter, value: { type: 'constant', value: pool.get(selector)?.value ?? null } },
        ];
      }
      const text = isObject(value) ? value['value'] : value;
      const rendered = typeof text === 'string' ? renderTemplate(text, pool) : text;
      return [name, { ...parameter, value: { type: 'constant', value: rendered } }];
    }),
  );
}

async function historyOf(
  data: AgentData,
  parameters: Readonly<Record<string, unknown>>,
  { ports, signal }: NodeContext,
): Promise<readonly PromptMessage[]> {
  const selected = Object.values(parameters).find(
    (value) => isObject(value) && value['type'] === 'model-selector',
  );
  if (data.memory === null || ports.memory === undefined || selected === undefined) return [];
  const { provider, model: name, completion_params: completion } = agentModel.parse(selected);
  const window = data.memory.window.enabled ? data.memory.window.size : null;
  const model = { provider, name, mode: 'chat' as const, parameters: completion };
  return ports.memory.messages({ model, window, withFiles: true, signal });
}

async function invoke(
  strategy: ResolvedStrategy,
  call: {
    parameters: Readonly<Record<string, unknown>>;
    history: readonly PromptMessage[];
    collector: MessageCollector;
  },
  context: NodeContext,
): Promise<void> {
  const { userId, callDepth, idempotencyKey, signal } = context;
  const { parameters, history, collector } = call;
  try {
    const messages = strategy.invoke({ parameters, history, userId, callDepth, idempotencyKey, signal });
    for await (const message of messages) await collector.take(message);
  } catch (cause) {
    if (cause instanceof NodeError) throw cause;
    throw new NodeError('AgentInvocationError', `Failed to invoke agent: ${messageOf(cause)}`, { cause });
  }
}
