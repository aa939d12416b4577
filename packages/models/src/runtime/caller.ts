import type { Credentials } from '../schema/credential-form.ts';
import type { ProviderSchema } from '../schema/provider.ts';
import { readBytes } from '../transport/read-body.ts';
import type { Transport, TransportResponse } from '../transport/transport.ts';
import { Authorizer, secretsOf } from './authorization.ts';
import { endpointUrl } from './endpoint.ts';
import { isAbort, ModelError, toModelError } from './errors.ts';
import { errorFromAnswer, notJsonError } from './upstream-error.ts';

/** Where time comes from. */
export interface Clock {
  /** Milliseconds; only differences and dates of `Retry-After` are computed with it. */
  now(): number;
}

/** What calls to providers need. */
export interface CallerOptions {
  transport: Transport;
  /** Providers inside the process, by the host of their `local://` address. */
  localTransports: Readonly<Record<string, Transport>>;
  clock: Clock;
  /** Longest silence between two bytes of an answer. */
  idleTimeoutMs: number;
}

/** One request to a provider. */
export interface ProviderCall {
  provider: ProviderSchema;
  credentials: Credentials;
  /** The model's name on the wire. */
  model: string;
  method?: 'GET' | 'POST';
  path: string;
  body?: string | Uint8Array | undefined;
  contentType?: string;
  headers?: Readonly<Record<string, string>> | undefined;
  accept?: string;
  signal?: AbortSignal | undefined;
}

/** A successful answer whose body is still to be read. */
export interface OpenAnswer {
  response: TransportResponse;
  url: string;
  secrets: readonly string[];
  /** Starts the silence timer again; to be called for every piece of the body. */
  touch(): void;
  /** Stops the timer; to be called when the body has been read or given up. */
  close(): void;
  /** Closes the socket, wherever reading stands. */
  abort(): void;
  /** Turns what reading the body threw into the error to report. */
  failure(error: unknown): unknown;
}

/** Sends requests: address, authorization, one retry of a broken connection, errors by status, silence timer. */
export class ProviderCaller {
  readonly #options: CallerOptions;
  readonly #authorizer: Authorizer;

  constructor(options: CallerOptions) {
    this.#options = options;
    this.#authorizer = new Authorizer(options.transport, () => options.clock.now());
  }

  /** Sends a request and waits for a successful status. @throws ModelError; AbortError when the signal fired */
  async open(call: ProviderCall): Promise<OpenAnswer> {
    const { provider, credentials, signal, path, model } = call;
    if (signal?.aborted === true) throw abortError(signal);
    const url = endpointUrl({ provider, credentials, path, model });
    const secrets = secretsOf(provider, credentials);
    const shownUrl = showable(url);
    const silence = this.#silenceTimer(signal);
    const failure = (error: unknown) =>
      silence.fired()
        ? new ModelError('connection', {
            provider: provider.provider,
            url: shownUrl,
            upstream: `no data for ${this.#options.idleTimeoutMs / 1000} s (idle timeout of model calls)`,
          })
        : toModelError(signal?.aborted === true ? abortError(signal) : error, {
            provider: provider.provider,
            url: shownUrl,
          });
    try {
      const authorization = await this.#authorizer.headers(provider, credentials, silence.signal);
      const response = await this.#send(url, {
        method: call.method ?? 'POST',
        headers: {
          accept: call.accept ?? 'application/json',
          ...(call.body === undefined ? {} : { 'content-type': call.contentType ?? 'application/json' }),
          ...authorization,
          ...call.headers,
        },
        ...(call.body === undefined ? {} : { body: call.body }),
        signal: silence.signal,
      });
      if (response.status < 200 || response.status >= 300) {
        const body = (await readBytes(response.body, 1024 * 1024)).toString('utf8');
        const { status, headers } = response;
        const nowMs = this.#options.clock.now();
        throw errorFromAnswer({
          provider: provider.provider,
          url: shownUrl,
          status,
          headers,
          body,
          secrets,
          nowMs,
        });
      }
      const { touch, close, abort } = silence;
      return { response, url: shownUrl, secrets, touch, close, abort, failure };
    } catch (error) {
      silence.close();
      throw failure(error);
    }
  }

  /** Sends a request and reads its whole answer. */
  async bytes(call: ProviderCall): Promise<{ bytes: Buffer; secrets: readonly string[] }> {
    const answer = await this.open(call);
    try {
      const pieces = (async function* read() {
        for await (const piece of answer.response.body) {
          answer.touch();
          yield piece;
        }
      })();
      return { bytes: await readBytes(pieces), secrets: answer.secrets };
    } catch (error) {
      throw answer.failure(error);
    } finally {
      answer.close();
    }
  }

  /** Sends a request and parses its JSON answer. */
  async json(call: ProviderCall): Promise<{ document: unknown; secrets: readonly string[] }> {
    const { bytes, secrets } = await this.bytes(call);
    const text = bytes.toString('utf8');
    try {
      return { document: JSON.parse(text), secrets };
    } catch (error) {
      throw notJsonError(text, call.provider.provider, error);
    }
  }

  async #send(url: string, request: Parameters<Transport['request']>[1]): Promise<TransportResponse> {
    const transport = this.#transportFor(url);
    try {
      return await transport.request(url, request);
    } catch (error) {
      // A kept-alive connection may have been closed by the server just now; nothing was answered, so once more.
      if (!isReset(error) || request.signal?.aborted === true) throw error;
      return transport.request(url, request);
    }
  }

  #transportFor(url: string): Transport {
    if (!url.startsWith('local://')) return this.#options.transport;
    const host = new URL(url).host;
    const local = this.#options.localTransports[host];
    if (local === undefined)
      throw new ModelError('connection', { upstream: `there is no local provider ${host}` });
    return local;
  }

  /** One timer per call, moved forward by every piece: cheaper than a timer per piece. */
  #silenceTimer(outer: AbortSignal | undefined) {
    const controller = new AbortController();
    let fired = false;
    const timer = setTimeout(() => {
      fired = true;
      controller.abort();
    }, this.#options.idleTimeoutMs);
    const forward = () => controller.abort(outer?.reason);
    outer?.addEventListener('abort', forward, { once: true });
    return {
      signal: controller.signal,
      fired: () => fired,
      abort: () => controller.abort(),
      touch: () => {
        timer.refresh();
      },
      close: () => {
        clearTimeout(timer);
        outer?.removeEventListener('abort', forward);
      },
    };
  }
}

/** The error of an aborted call, whatever reason the signal carries. */
export function abortError(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return isAbort(reason) && reason instanceof Error
    ? reason
    : new DOMException('The model call was aborted.', 'AbortError');
}

function isReset(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ECONNRESET' || code === 'EPIPE' || code === 'UND_ERR_SOCKET';
}

/** An address without its query and without a name and password in it. */
function showable(url: string): string {
  return (url.split('?')[0] ?? url).replace(/\/\/[^/@]*@/u, '//');
}
