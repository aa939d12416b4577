import type { Credentials } from '../index.ts';

/** One answer of a vendor in both of its forms. */
export interface RecordedAnswer {
  /** Lines of the stream as they come over the wire. */
  stream: readonly string[];
  /** The same answer in one piece. */
  whole: unknown;
}

/**
 * What a vendor's documentation says an API receives and answers, with values of our own: the same conversation for
 * every vendor, so that one suite can check all adapters.
 */
export interface WireFixture {
  name: string;
  /** Where the shapes are documented. */
  source: string;
  provider: string;
  model: string;
  credentials(origin: string): Credentials;
  /** Path that is called, without the query. */
  path: { stream: string; whole: string };
  /** Header that carries the key, as documented. */
  authorization: { name: string; value: string };
  contentType: string;
  /** Says “Grüß Gott, 世界!” with 12 prompt tokens and 6 completion tokens. */
  text: RecordedAnswer;
  /** Calls get_weather with city Paris and get_time with zone CET. Absent where the format has no tools. */
  tools?: RecordedAnswer;
  /** Thinks “Let me see.” and answers “42”. Absent where the format shows no reasoning. */
  reasoning?: RecordedAnswer;
  /** Private data of the reasoning that is to be kept for the next call. */
  reasoningOpaque?: unknown;
  /** An error in the middle of a stream, after the text “Gr”. */
  brokenStream: readonly string[];
  /** Class of that error. */
  brokenCode: string;
  /** The vendor's error body for a wrong key and for too many requests. */
  unauthorized: { status: number; body: unknown };
  rateLimited: { status: number; body: unknown };
  /** The request body of the canonical conversation (see the suite), as documented. */
  conversation: unknown;
}

/** Server-sent events, one per document, as the wire has them. */
export function events(...documents: readonly unknown[]): string[] {
  return documents.map(
    (document) => `data: ${typeof document === 'string' ? document : JSON.stringify(document)}\n\n`,
  );
}

/** Server-sent events named by their `type`. */
export function namedEvents(...documents: readonly { type: string }[]): string[] {
  return documents.map((document) => `event: ${document.type}\ndata: ${JSON.stringify(document)}\n\n`);
}

/** Newline-delimited JSON. */
export function jsonLines(...documents: readonly unknown[]): string[] {
  return documents.map((document) => `${JSON.stringify(document)}\n`);
}
