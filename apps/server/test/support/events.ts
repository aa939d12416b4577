/** An event of an answer's stream, as JSON. */
// biome-ignore lint/suspicious/noExplicitAny: assertions are the type check of an event
export type WireEvent = Record<string, any>;

/**
 * The events of a stream, read as browser clients read them: split at line feeds, only lines that begin with exactly
 * `data: `, each of them one whole JSON value (spec: service API §22.1).
 */
export function eventsOf(text: string): WireEvent[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => JSON.parse(line.slice('data: '.length)) as WireEvent);
}

/** The whole answer: all deltas in order, replaced where the server says so. */
export function answerOf(events: readonly WireEvent[]): string {
  return events.reduce((text, event) => {
    if (event['event'] === 'message') return text + String(event['answer']);
    return event['event'] === 'message_replace' ? String(event['answer']) : text;
  }, '');
}
