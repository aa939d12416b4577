import { type CanvasNode, canvasNodeTypes } from '../graph/canvas.ts';
import { isObject, type JsonObject, listOf, objectOf, objectsOf, textOf, textsOf } from '../graph/json.ts';
import { toModelProviderId, toToolProviderId } from '../graph/providers.ts';
import { type AppFile, isGraphAppFile } from './types.ts';

/** Where something is needed. */
export interface NodeReference {
  nodeId: string;
  title: string;
}

/** Kinds of models that apps name. */
export type RequiredModelType = 'llm' | 'rerank' | 'text-embedding';

/** Something outside an app that it needs to run. Provider ids are full ids. */
export type RequirementTarget =
  | { kind: 'model'; modelType: RequiredModelType; providerId: string; name: string }
  | { kind: 'tool'; providerType: string; providerId: string; toolName: string }
  | { kind: 'knowledge'; datasetId: string }
  | { kind: 'agent-strategy'; providerId: string; strategyName: string }
  | { kind: 'trigger'; providerId: string; eventName: string }
  | { kind: 'datasource'; providerId: string; datasourceName: string }
  | { kind: 'api-extension'; extensionId: string };

/** Something that an app needs, and the nodes that need it (none for an app without a graph). */
export type Requirement = RequirementTarget & { usedBy: NodeReference[] };

/** Everything outside an app that it needs, each thing once, in the order of first use. */
export function listRequirements(file: AppFile): Requirement[] {
  const collector = new Collector();
  if (isGraphAppFile(file)) {
    for (const node of file.workflow.graph.nodes) {
      if (node.type === canvasNodeTypes.note) continue;
      for (const target of requirementsOfNode(node)) collector.add(target, node);
    }
    for (const target of moderationExtensions(file.workflow.features)) collector.add(target);
  } else {
    for (const target of requirementsOfConfig(file.model_config)) collector.add(target);
  }
  return collector.requirements;
}

/** What of an app's needs is not there, as `isAvailable` says. */
export function missingRequirements(
  file: AppFile,
  isAvailable: (target: RequirementTarget) => boolean,
): Requirement[] {
  return listRequirements(file).filter((requirement) => !isAvailable(requirement));
}

class Collector {
  readonly requirements: Requirement[] = [];
  private readonly byKey = new Map<string, Requirement>();

  add(target: RequirementTarget, node?: CanvasNode): void {
    const key = JSON.stringify(target);
    let requirement = this.byKey.get(key);
    if (!requirement) {
      requirement = { ...target, usedBy: [] };
      this.byKey.set(key, requirement);
      this.requirements.push(requirement);
    }
    if (node && !requirement.usedBy.some((reference) => reference.nodeId === node.id)) {
      requirement.usedBy.push({ nodeId: node.id, title: textOf(node.data['title']) });
    }
  }
}

function model(modelType: RequiredModelType, provider: unknown, name: unknown): RequirementTarget[] {
  const providerId = toModelProviderId(textOf(provider));
  return providerId === '' || textOf(name) === ''
    ? []
    : [{ kind: 'model', modelType, providerId, name: textOf(name) }];
}

function llm(stored: unknown): RequirementTarget[] {
  const { provider, name } = objectOf(stored);
  return model('llm', provider, name);
}

/** What one node needs from outside the app. */
export function requirementsOfNode(node: CanvasNode): RequirementTarget[] {
  const { data } = node;
  switch (data['type']) {
    case 'llm':
    case 'question-classifier':
    case 'parameter-extractor':
      return llm(data['model']);
    case 'knowledge-retrieval':
      return requirementsOfRetrieval(data);
    case 'tool':
      return toolOf(data['provider_type'], data['provider_id'] ?? data['provider_name'], data['tool_name']);
    case 'agent':
      return requirementsOfAgent(data);
    case 'trigger-plugin':
      return [
        {
          kind: 'trigger',
          providerId: textOf(data['provider_id']) || textOf(data['plugin_id']),
          eventName: textOf(data['event_name']),
        },
      ];
    case 'datasource':
      return [
        {
          kind: 'datasource',
          providerId: textOf(data['plugin_id']) || textOf(data['provider_name']),
          datasourceName: textOf(data['datasource_name']),
        },
      ];
    case 'knowledge-index':
      return [
        ...model('text-embedding', data['embedding_model_provider'], data['embedding_model']),
        ...rerankers(objectOf(data['retrieval_model'])),
      ];
    default:
      return [];
  }
}

function toolOf(providerType: unknown, provider: unknown, toolName: unknown): RequirementTarget[] {
  const type = textOf(providerType) || 'builtin';
  const id = textOf(provider);
  if (id === '') return [];
  const providerId = type === 'builtin' ? toToolProviderId(id) : id;
  return [{ kind: 'tool', providerType: type, providerId, toolName: textOf(toolName) }];
}

function requirementsOfRetrieval(data: JsonObject): RequirementTarget[] {
  const targets: RequirementTarget[] = textsOf(data['dataset_ids']).map((datasetId) => ({
    kind: 'knowledge',
    datasetId,
  }));
  if (data['retrieval_mode'] === 'single') {
    targets.push(...llm(objectOf(data['single_retrieval_config'])['model']));
  } else {
    targets.push(...rerankers(objectOf(data['multiple_retrieval_config'])));
  }
  if (data['metadata_filtering_mode'] === 'automatic') targets.push(...llm(data['metadata_model_config']));
  return targets;
}

// Settings of retrieval are spelled differently in nodes and in configurations of basic apps.
function rerankers(config: JsonObject): RequirementTarget[] {
  if (config['reranking_mode'] === 'weighted_score') {
    const vector = objectOf(objectOf(config['weights'])['vector_setting']);
    return model('text-embedding', vector['embedding_provider_name'], vector['embedding_model_name']);
  }
  const isOn = config['reranking_enable'] ?? config['reranking_enabled'] ?? false;
  if (isOn !== true) return [];
  const reranker = objectOf(config['reranking_model']);
  return model(
    'rerank',
    reranker['provider'] ?? reranker['reranking_provider_name'],
    reranker['model'] ?? reranker['reranking_model_name'],
  );
}

function requirementsOfAgent(data: JsonObject): RequirementTarget[] {
  const targets: RequirementTarget[] = [];
  const providerId = textOf(data['agent_strategy_provider_name']);
  if (providerId !== '') {
    targets.push({ kind: 'agent-strategy', providerId, strategyName: textOf(data['agent_strategy_name']) });
  }
  for (const parameter of Object.values(objectOf(data['agent_parameters']))) {
    const value = objectOf(parameter)['value'];
    if (isObject(value)) {
      if (value['type'] === 'model-selector' || value['model_type'] === 'llm') {
        targets.push(...model('llm', value['provider'], value['model']));
      } else if (value['tool_name']) targets.push(...agentTool(value));
    }
    for (const item of objectsOf(value)) if (item['tool_name']) targets.push(...agentTool(item));
  }
  return targets;
}

function agentTool(tool: JsonObject): RequirementTarget[] {
  if (tool['enabled'] === false) return [];
  return toolOf(tool['type'], tool['provider_name'], tool['tool_name']);
}

function requirementsOfConfig(config: JsonObject): RequirementTarget[] {
  const targets = llm(config['model']);
  for (const entry of objectsOf(objectOf(config['agent_mode'])['tools'])) {
    const dataset = objectOf(entry['dataset']);
    if (textOf(dataset['id']) !== '') {
      if (dataset['enabled'] !== false) targets.push({ kind: 'knowledge', datasetId: textOf(dataset['id']) });
    } else if (entry['tool_name'] && entry['enabled'] !== false) {
      targets.push(...toolOf(entry['provider_type'], entry['provider_id'], entry['tool_name']));
    }
  }
  const datasets = objectOf(config['dataset_configs']);
  for (const entry of listOf(objectOf(datasets['datasets'])['datasets'])) {
    const dataset = objectOf(objectOf(entry)['dataset']);
    if (textOf(dataset['id']) !== '' && dataset['enabled'] !== false) {
      targets.push({ kind: 'knowledge', datasetId: textOf(dataset['id']) });
    }
  }
  targets.push(...rerankers(datasets));
  if (datasets['metadata_filtering_mode'] === 'automatic')
    targets.push(...llm(datasets['metadata_model_config']));
  for (const tool of objectsOf(config['external_data_tools'])) {
    if (tool['type'] === 'api' && tool['enabled'] !== false) targets.push(...extension(tool['config']));
  }
  targets.push(...moderationExtensions(config));
  return targets;
}

function extension(config: unknown): RequirementTarget[] {
  const extensionId = textOf(objectOf(config)['api_based_extension_id']);
  return extensionId === '' ? [] : [{ kind: 'api-extension', extensionId }];
}

function moderationExtensions(features: JsonObject): RequirementTarget[] {
  const moderation = objectOf(features['sensitive_word_avoidance']);
  return moderation['enabled'] === true && moderation['type'] === 'api'
    ? extension(moderation['config'])
    : [];
}
