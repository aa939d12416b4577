import type { CanvasNode } from '../graph/canvas.ts';
import type { Selector } from '../nodes/fields.ts';
import { innerOutputsOf, outputsOf } from '../variables/outputs.ts';
import { reservedScopes } from '../variables/placeholders.ts';
import { referencesOf } from '../variables/references.ts';
import { isStartLike, type Topology } from './topology.ts';

/**
 * The variables that a node reads although no node before it offers them. A child of a container may read what its
 * container and the nodes before the container offer; a container may read what its own children offer.
 */
export function invalidReferences(
  node: CanvasNode,
  topology: Topology,
  upstream: ReadonlyMap<string, ReadonlySet<string>>,
): Selector[] {
  const before = new Set<string>();
  const containers: string[] = [];
  for (let id: string | null | undefined = node.id; id; id = topology.containers.get(id)) {
    for (const source of upstream.get(id) ?? []) before.add(source);
    if (id !== node.id) containers.push(id);
  }
  const type = node.data['type'];
  if (type === 'iteration' || type === 'loop') {
    containers.push(node.id);
    for (const [child, container] of topology.containers) if (container === node.id) before.add(child);
  }
  return referencesOf(node.data).filter((selector) => {
    const [scope = '', name = ''] = selector;
    if (reservedScopes.has(scope) || scope === 'context' || scope === 'histories') return false;
    const source = topology.nodes.get(scope);
    if (!source) return true;
    if (containers.includes(scope)) {
      return !innerOutputsOf(source).some((variable) => variable.name === name);
    }
    if (!before.has(scope)) return true;
    // Start nodes also hold the system variables, under names like `sys.query`; old files read them there.
    if (isStartLike(source) && (name === 'sys' || name.startsWith('sys.'))) return false;
    const outputs = outputsOf(source);
    return !outputs.isOpen && !outputs.variables.some((variable) => variable.name === name);
  });
}
