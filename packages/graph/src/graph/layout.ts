import type { CanvasGraph, CanvasNode } from './canvas.ts';
import { isObject, textOf } from './json.ts';

const firstX = 80;
const firstY = 282;
const stepX = 300;
const stepY = 160;

/**
 * A graph in which every node has a place. Nodes without one (converted and written by hand) are laid out from left
 * to right by their distance from the start, below each other where several share it. Others stay where they are.
 */
export function placeNodes(graph: CanvasGraph): CanvasGraph {
  if (graph.nodes.every(hasPosition)) return graph;
  const columns = columnsOf(graph);
  const used = new Map<number, number>();
  const nodes = graph.nodes.map((node) => {
    if (hasPosition(node)) return node;
    const column = columns.get(node.id) ?? 0;
    const row = used.get(column) ?? 0;
    used.set(column, row + 1);
    return { ...node, position: { x: firstX + column * stepX, y: firstY + row * stepY } };
  });
  return { ...graph, nodes };
}

function hasPosition(node: CanvasNode): boolean {
  const position = node['position'];
  return isObject(position) && typeof position['x'] === 'number' && typeof position['y'] === 'number';
}

// Steps from a node without incoming edges, by the longest way; the number of nodes bounds the rounds of a cycle.
function columnsOf(graph: CanvasGraph): Map<string, number> {
  const columns = new Map(graph.nodes.map((node) => [node.id, 0]));
  for (let round = 0; round < graph.nodes.length; round += 1) {
    let isChanged = false;
    for (const edge of graph.edges) {
      const from = columns.get(textOf(edge.source));
      const to = columns.get(textOf(edge.target));
      if (from === undefined || to === undefined || to > from) continue;
      if (from + 1 >= graph.nodes.length) continue;
      columns.set(textOf(edge.target), from + 1);
      isChanged = true;
    }
    if (!isChanged) break;
  }
  return columns;
}
