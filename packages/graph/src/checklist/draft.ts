import { objectOf, objectsOf, textOf } from '../graph/json.ts';
import { safeParseGraph } from '../graph/parse.ts';
import { isTriggerType } from '../nodes/execution-kind.ts';
import { humanInputData } from '../nodes/human-input.ts';

/** Why a draft cannot be saved. */
export interface DraftIssue {
  code: 'start_and_trigger' | 'invalid_human_input' | 'invalid_graph';
  nodeId: string | null;
  message: string;
}

/**
 * What keeps a graph from being saved as a draft. Drafts may be unfinished: only a start step beside triggers, broken
 * human-input steps and what is no graph at all are refused. An empty graph is fine.
 */
export function draftIssue(stored: unknown): DraftIssue | null {
  const parsed = safeParseGraph(stored);
  if (!parsed.ok && parsed.error.code === 'INVALID_GRAPH') {
    return { code: 'invalid_graph', nodeId: null, message: parsed.error.message };
  }
  const nodes = objectsOf(objectOf(stored)['nodes']).map((node) => ({
    id: textOf(node['id']),
    data: objectOf(node['data']),
  }));
  const hasStart = nodes.some((node) => node.data['type'] === 'start');
  if (hasStart && nodes.some((node) => isTriggerType(textOf(node.data['type'])))) {
    return {
      code: 'start_and_trigger',
      nodeId: null,
      message: 'A start step and triggers cannot be used together',
    };
  }
  for (const node of nodes.filter((candidate) => candidate.data['type'] === 'human-input')) {
    const checked = humanInputData.safeParse(node.data);
    const issue = checked.error?.issues[0];
    if (issue) {
      const message = `${issue.path.join('.')}: ${issue.message}`;
      return { code: 'invalid_human_input', nodeId: node.id, message };
    }
  }
  return null;
}
