import { useMemo } from 'react';
import { type Outline, outlineOf } from '../workflow/graph-outline.ts';

/** The graph of a run or draft, read once as long as it stays the same. */
export function useOutline(graph: unknown): Outline {
  return useMemo(() => outlineOf(graph), [graph]);
}
