import type { CanvasNode } from '../graph/canvas.ts';
import { isEqualJson, objectsOf, textOf } from '../graph/json.ts';
import { downstreamOf, type Topology } from './topology.ts';

/** An output of an end node that another end node of the same run may overwrite with something else. */
export interface ConflictingOutput {
  node: CanvasNode;
  name: string;
}

/** Outputs of equal name but from different sources, in end nodes that can both be reached in one run. */
export function conflictingOutputs(topology: Topology): ConflictingOutput[] {
  const ends = [...topology.nodes.values()].filter((node) => node.data['type'] === 'end');
  const conflicts: ConflictingOutput[] = [];
  ends.forEach((end, index) => {
    for (const earlier of ends.slice(0, index)) {
      for (const name of commonNames(earlier, end)) {
        const isListed = conflicts.some((known) => known.node === end && known.name === name);
        if (!isListed && !areExclusive(topology, earlier.id, end.id)) conflicts.push({ node: end, name });
      }
    }
  });
  return conflicts;
}

function commonNames(left: CanvasNode, right: CanvasNode): string[] {
  const outputs = objectsOf(left.data['outputs']);
  return objectsOf(right.data['outputs'])
    .filter((output) => {
      const other = outputs.find((candidate) => candidate['variable'] === output['variable']);
      if (!other || textOf(output['variable']) === '') return false;
      return (
        !isEqualJson(other['value_selector'], output['value_selector']) ||
        (other['value_type'] ?? null) !== (output['value_type'] ?? null)
      );
    })
    .map((output) => textOf(output['variable']));
}

/** Whether some branch node, which every path to either must pass, leads to one or to the other but never to both. */
function areExclusive(topology: Topology, left: string, right: string): boolean {
  for (const [branch, links] of topology.outgoing) {
    const handles = new Map<string, { left: boolean; right: boolean }>();
    for (const link of links) {
      const below = downstreamOf(topology, link.target).add(link.target);
      const known = handles.get(link.sourceHandle) ?? { left: false, right: false };
      handles.set(link.sourceHandle, {
        left: known.left || below.has(left),
        right: known.right || below.has(right),
      });
    }
    const reached = [...handles.values()];
    const splits =
      reached.some((handle) => handle.left) &&
      reached.some((handle) => handle.right) &&
      !reached.some((handle) => handle.left && handle.right);
    if (splits && isOnEveryPath(topology, branch, left) && isOnEveryPath(topology, branch, right))
      return true;
  }
  return false;
}

function isOnEveryPath(topology: Topology, branch: string, target: string): boolean {
  return topology.roots.every(
    (root) => root.id === branch || !downstreamOf(topology, root.id, branch).has(target),
  );
}
