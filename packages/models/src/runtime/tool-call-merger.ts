import type { ToolCall } from '../prompt/message.ts';
import type { ToolEvent } from './llm-event.ts';
import { repairJson } from './repair-json.ts';

interface OpenCall {
  index: number | undefined;
  id: string;
  hasGivenId: boolean;
  name: string;
  args: string;
}

/**
 * Puts streamed pieces of tool calls together. Pieces belong together by index, else by id, else they continue the
 * last call; a different id at a known index is a new call; names are replaced, arguments appended.
 */
export class ToolCallMerger {
  readonly #calls: OpenCall[] = [];
  readonly #newId: () => string;

  /** @param newId makes ids for calls whose provider sent none */
  constructor(newId: () => string) {
    this.#newId = newId;
  }

  /** Adds one piece. */
  add(event: ToolEvent): void {
    const call = this.#find(event) ?? this.#open(event);
    if (event.id !== undefined) {
      call.id = event.id;
      call.hasGivenId = true;
    }
    if (event.name !== undefined) call.name = event.name;
    if (event.args !== undefined) call.args += event.args;
  }

  #find({ index, id, name }: ToolEvent): OpenCall | undefined {
    const byId =
      id === undefined ? undefined : this.#calls.findLast((call) => call.hasGivenId && call.id === id);
    if (byId !== undefined) return byId;
    if (index !== undefined) {
      const byIndex = this.#calls.findLast((call) => call.index === index);
      const otherCall = id !== undefined && byIndex?.hasGivenId === true;
      return otherCall ? undefined : byIndex;
    }
    // Neither index nor id: a name opens a call, anything else continues the last one.
    return id === undefined && name === undefined ? this.#calls.at(-1) : undefined;
  }

  #open({ index }: ToolEvent): OpenCall {
    const call: OpenCall = { index, id: this.#newId(), hasGivenId: false, name: '', args: '' };
    this.#calls.push(call);
    return call;
  }

  /** The calls so far; arguments that are no JSON are repaired where that is possible and left as they are otherwise. */
  calls(): ToolCall[] {
    return this.#calls
      .filter((call) => call.name !== '')
      .map(({ id, name, args }) => ({
        id,
        type: 'function',
        function: { name, arguments: completeArguments(args) },
      }));
  }
}

function completeArguments(text: string): string {
  if (text.trim() === '' || text.trim() === 'null') return '{}';
  try {
    JSON.parse(text);
    return text;
  } catch {
    const repaired = repairJson(text);
    return typeof repaired === 'object' && repaired !== null ? JSON.stringify(repaired) : text;
  }
}
