/** A request to an address that a user chose. */
export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  /** Names may repeat. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array | null;
  readonly timeouts: {
    readonly connectMs: number | null;
    readonly readMs: number | null;
    readonly writeMs: number | null;
  };
  /** Null for the server's default. */
  readonly verifyTls: boolean | null;
  readonly signal: AbortSignal;
}

/** An answer; redirects have been followed. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: AsyncIterable<Uint8Array>;
  /** Address of the last redirect. */
  readonly url: string;
}

/** The guarded way to the web: refuses addresses inside the network. */
export interface HttpPort {
  /** Bytes that nodes read of a response; 1 MiB of text and 10 MiB of anything else unless given. */
  readonly limits?: { readonly maxTextBytes: number; readonly maxBinaryBytes: number };
  /** Sends; resolves when the headers are there. Network errors throw. */
  send(request: HttpRequest): Promise<HttpResponse>;
}
