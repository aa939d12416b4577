import type { Selector } from '../values/pool.ts';
import { reservedKeys } from '../values/pool.ts';
import { parseTemplate, type TemplateSegment } from '../values/template.ts';
import type { PlannedEdge, PlannedNode } from './plan.ts';

/** What a response node shows, in order. */
export interface ResponseTemplate {
  readonly segments: readonly ResponseSegment[];
}

/** A piece of a response: fixed text, or what one selector yields. */
export type ResponseSegment =
  | { readonly kind: 'literal'; readonly text: string }
  | {
      readonly kind: 'variable';
      readonly selector: Selector;
      /** `selectorKey(selector)`, under which streamed text is buffered. */
      readonly key: string;
      /** Chunks belong to the response node itself: the selector names no node. */
      readonly ownedByResponse: boolean;
    };

/** A response node with what its session needs. */
export interface PlannedResponse {
  readonly node: PlannedNode;
  readonly template: ResponseTemplate;
  /** Index into `ResponsePlan.blockings`. */
  readonly blocking: number;
}

/** Everything that orders streamed text among the response nodes of one sub-plan. */
export interface ResponsePlan {
  /** In node-id order. */
  readonly responses: readonly PlannedResponse[];
  /** Per edge, 1 when text must wait for it to be taken. Responses that wait for the same edges share one. */
  readonly blockings: readonly Uint8Array[];
  /** Keys of all selectors that some response shows; text streamed for others is dropped. */
  readonly referenced: ReadonlySet<string>;
}

/** Key of a selector in buffers. */
export function selectorKey(selector: Selector): string {
  return selector.join('.');
}

const sharedOwners = new Set<string>([
  reservedKeys.system,
  reservedKeys.environment,
  reservedKeys.conversation,
]);

/** Template of an answer: its text at the placeholders. */
export function answerTemplate(text: string): ResponseTemplate {
  return { segments: parseTemplate(text).map(responseSegment) };
}

/** Template of an end: its selectors, a newline between them. */
export function endTemplate(selectors: readonly Selector[]): ResponseTemplate {
  const segments: ResponseSegment[] = [];
  for (const selector of selectors) {
    if (segments.length > 0) segments.push({ kind: 'literal', text: '\n' });
    segments.push(responseSegment({ kind: 'variable', selector }));
  }
  return { segments };
}

function responseSegment(segment: TemplateSegment): ResponseSegment {
  if (segment.kind === 'literal') return segment;
  const { selector } = segment;
  return {
    kind: 'variable',
    selector,
    key: selectorKey(selector),
    ownedByResponse: sharedOwners.has(selector[0] ?? ''),
  };
}

/** Plans the order of text for the response nodes among `nodes`; null when there are none. */
export function planResponses(
  nodes: readonly PlannedNode[],
  edges: readonly PlannedEdge[],
  writers: ReadonlyMap<PlannedNode, readonly Selector[]>,
): ResponsePlan | null {
  const blockings: Uint8Array[] = [];
  const known = new Map<string, number>();
  const referenced = new Set<string>();
  const responses = nodes
    .flatMap((node) => (node.response === null ? [] : [{ node, template: node.response }]))
    .sort((a, b) => (a.node.id < b.node.id ? -1 : 1))
    .map(({ node, template }): PlannedResponse => {
      for (const segment of template.segments) if (segment.kind === 'variable') referenced.add(segment.key);
      const blocking = blockingEdges(edges, template, writers);
      const fingerprint = blocking.join('');
      let index = known.get(fingerprint);
      if (index === undefined) {
        index = blockings.push(blocking) - 1;
        known.set(fingerprint, index);
      }
      return { node, template, blocking: index };
    });
  return responses.length === 0 ? null : { responses, blockings, referenced };
}

/** Edges leaving branches, containers, responses, and assigners that write what the response shows. */
function blockingEdges(
  edges: readonly PlannedEdge[],
  template: ResponseTemplate,
  writers: ReadonlyMap<PlannedNode, readonly Selector[]>,
): Uint8Array {
  const shown = new Set(
    template.segments.flatMap((segment) =>
      segment.kind === 'variable' ? [selectorKey(segment.selector.slice(0, 2))] : [],
    ),
  );
  return Uint8Array.from(edges, ({ source }) => {
    if (source.kind === 'branch' || source.kind === 'container' || source.kind === 'response') return 1;
    const written = writers.get(source) ?? [];
    return written.some((selector) => shown.has(selectorKey(selector.slice(0, 2)))) ? 1 : 0;
  });
}
