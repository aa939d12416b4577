import type { NodeFailure, NodeSuccess } from '../core/outcome.ts';
import type { StreamRecord } from '../core/records.ts';
import type { Task } from '../core/state.ts';
import { isShown } from '../core/streaming.ts';

/** Collects what a node streams, for its record. Text that no response shows is not kept. */
export class StreamTape {
  readonly #task: Task;
  readonly #deltas = new Map<string, { pieces: string[]; isClosed: boolean }>();

  constructor(task: Task) {
    this.#task = task;
  }

  add(name: string, text: string, isFinal: boolean): void {
    const { frame, node } = this.#task;
    if (!frame.sub.responses?.referenced.has(`${node.id}.${name}`)) return;
    const kept = this.#deltas.get(name);
    if (kept === undefined) {
      this.#deltas.set(name, { pieces: [text], isClosed: isFinal });
    } else {
      kept.pieces.push(text);
      kept.isClosed ||= isFinal;
    }
  }

  /** What to log. Pieces matter only while they wait to be shown; shown text that is also an output is not repeated. */
  finish(outcome: NodeSuccess | NodeFailure): StreamRecord[] {
    const { frame, node } = this.#task;
    return [...this.#deltas].map(([name, { pieces, isClosed }]) => {
      const isRepetition =
        isClosed && isShown(frame, `${node.id}.${name}`) && pieces.join('') === outcome.outputs?.[name];
      return isRepetition ? { name } : { name, deltas: pieces };
    });
  }
}
