import type { CanvasGraph } from '../graph/canvas.ts';
import { textsOf } from '../graph/json.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a text is a UUID in its usual form. */
export function isUuid(text: string): boolean {
  return uuid.test(text);
}

/** A graph whose knowledge ids are those of the importing workspace. */
export interface ResolvedDatasets {
  graph: CanvasGraph;
  /** Ids that belong to another workspace and were taken out, by node. */
  dropped: { nodeId: string; datasetId: string }[];
}

/**
 * Brings the knowledge ids of an imported graph back into plain form: UUIDs stay, others are decrypted with the
 * workspace's key (`decrypt` gives null when it cannot), what is no UUID then is dropped.
 */
export function resolveDatasetIds(
  graph: CanvasGraph,
  decrypt: (id: string) => string | null,
): ResolvedDatasets {
  const dropped: ResolvedDatasets['dropped'] = [];
  const resolved = mapDatasetIds(graph, (id, nodeId) => {
    if (isUuid(id)) return id;
    const plain = decrypt(id);
    if (plain !== null && isUuid(plain)) return plain;
    dropped.push({ nodeId, datasetId: id });
    return null;
  });
  return { graph: resolved, dropped };
}

/** A graph with every knowledge id replaced by what `map` gives for it; null drops the id. */
export function mapDatasetIds(
  graph: CanvasGraph,
  map: (datasetId: string, nodeId: string) => string | null,
): CanvasGraph {
  return {
    ...graph,
    nodes: graph.nodes.map((node) => {
      if (node.data['type'] !== 'knowledge-retrieval' || !Array.isArray(node.data['dataset_ids']))
        return node;
      const ids = textsOf(node.data['dataset_ids']).flatMap((id) => map(id, node.id) ?? []);
      return { ...node, data: { ...node.data, dataset_ids: ids } };
    }),
  };
}
