import { requirementsOfNode } from '../app-file/requirements.ts';
import { type CanvasNode, canvasNodeTypes } from '../graph/canvas.ts';
import { textOf } from '../graph/json.ts';
import { normaliseGraph } from '../graph/normalise.ts';
import { isTriggerType } from '../nodes/execution-kind.ts';
import { toNodeType } from '../nodes/registry.ts';
import { type CheckContext, limitsOf } from './context.ts';
import { conflictingOutputs } from './end-outputs.ts';
import type { CheckCode, CheckIssue, Finding } from './issues.ts';
import { nodeRules } from './rules/index.ts';
import { isStartLike, longestPath, type Topology, topologyOf, upstreamOfAll } from './topology.ts';
import { invalidReferences } from './variables.ts';

/**
 * The checklist of a stored graph: what must be put right before it can run, node by node in the order of the graph
 * (per node: missing plugin, missing model provider, its own rules, invalid variables, unconnected), then what
 * concerns the graph as a whole.
 */
export function checkGraph(stored: unknown, context: CheckContext): CheckIssue[] {
  const graph = normaliseGraph(stored);
  const topology = topologyOf(graph);
  const upstream = upstreamOfAll(topology);
  const issues: CheckIssue[] = [];
  const seen = new Set<string>();
  for (const node of topology.nodes.values()) {
    if (node.type !== canvasNodeTypes.node) continue;
    const report = (finding: Finding) => issues.push(ofNode(node, finding));
    for (const finding of missingProviders(node, context)) report(finding);
    const finding = findingOf(node, context);
    if (finding) report(finding);
    for (const selector of invalidReferences(node, topology, upstream)) {
      const field = selector.join('.');
      report({ code: 'invalid_variable', field, message: `The variable ${field} does not exist here` });
    }
    if (!topology.reachable.has(node.id) && !isStartLike(node)) {
      report({ code: 'unconnected', field: '', message: 'This step is not connected' });
    }
  }
  for (const node of graph.nodes) {
    if (seen.has(node.id)) {
      issues.push(
        ofNode(node, { code: 'node_id_not_unique', field: 'id', message: `The id ${node.id} is used twice` }),
      );
    }
    seen.add(node.id);
  }
  return [...issues, ...checkWhole(topology, context)];
}

/**
 * The first thing that keeps a graph from being published, or null. Its message begins with the title of the node.
 */
export function firstPublishIssue(stored: unknown, context: CheckContext): CheckIssue | null {
  const issues = checkGraph(stored, { ...context, purpose: 'publish' });
  const first = issues.find((issue) => issue.severity === 'error');
  if (!first) return null;
  return first.nodeTitle === '' ? first : { ...first, message: `[${first.nodeTitle}] ${first.message}` };
}

function ofNode(node: CanvasNode, finding: Finding): CheckIssue {
  return {
    ...finding,
    severity: 'error',
    nodeId: node.id,
    nodeTitle: textOf(node.data['title']),
    nodeType: textOf(node.data['type']),
  };
}

function ofGraph(code: CheckCode, field: string, message: string): CheckIssue {
  return { code, field, message, severity: 'error', nodeId: null, nodeTitle: '', nodeType: '' };
}

function missingProviders(node: CanvasNode, context: CheckContext): Finding[] {
  const missing = requirementsOfNode(node).filter((target) => !(context.isAvailable?.(target) ?? true));
  const findings = missing.map((target): Finding => {
    switch (target.kind) {
      case 'model':
        return {
          code: 'model_provider_missing',
          field: `${target.providerId}/${target.name}`,
          message: `The model ${target.name} of ${target.providerId} is not available`,
        };
      case 'knowledge':
        return {
          code: 'knowledge_missing',
          field: target.datasetId,
          message: 'A knowledge base of this step does not exist',
        };
      default:
        return {
          code: 'plugin_missing',
          field: 'providerId' in target ? target.providerId : target.kind,
          message: 'What this step uses is not installed',
        };
    }
  });
  const rank = (finding: Finding) => (finding.code === 'plugin_missing' ? 0 : 1);
  return findings.sort((left, right) => rank(left) - rank(right));
}

function findingOf(node: CanvasNode, context: CheckContext): Finding | null {
  const stored = textOf(node.data['type']);
  const type = toNodeType(stored);
  if (type === null) {
    return { code: 'unknown_node_type', field: stored, message: `Steps of the type ${stored} are not known` };
  }
  return nodeRules[type]?.(node.data, context, requirementsOfNode(node)) ?? null;
}

const requiredTypes: Record<CheckContext['mode'], string[]> = {
  workflow: [],
  'advanced-chat': ['answer'],
  'rag-pipeline': ['datasource', 'knowledge-index'],
};

function checkWhole(topology: Topology, context: CheckContext): CheckIssue[] {
  const nodes = [...topology.nodes.values()];
  const issues: CheckIssue[] = [];
  const ofType = (type: string) => nodes.filter((node) => node.data['type'] === type);
  const triggers = nodes.filter((node) => isTriggerType(textOf(node.data['type'])));
  if (context.mode !== 'rag-pipeline' && ofType('start').length + triggers.length === 0) {
    issues.push(ofGraph('start_required', 'start', 'A start step or a trigger is required'));
  }
  if (ofType('start').length > 0 && triggers.length > 0) {
    issues.push(ofGraph('start_and_trigger', 'start', 'A start step and triggers cannot be used together'));
  }
  for (const type of requiredTypes[context.mode]) {
    if (ofType(type).length === 0) {
      issues.push(ofGraph('node_type_required', type, `A step of the type ${type} is required`));
    }
  }
  const { length, cycle } = longestPath(topology);
  const onCycle = cycle === null ? undefined : topology.nodes.get(cycle);
  if (onCycle) {
    issues.push(ofNode(onCycle, { code: 'cycle', field: '', message: 'This step leads back to itself' }));
  }
  for (const { node, name } of conflictingOutputs(topology)) {
    const message = `Another output step that can be reached in the same run gives ${name} another value`;
    issues.push({ ...ofNode(node, { code: 'output_conflict', field: name, message }), severity: 'warning' });
  }
  if (context.purpose === 'publish') issues.push(...checkPublished(length, ofType, context));
  return issues;
}

function checkPublished(
  depth: number,
  ofType: (type: string) => CanvasNode[],
  context: CheckContext,
): CheckIssue[] {
  const { maxDepth, maxWebhooks } = limitsOf(context);
  const issues: CheckIssue[] = [];
  if (depth > maxDepth) {
    issues.push(
      ofGraph(
        'too_deep',
        String(maxDepth),
        `A path is longer than ${maxDepth} steps: the longest has ${depth}`,
      ),
    );
  }
  if (ofType('trigger-webhook').length > maxWebhooks) {
    issues.push(
      ofGraph(
        'too_many_webhooks',
        String(maxWebhooks),
        `At most ${maxWebhooks} webhook triggers are allowed`,
      ),
    );
  }
  if (ofType('trigger-schedule').length > 1) {
    issues.push(ofGraph('too_many_schedules', '1', 'Only one schedule trigger is allowed'));
  }
  return issues;
}
