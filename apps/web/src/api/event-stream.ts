import { createParser } from 'eventsource-parser';
import { errorFromResponse, networkError } from './error.ts';

/**
 * The data events of a server-sent stream, parsed. Keep-alives carry no data and are left out. Leaving the loop
 * closes the connection.
 *
 * Throws `ApiError` when the response is a refusal or the connection breaks.
 */
export async function* readEventStream<T>(response: Response): AsyncGenerator<T> {
  if (!response.ok) throw await errorFromResponse(response);
  if (!response.body) return;
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  const ready: T[] = [];
  const parser = createParser({
    onEvent: (event) => {
      if (event.data) ready.push(JSON.parse(event.data) as T);
    },
  });
  try {
    while (true) {
      const chunk = await reader.read().catch((cause: unknown) => {
        throw networkError(cause);
      });
      if (chunk.done) break;
      parser.feed(decoder.decode(chunk.value, { stream: true }));
      yield* ready.splice(0);
    }
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}
