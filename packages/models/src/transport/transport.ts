/** One request to a provider. */
export interface TransportRequest {
  method: 'GET' | 'POST';
  headers: Record<string, string>;
  body?: string | Uint8Array | undefined;
  /** Aborting closes the socket, so that the provider stops generating. */
  signal?: AbortSignal | undefined;
}

/** A provider's answer; redirects are not followed. */
export interface TransportResponse {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
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
