import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { UsageError } from './command.ts';

/** Where questions are asked. */
export interface TerminalStreams {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream;
}

/**
 * Asks one question and returns the answer. A hidden answer is not echoed. Answers can be piped in, one per line, which
 * is how scripts use it.
 */
export function createAsk(
  streams: TerminalStreams,
  signal: AbortSignal,
): (question: string, options?: { readonly hidden?: boolean }) => Promise<string> {
  let lines: AsyncIterator<string> | undefined;
  return async (question, { hidden = false } = {}) => {
    if (streams.input.isTTY === true) return askPerson(streams, { question, hidden, signal });
    lines ??= createInterface({ input: streams.input })[Symbol.asyncIterator]();
    const { done, value } = await lines.next();
    if (done === true) throw new UsageError(`${question.trim()} has no answer: the input ended.`);
    return value;
  };
}

async function askPerson(
  { input, output }: TerminalStreams,
  { question, hidden, signal }: { question: string; hidden: boolean; signal: AbortSignal },
): Promise<string> {
  output.write(question);
  const quiet = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input, output: hidden ? quiet : output, terminal: true });
  try {
    const answer = await reader.question('', { signal });
    if (hidden) output.write('\n');
    return answer;
  } finally {
    reader.close();
  }
}
