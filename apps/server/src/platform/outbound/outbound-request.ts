import type { Readable } from 'node:stream';
import type { OutboundPolicy } from './address-policy.ts';
import type { RequestHeaders, ResponseHeaders } from './headers.ts';

/** What may be sent as a body. Only text and bytes can be sent again after a redirect. */
export type OutboundBody = string | Uint8Array | Readable | null;

/** One request. Whatever is left out comes from the defaults of its policy. */
export interface OutboundRequest {
  readonly url: string | URL;
  /** GET unless said otherwise. */
  readonly method?: string;
  readonly headers?: RequestHeaders;
  readonly body?: OutboundBody;
  /** `untrusted` unless said otherwise. */
  readonly policy?: OutboundPolicy;
  /** Total time, redirects and body included; null for no limit. */
  readonly timeoutMs?: number | null;
  /** Time to the headers of each answer; 0 for no limit. */
  readonly headersTimeoutMs?: number;
  /** Time between two pieces of the body; 0 for no limit. */
  readonly idleTimeoutMs?: number;
  /** Most bytes of the body after decompression; null for no limit on `body` (the readers keep theirs). */
  readonly maxBytes?: number | null;
  /** Redirects to follow; 0 hands a 3xx answer to the caller. */
  readonly maxRedirects?: number;
  /** False skips the verification of certificates. Only where a person configured exactly that. */
  readonly verifyTls?: boolean;
  readonly signal?: AbortSignal;
}

/** An answer. The body can be read once, by one of the ways; not reading it needs `discard`. */
export interface OutboundResponse {
  readonly status: number;
  readonly headers: ResponseHeaders;
  /** Where the answer came from, after redirects. */
  readonly url: URL;
  readonly body: AsyncIterable<Uint8Array>;
  bytes(): Promise<Uint8Array>;
  /** UTF-8 text; a byte-order mark is removed. */
  text(): Promise<string>;
  /** Throws OutboundError `protocol_error` when the body is not JSON. */
  json(): Promise<unknown>;
  /** Closes the connection without reading on. */
  discard(): void;
}

/** Limits that apply when a request does not say otherwise. */
export interface PolicyDefaults {
  readonly timeoutMs: number | null;
  readonly headersTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly maxBytes: number | null;
  readonly maxRedirects: number;
}
