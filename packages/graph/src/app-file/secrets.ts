import type { CanvasGraph, CanvasNode } from '../graph/canvas.ts';
import { isObject, type JsonObject, objectOf } from '../graph/json.ts';
import { canvasDefaults } from '../nodes/canvas-defaults.ts';
import type { WorkflowSection } from './types.ts';

/** Whether values that only the exporting workspace should know go into a file. */
export interface SecretOptions {
  includeSecrets: boolean;
}

/** The workflow section as it goes into a file: see `exportGraph`; secret variables lose their value. */
export function exportWorkflow<W extends WorkflowSection>(section: W, options: SecretOptions): W {
  return {
    ...section,
    graph: exportGraph(section.graph, options),
    environment_variables: section.environment_variables.map((variable) =>
      variable.value_type === 'secret' && !options.includeSecrets ? { ...variable, value: '' } : variable,
    ),
  };
}

/**
 * The graph as it goes into a file: without what is bound to this installation (addresses and subscriptions of
 * triggers, uploaded files as defaults), and without credentials unless secrets are included.
 */
export function exportGraph(graph: CanvasGraph, options: SecretOptions): CanvasGraph {
  return { ...graph, nodes: graph.nodes.map((node) => ({ ...node, data: exportData(node, options) })) };
}

function exportData(node: CanvasNode, options: SecretOptions): JsonObject {
  const { data } = node;
  switch (data['type']) {
    case 'tool':
      return options.includeSecrets ? data : withoutCredential(data);
    case 'agent':
      return options.includeSecrets ? data : withoutAgentCredentials(data);
    case 'trigger-schedule':
      return 'config' in data ? { ...data, config: canvasDefaults('trigger-schedule') } : data;
    case 'trigger-webhook':
      return { ...data, webhook_url: '', webhook_debug_url: '' };
    case 'trigger-plugin':
      return { ...data, subscription_id: '' };
    case 'start':
      return Array.isArray(data['variables'])
        ? { ...data, variables: data['variables'].map(withoutUploadedDefault) }
        : data;
    default:
      return data;
  }
}

function withoutCredential(data: JsonObject): JsonObject {
  const { credential_id, ...rest } = data;
  return rest;
}

function withoutCredentials(tools: unknown): unknown {
  return Array.isArray(tools)
    ? tools.map((tool) => (isObject(tool) ? withoutCredential(tool) : tool))
    : tools;
}

function withoutAgentCredentials(data: JsonObject): JsonObject {
  const parameters = data['agent_parameters'];
  if (!isObject(parameters)) return data;
  const kept: JsonObject = {};
  for (const [name, parameter] of Object.entries(parameters)) {
    const value = objectOf(parameter)['value'];
    kept[name] =
      isObject(parameter) && Array.isArray(value)
        ? { ...parameter, value: withoutCredentials(value) }
        : isObject(parameter) && isObject(value)
          ? { ...parameter, value: withoutCredential(value) }
          : parameter;
  }
  return { ...data, agent_parameters: kept };
}

function withoutUploadedDefault(variable: unknown): unknown {
  if (!isObject(variable) || (variable['type'] !== 'file' && variable['type'] !== 'file-list'))
    return variable;
  const { default: stored, ...rest } = variable;
  if (Array.isArray(stored)) return { ...rest, default: stored.filter(isNotLocal).map(withoutUploadId) };
  if (!isObject(stored)) return variable;
  return isNotLocal(stored) ? { ...rest, default: withoutUploadId(stored) } : rest;
}

function isNotLocal(file: unknown): boolean {
  const { transfer_method, transferMethod } = objectOf(file);
  return transfer_method !== 'local_file' && transferMethod !== 'local_file';
}

function withoutUploadId(file: unknown): unknown {
  if (!isObject(file)) return file;
  const { upload_file_id, uploadedId, ...rest } = file;
  return rest;
}

/** The configuration of a basic app as it goes into a file: tools lose their credentials. */
export function exportModelConfig(config: JsonObject, options: SecretOptions): JsonObject {
  const agentMode = config['agent_mode'];
  if (options.includeSecrets || !isObject(agentMode)) return config;
  return { ...config, agent_mode: { ...agentMode, tools: withoutCredentials(agentMode['tools']) } };
}
