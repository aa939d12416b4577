import type { Correlated, Correlation } from './correlation.ts';
import type { Span, SpanAttributes, SpanKind, Tracing } from './tracing.ts';

/** How a piece of work is named to those who watch. */
export interface Observed {
  name: string;
  kind: SpanKind;
  attributes: SpanAttributes;
}

/** Tells the log and the traces what the server is doing, by one call per piece of work. */
export class Observer {
  readonly #correlation: Correlation;
  readonly #tracing: Tracing;

  constructor(options: { correlation: Correlation; tracing: Tracing }) {
    this.#correlation = options.correlation;
    this.#tracing = options.tracing;
  }

  /** Begins a span below the one that is open here. The caller ends it. */
  start({ name, kind, attributes }: Observed): Span | undefined {
    return this.#tracing.start(name, { kind, attributes, parent: this.#correlation.current?.span });
  }

  /** Does a piece of work under facts and a span of its own; the facts reach every line that it writes to the log. */
  async during<T>(
    observed: Observed & { facts: Correlated },
    work: (span: Span | undefined) => Promise<T>,
  ): Promise<T> {
    const span = this.start(observed);
    try {
      return await this.#correlation.runWith({ ...observed.facts, ...(span ? { span } : {}) }, () =>
        work(span),
      );
    } catch (error) {
      span?.fail(error instanceof Error ? error.name : 'unknown');
      throw error;
    } finally {
      span?.end();
    }
  }
}
