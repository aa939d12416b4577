import { Counter, Histogram, type Registry } from 'prom-client';

/** A call of a model that has ended. */
export interface ModelCallSample {
  provider: string;
  model: string;
  status: 'succeeded' | 'failed' | 'aborted';
  seconds: number;
  firstTokenSeconds: number | null;
  promptTokens: number;
  completionTokens: number;
}

/** Figures about calls of models, by provider and model. */
export class ModelCallMetrics {
  readonly #calls: Counter<'provider' | 'model' | 'status'>;
  readonly #seconds: Histogram<'provider' | 'model'>;
  readonly #firstToken: Histogram<'provider' | 'model'>;
  readonly #tokens: Counter<'provider' | 'model' | 'kind'>;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#calls = new Counter({
      name: 'trellis_model_calls_total',
      help: 'Calls of language models that have ended.',
      labelNames: ['provider', 'model', 'status'],
      registers,
    });
    this.#seconds = new Histogram({
      name: 'trellis_model_call_seconds',
      help: 'Time from calling a language model to the end of its answer.',
      labelNames: ['provider', 'model'],
      buckets: [0.1, 0.5, 1, 2, 5, 10, 30, 120],
      registers,
    });
    this.#firstToken = new Histogram({
      name: 'trellis_model_first_token_seconds',
      help: 'Time from calling a language model to the first piece of its answer.',
      labelNames: ['provider', 'model'],
      buckets: [0.05, 0.2, 0.5, 1, 2, 5, 15],
      registers,
    });
    this.#tokens = new Counter({
      name: 'trellis_model_tokens_total',
      help: 'Tokens that language models were sent and have written.',
      labelNames: ['provider', 'model', 'kind'],
      registers,
    });
  }

  /** Counts an ended call. */
  add(sample: ModelCallSample): void {
    const labels = { provider: sample.provider, model: sample.model };
    this.#calls.inc({ ...labels, status: sample.status });
    if (sample.status === 'succeeded') this.#seconds.observe(labels, sample.seconds);
    if (sample.firstTokenSeconds !== null) this.#firstToken.observe(labels, sample.firstTokenSeconds);
    this.#tokens.inc({ ...labels, kind: 'prompt' }, sample.promptTokens);
    this.#tokens.inc({ ...labels, kind: 'completion' }, sample.completionTokens);
  }
}
