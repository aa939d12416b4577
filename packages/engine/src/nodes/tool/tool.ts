import type { Usage } from '@trellis/contracts';
import type { ToolData } from '@trellis/graph';
import type { NodeOutcome } from '../../core/outcome.ts';
import { NodeError } from '../../errors.ts';
import { defineNode } from '../../plan/node-definition.ts';
import type { ResolvedTool, ToolReference } from '../../ports/index.ts';
import { failureOf, messageOf } from '../error-of.ts';
import { maskSecrets } from '../mask-secrets.ts';
import { type NodeContext, requirePort } from '../node-context.ts';
import { MessageCollector } from './message-collector.ts';
import { recordedParameters, resolveParameters, toolInputs } from './parameters.ts';

/** Calls a tool. */
export const toolNode = defineNode({
  type: 'tool',
  hasSideEffects: true,
  async run(data, context): Promise<NodeOutcome> {
    const reference = referenceOf(data);
    const { providerType, providerId, pluginUniqueIdentifier } = reference;
    const report: { metadata: Record<string, unknown>; inputs?: Record<string, unknown>; usage?: Usage } = {
      metadata: {
        tool_info: {
          provider_type: providerType,
          provider_id: providerId,
          plugin_unique_identifier: pluginUniqueIdentifier,
        },
      },
    };
    try {
      const tool = await resolveTool(reference, context);
      const { parameters: given, settings } = toolInputs(data);
      const parameters = resolveParameters(given, tool.parameters, context.pool);
      report.inputs = maskSecrets(recordedParameters(parameters, tool.parameters), context.pool);
      const collector = new MessageCollector(context);
      await invoke(tool, { parameters, settings, collector }, context);
      report.usage = collector.usage;
      if (collector.logs.length > 0) report.metadata['agent_log'] = collector.logs;
      return {
        ...report,
        status: 'succeeded',
        outputs: collector.end(),
        retrieverResources: collector.resources,
      };
    } catch (error) {
      return failureOf(error, report, 'ToolNodeError');
    }
  },
});

function referenceOf(data: ToolData): ToolReference {
  return {
    providerType: data.provider_type,
    providerId: data.provider_id,
    providerName: data.provider_name,
    toolName: data.tool_name,
    credentialId: data.credential_id ?? null,
    pluginUniqueIdentifier: data.plugin_unique_identifier ?? null,
  };
}

async function resolveTool(reference: ToolReference, context: NodeContext): Promise<ResolvedTool> {
  const tools = requirePort(context, 'tools');
  try {
    return await tools.resolve(reference, context.signal);
  } catch (cause) {
    throw new NodeError(
      'ToolRuntimeResolutionError',
      `Failed to get tool ${reference.toolName}: ${messageOf(cause)}`,
      {
        cause,
      },
    );
  }
}

async function invoke(
  tool: ResolvedTool,
  call: {
    parameters: Readonly<Record<string, unknown>>;
    settings: Readonly<Record<string, unknown>>;
    collector: MessageCollector;
  },
  context: NodeContext,
): Promise<void> {
  const { userId, callDepth, idempotencyKey, signal } = context;
  const { parameters, settings, collector } = call;
  try {
    const messages = tool.invoke({ parameters, settings, userId, callDepth, idempotencyKey, signal });
    for await (const message of messages) await collector.take(message);
  } catch (cause) {
    if (cause instanceof NodeError) throw cause;
    throw new NodeError('ToolRuntimeInvocationError', `Failed to invoke tool: ${messageOf(cause)}`, {
      cause,
    });
  }
}
