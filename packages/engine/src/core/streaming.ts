import type { PlannedEdge, PlannedNode } from '../plan/plan.ts';
import { type PlannedResponse, type ResponseSegment, selectorKey } from '../plan/response-plan.ts';
import type { Selector } from '../values/pool.ts';
import { toMarkdown } from '../values/text.ts';
import { executionId, type Frame, type RunState, traversal } from './state.ts';
import type { StreamState } from './stream-state.ts';

/**
 * The order of streamed text: one response at a time, in the order they become reachable, each in the order in
 * which it is written, as early as possible.
 */

/** Opens what can show text from the start of a frame. Text is told at once only if the root itself responds. */
export function openStreams(state: RunState, frame: Frame): void {
  const { stream, sub } = frame;
  if (stream === null) return;
  for (const reached of stream.reached.keys()) spread(stream, reached, sub.root);
  openReached(stream);
  if (sub.root.response !== null) flush(state, frame);
}

/** A taken edge lets text through. */
export function edgeTaken(state: RunState, frame: Frame, edge: PlannedEdge): void {
  const { stream } = frame;
  if (stream === null) return;
  let isWider = false;
  stream.plan.blockings.forEach((blocking, index) => {
    const reached = stream.reached[index] as Set<string>;
    if (blocking[edge.position] === 1 && reached.has(edge.source.id) && !reached.has(edge.target.id)) {
      spread(stream, index, edge.target);
      isWider = true;
    }
  });
  if (isWider) openReached(stream);
  flush(state, frame);
}

/** Marks what text can reach from a node without passing a blocking edge. */
function spread(stream: StreamState, index: number, from: PlannedNode): void {
  const blocking = stream.plan.blockings[index] as Uint8Array;
  const reached = stream.reached[index] as Set<string>;
  const pending = [from];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (reached.has(node.id)) continue;
    reached.add(node.id);
    for (const edge of node.outgoing) if (blocking[edge.position] === 0) pending.push(edge.target);
  }
}

function openReached(stream: StreamState): void {
  stream.plan.responses.forEach((response, index) => {
    if (stream.opened.has(index) || !stream.reached[response.blocking]?.has(response.node.id)) return;
    stream.opened.add(index);
    if (stream.active < 0) activate(stream, index);
    else stream.waiting.push(index);
  });
}

function activate(stream: StreamState, index: number): void {
  stream.active = index;
  stream.segment = 0;
  stream.position = 0;
}

/** Takes a piece of text that a node streams. The empty text with `isFinal` closes the stream. */
export function pushChunk(
  state: RunState,
  frame: Frame,
  chunk: { selector: Selector; text: string; isFinal: boolean },
): void {
  const { stream } = frame;
  if (stream === null) return;
  const key = selectorKey(chunk.selector);
  if (!stream.plan.referenced.has(key)) return;
  let buffer = stream.buffers.get(key);
  if (buffer === undefined) {
    buffer = { chunks: [], closed: false, shown: false };
    stream.buffers.set(key, buffer);
  }
  if (buffer.closed) return;
  buffer.chunks.push(chunk.text);
  buffer.closed = chunk.isFinal;
  flush(state, frame);
}

/** A node will stream nothing more: streams it left open are closed, without telling. */
export function closeStreams(frame: Frame, node: PlannedNode): void {
  const { stream } = frame;
  if (stream === null || stream.buffers.size === 0) return;
  for (const [key, buffer] of stream.buffers) if (isKeyOf(key, node)) buffer.closed = true;
}

/** A response node has run: what is still missing from its text will not come. */
export function settleResponse(frame: Frame, node: PlannedNode): void {
  frame.stream?.settled.add(node.id);
}

/**
 * Forgets what a node streamed, because it will stream it again. When some of it was shown, the text without it is
 * told as a replacement.
 */
export function retractStreams(state: RunState, frame: Frame, node: PlannedNode): void {
  const { stream } = frame;
  if (stream === null) return;
  for (const key of [...stream.buffers.keys()]) {
    if (!isKeyOf(key, node)) continue;
    stream.buffers.delete(key);
    const segment = currentSegment(stream);
    if (segment?.kind === 'variable' && segment.key === key) stream.position = 0;
  }
  const id = executionId(state, frame, node);
  const kept = state.shown.filter((piece) => piece.executionId !== id);
  if (kept.length === state.shown.length) return;
  state.shown = kept;
  state.events.push({ event: 'text_replace', data: { text: shownText(state) } });
}

/** The text that clients have been shown so far, as one. */
export function shownText(state: RunState): string {
  return state.shown.map((piece) => piece.text).join('');
}

function isKeyOf(key: string, node: PlannedNode): boolean {
  return key.startsWith(node.id) && key.charAt(node.id.length) === '.';
}

function currentSegment(stream: StreamState): ResponseSegment | undefined {
  return stream.plan.responses[stream.active]?.template.segments[stream.segment];
}

/** Tells everything that may be told now. */
export function flush(state: RunState, frame: Frame): void {
  const { stream } = frame;
  if (stream === null) return;
  while (stream.active >= 0) {
    const response = stream.plan.responses[stream.active] as PlannedResponse;
    const segment = response.template.segments[stream.segment];
    if (segment === undefined) {
      const next = stream.waiting.shift();
      if (next === undefined) stream.active = -1;
      else activate(stream, next);
    } else if (flushSegment(state, frame, { stream, response, segment })) {
      stream.segment += 1;
      stream.position = 0;
    } else {
      return;
    }
  }
}

interface Showing {
  stream: StreamState;
  response: PlannedResponse;
  segment: ResponseSegment;
}

/** Tells what there is of a segment; true when it is complete. */
function flushSegment(state: RunState, frame: Frame, { stream, response, segment }: Showing): boolean {
  const isLast = stream.segment === response.template.segments.length - 1;
  if (segment.kind === 'literal') {
    const selector = [response.node.id, 'answer'];
    tell(state, { owner: response.node, frame, selector, text: segment.text, isFinal: isLast });
    return true;
  }
  const producer = segment.ownedByResponse
    ? { node: response.node, frame }
    : ownerOf(frame, segment.selector);
  if (producer !== null && producer.frame.nodeStates[producer.node.position] === traversal.skipped)
    return true;
  const owner = producer ?? { node: response.node, frame };
  const buffer = stream.buffers.get(segment.key);
  if (buffer !== undefined) {
    while (stream.position < buffer.chunks.length) {
      const text = buffer.chunks[stream.position] as string;
      stream.position += 1;
      const isFinal = isLast && buffer.closed && stream.position === buffer.chunks.length;
      tell(state, { owner: owner.node, frame: owner.frame, selector: segment.selector, text, isFinal });
    }
    buffer.shown ||= buffer.closed;
    return buffer.closed || stream.settled.has(response.node.id);
  }
  const variable = frame.pool.get(segment.selector);
  if (variable === undefined) return stream.settled.has(response.node.id);
  const text = toMarkdown(variable.value);
  tell(state, { owner: owner.node, frame: owner.frame, selector: segment.selector, text, isFinal: isLast });
  return true;
}

function ownerOf(frame: Frame, selector: Selector): { node: PlannedNode; frame: Frame } | null {
  for (let current: Frame | undefined = frame; current !== undefined; current = current.parent?.frame) {
    const node = current.sub.byId.get(selector[0] ?? '');
    if (node !== undefined) return { node, frame: current };
  }
  return null;
}

interface Piece {
  owner: PlannedNode;
  frame: Frame;
  selector: Selector;
  text: string;
  isFinal: boolean;
}

function tell(state: RunState, { owner, frame, selector, text, isFinal }: Piece): void {
  const id = executionId(state, frame, owner);
  state.shown.push({ executionId: id, text });
  state.events.push({
    event: 'text_chunk',
    nodeId: owner.id,
    executionId: id,
    isFinal,
    data: { text, from_variable_selector: selector },
  });
}

/**
 * True when a reasoning piece of a node may be shown: an opened response shows the node's text or reasoning, and
 * the node is not skipped. Reasoning does not wait for the order of text.
 */
export function mayShowReasoning(frame: Frame, node: PlannedNode): boolean {
  const { stream } = frame;
  if (stream === null || frame.nodeStates[node.position] === traversal.skipped) return false;
  for (const index of stream.opened) {
    const segments = stream.plan.responses[index]?.template.segments ?? [];
    if (segments.some((segment) => segment.kind === 'variable' && showsThoughtOf(segment.selector, node))) {
      return true;
    }
  }
  return false;
}

function showsThoughtOf([owner, name]: Selector, node: PlannedNode): boolean {
  return owner === node.id && (name === 'text' || name === 'reasoning_content');
}

/** True when a stream is closed and some response has shown all of it. */
export function isShown(frame: Frame, key: string): boolean {
  return frame.stream?.buffers.get(key)?.shown ?? false;
}
