/** One request to a provider. */
export interface TransportRequest {
  method: 'GET' | 'POST';
  headers: Readonly<Record<string, string>>;
  body?: string | Uint8Array;
  /** Aborting closes the socket, so that the provider stops generating. */
  signal?: AbortSignal;
}

/** Headers of an answer, names in lower case; several values only where several lines came. */
export type ResponseHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The first value of a header. */
export function headerValue(headers: ResponseHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : value?.[0];
}

/** A provider's answer; redirects are not followed. */
export interface TransportResponse {
  status: number;
  headers: ResponseHeaders;
  /** Leaving the iteration early closes the socket. */
  body: AsyncIterable<Uint8Array>;
}

/**
 * How requests leave: handed in by the server, which applies its egress policy. Rejects when no answer arrived
 * (refused, reset, timed out, aborted).
 */
export interface Transport {
  request(url: string, request: TransportRequest): Promise<TransportResponse>;
}
