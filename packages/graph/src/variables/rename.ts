import type { CanvasGraph, CanvasNode } from '../graph/canvas.ts';
import { isObject, type JsonObject } from '../graph/json.ts';
import type { Selector } from '../nodes/fields.ts';
import { mapPlaceholders } from './placeholders.ts';
import { referencesOf } from './references.ts';

/** A variable that gets another name; selectors are of the form `[node id or scope, name]`. */
export interface Renaming {
  from: Selector;
  to: Selector;
}

/** A node that reads a variable. */
export interface VariableUse {
  nodeId: string;
  selector: Selector;
}

/** Where a variable is read, with the paths into it. */
export function usesOf(graph: CanvasGraph, variable: Selector): VariableUse[] {
  return graph.nodes.flatMap((node) =>
    referencesOf(node.data)
      .filter((selector) => startsWith(selector, variable))
      .map((selector) => ({ nodeId: node.id, selector })),
  );
}

/**
 * A graph in which everything that read a variable reads it under its new name, in selectors and in texts. The
 * declaration itself (a start variable, an output, an environment variable) is for the caller to rename. Code and
 * Jinja templates see variables under names of their own and stay as they are.
 */
export function renameVariable(graph: CanvasGraph, renaming: Renaming): CanvasGraph {
  return { ...graph, nodes: graph.nodes.map((node) => renameInNode(node, renaming)) };
}

const textsWithoutPlaceholders: ReadonlySet<string> = new Set([
  'code',
  'template',
  'jinja2_text',
  'title',
  'desc',
]);

function renameInNode(node: CanvasNode, renaming: Renaming): CanvasNode {
  const isUsed = referencesOf(node.data).some((selector) => startsWith(selector, renaming.from));
  return isUsed ? { ...node, data: renameIn(node.data, renaming) as JsonObject } : node;
}

function renameIn(value: unknown, renaming: Renaming): unknown {
  if (typeof value === 'string') {
    return mapPlaceholders(value, (selector) => renamed(selector, renaming));
  }
  if (Array.isArray(value)) {
    return isSelector(value) && startsWith(value, renaming.from)
      ? renamed(value, renaming)
      : value.map((item) => renameIn(item, renaming));
  }
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [
      key,
      typeof entry === 'string' && textsWithoutPlaceholders.has(key) ? entry : renameIn(entry, renaming),
    ]),
  );
}

function isSelector(value: unknown[]): value is Selector {
  return value.length >= 2 && value.every((part) => typeof part === 'string');
}

function startsWith(selector: Selector, start: Selector): boolean {
  return start.every((part, index) => selector[index] === part);
}

function renamed(selector: Selector, { from, to }: Renaming): Selector | null {
  return startsWith(selector, from) ? [...to, ...selector.slice(from.length)] : null;
}
