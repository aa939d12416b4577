import type { CanvasEdge, CanvasNode } from '../graph/canvas.ts';
import type { JsonObject } from '../graph/json.ts';
import { canvasDefaults } from '../nodes/canvas-defaults.ts';
import type { NodeType } from '../nodes/registry.ts';
import type { GraphAppMode, WorkflowSection } from './types.ts';

/** Texts of a new app that people see; in English unless others are given. */
export interface TemplateTitles {
  start: string;
  llm: string;
  answer: string;
}

const english: TemplateTitles = { start: 'Start', llm: 'LLM', answer: 'Answer' };

/**
 * What a new app begins with: a chatflow of start, model and answer; an empty workflow, whose first step the user
 * chooses. `startId` is the id of the start node, in the canvas' manner a time in milliseconds.
 */
export function newAppWorkflow(
  mode: GraphAppMode,
  startId: string,
  titles: TemplateTitles = english,
): WorkflowSection {
  const section = { environment_variables: [], conversation_variables: [] };
  if (mode === 'workflow') return { ...section, graph: { nodes: [], edges: [] }, features: {} };
  const nodes = [
    makeNode({ id: startId, type: 'start', title: titles.start, column: 0 }),
    makeNode({
      id: 'llm',
      type: 'llm',
      title: titles.llm,
      column: 1,
      data: {
        memory: {
          window: { enabled: false, size: 10 },
          query_prompt_template: '{{#sys.query#}}\n\n{{#sys.files#}}',
        },
      },
    }),
    makeNode({
      id: 'answer',
      type: 'answer',
      title: titles.answer,
      column: 2,
      data: { answer: '{{#llm.text#}}' },
    }),
  ];
  return {
    ...section,
    graph: { nodes, edges: chain(nodes), viewport: { x: 0, y: 0, zoom: 1 } },
    features: { retriever_resource: { enabled: true } },
  };
}

/** What `makeNode` makes a node from; `column` null leaves its place open. */
export interface NewNode {
  id: string;
  type: NodeType;
  title: string;
  column: number | null;
  data?: JsonObject;
}

/** A node as the canvas stores a new one, with its defaults. */
export function makeNode({ id, type, title, column, data }: NewNode): CanvasNode {
  const position = column === null ? null : { x: 80 + column * 300, y: 282 };
  return {
    id,
    type: 'custom',
    data: { type, title, desc: '', selected: false, ...canvasDefaults(type), ...data },
    position,
    sourcePosition: 'right',
    targetPosition: 'left',
  };
}

/** Edges that lead from each node to the next. */
export function chain(nodes: readonly CanvasNode[]): CanvasEdge[] {
  return nodes.slice(1).map((node, index) => {
    const source = nodes[index] ?? node;
    return {
      id: `${source.id}-source-${node.id}-target`,
      type: 'custom',
      source: source.id,
      sourceHandle: 'source',
      target: node.id,
      targetHandle: 'target',
      data: {
        sourceType: source.data['type'],
        targetType: node.data['type'],
        isInIteration: false,
        isInLoop: false,
      },
      zIndex: 0,
    };
  });
}
