import type { Usage } from '@trellis/contracts';
import { emptyUsage } from '@trellis/contracts';
import type { ModelEvent, ModelPort, ModelRequest, ModelTraits } from '../ports/index.ts';

/** What a fake model answers: text streamed word by word, events as they are, or an error. */
export type FakeAnswer = string | readonly ModelEvent[] | Error;

/** A model that answers as told; every call is remembered. */
export class FakeModels implements ModelPort {
  readonly requests: ModelRequest[] = [];
  traits: ModelTraits = { files: new Set(['image']), contextSize: 8000, toolCalls: true };
  readonly #answer: (request: ModelRequest, call: number) => FakeAnswer | Promise<FakeAnswer>;
  readonly #pace: (request: ModelRequest) => Promise<void>;

  /**
   * `answer` gets the request and how many came before it. `pace` is awaited before every word, so that tests decide
   * how parallel models interleave.
   */
  constructor(
    answer: (request: ModelRequest, call: number) => FakeAnswer | Promise<FakeAnswer>,
    pace: (request: ModelRequest) => Promise<void> = () => Promise.resolve(),
  ) {
    this.#answer = answer;
    this.#pace = pace;
  }

  describe(): Promise<ModelTraits> {
    return Promise.resolve(this.traits);
  }

  async *stream(request: ModelRequest): AsyncIterable<ModelEvent> {
    const call = this.requests.push(request) - 1;
    const answer = await this.#answer(request, call);
    if (answer instanceof Error) throw answer;
    if (typeof answer !== 'string') {
      yield* answer;
      return;
    }
    for (const word of answer.split(/(?<= )/)) {
      await this.#pace(request);
      request.signal.throwIfAborted();
      if (word !== '') yield { type: 'text', text: word };
    }
    yield { type: 'finish', usage: fakeUsage(answer), finishReason: 'stop' };
  }
}

/** Usage of a fake answer: one token and a thousandth of a dollar for every word. */
export function fakeUsage(answer: string): Usage {
  const tokens = answer.split(/\s+/).filter((word) => word !== '').length;
  const price = (tokens / 1000).toFixed(3);
  return {
    ...emptyUsage,
    completion_tokens: tokens,
    completion_price: price,
    total_tokens: tokens,
    total_price: price,
  };
}
