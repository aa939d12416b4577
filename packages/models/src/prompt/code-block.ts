import { messageParts, type PromptMessage } from './message.ts';

/** Formats that are asked for by making the model continue a code block. */
export type BlockFormat = 'JSON' | 'XML';

const fence = '```';

/** Stop sequences that end the block. */
export const blockStops: readonly string[] = [`\n${fence}`, `${fence}\n`];

/**
 * Makes a model without a format switch answer in JSON or XML: the system prompt demands a block of that format, and
 * the last user text ends with the opening fence, so that the answer begins inside the block.
 */
export function openCodeBlock(messages: readonly PromptMessage[], format: BlockFormat): PromptMessage[] {
  const demand = [
    `Answer with valid ${format} only, as the content of one ${format} code block, without any words around it.`,
    `Begin right after the opening fence and end with the closing one.`,
  ].join(' ');
  const [first, ...rest] = messages;
  const instructed: PromptMessage[] =
    first?.role === 'system' && typeof first.content === 'string'
      ? [{ ...first, content: `${demand}\n\n${first.content}` }, ...rest]
      : [{ role: 'system', content: demand }, ...messages];
  const at = instructed.findLastIndex((message) => message.role === 'user');
  const target = instructed[at];
  if (target === undefined) return instructed;
  const opening = `\n${fence}${format}\n`;
  const content =
    typeof target.content === 'string'
      ? `${target.content}${opening}`
      : [...messageParts(target), { type: 'text' as const, data: opening }];
  return instructed.with(at, { ...target, content });
}

/** Takes the fences off a streamed block: an opening one that the model repeats, and what may be a closing one. */
export class FenceStripper {
  #head: string | undefined = '';
  #tail = '';

  /** The part of the text that may be shown now. */
  push(text: string): string {
    let rest = text;
    if (this.#head !== undefined) {
      this.#head += rest;
      if (mayBeOpening(this.#head)) return '';
      rest = this.#head.replace(/^\s*```[a-z]*[ \t]*\n/iu, '');
      this.#head = undefined;
    }
    const all = this.#tail + rest;
    const held = /\s*`{0,3}\s*$/u.exec(all)?.[0].length ?? 0;
    this.#tail = all.slice(all.length - held);
    return all.slice(0, all.length - held);
  }

  /** What was held back and is no fence. */
  end(): string {
    const left = `${this.#head ?? ''}${this.#tail}`;
    this.#head = undefined;
    this.#tail = '';
    return left.includes(fence) ? left.replaceAll(/\s*```[a-z]*\s*/giu, '') : left.trimEnd();
  }
}

/** Whether a text may still turn out to begin with a fence: nothing but blanks, backticks and a word so far. */
function mayBeOpening(text: string): boolean {
  return /^\s*(?:`{0,2}|```[a-z]{0,10}[ \t]*)$/iu.test(text);
}
