import { z } from 'zod';
import { looseText, orElse } from '../nodes/fields.ts';

/** Node types of the canvas component, the top-level `type` of a node. */
export const canvasNodeTypes = {
  node: 'custom',
  note: 'custom-note',
  iterationStart: 'custom-iteration-start',
  loopStart: 'custom-loop-start',
  simple: 'custom-simple',
  dataSourceEmpty: 'custom-data-source-empty',
} as const;

/**
 * A node as the canvas stores it: everything besides `id`, `type`, `parentId` and `data` belongs to the drawing and
 * is kept as it came. `data` is not checked here; `parseGraph` does that.
 */
export const canvasNode = z.looseObject({
  id: looseText,
  type: orElse(looseText, () => 'custom'),
  data: orElse(z.record(z.string(), z.unknown()), (): Record<string, unknown> => ({})),
  parentId: looseText.nullish(),
});

/** A node as the canvas stores it, see `canvasNode`. */
export type CanvasNode = z.output<typeof canvasNode>;

/** An edge as the canvas stores it. */
export const canvasEdge = z.looseObject({
  source: z.unknown().optional(),
  target: z.unknown().optional(),
});

/** An edge as the canvas stores it; only edges whose ends are text take part in anything. */
export type CanvasEdge = z.output<typeof canvasEdge>;

/** A graph as the canvas stores it. Unknown keys, also of the graph itself, are kept. */
export const canvasGraph = z.looseObject({
  nodes: orElse(z.array(canvasNode), (): CanvasNode[] => []),
  edges: orElse(z.array(canvasEdge), (): CanvasEdge[] => []),
});

/** A graph as the canvas stores it, see `canvasGraph`. */
export type CanvasGraph = z.output<typeof canvasGraph>;
