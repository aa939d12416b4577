import { connect, type Socket } from 'node:net';

/** What a connection sends and looks for. */
export interface StreamConnectionOptions {
  /** A whole HTTP request. */
  readonly request: Buffer;
  readonly host: string;
  readonly port: number;
  /** What every piece of an answer contains exactly once; without line breaks. */
  readonly piece: string;
  /** What the last event of a complete answer contains; without line breaks. */
  readonly end: string;
  readonly onPieces: (count: number) => void;
}

/** All connections read into it, one after the other. */
const readBuffer = Buffer.allocUnsafe(64 * 1024);

/**
 * A kept-alive connection that reads event streams as cheaply as Node can: a bare socket, one buffer, no HTTP parser and
 * no JSON; it only looks for marks in the bytes. That is enough to know whether a stream was answered with 200, how many
 * pieces came, whether the last event was among them and whether the server ended the body.
 */
export class StreamConnection {
  readonly #options: StreamConnectionOptions;
  #socket: Socket | undefined;
  /** What was read after the last line break: the network cuts marks where it likes. */
  #rest = '';
  #begun = false;
  #complete = false;
  #settle: (complete: boolean) => void = () => {};

  constructor(options: StreamConnectionOptions) {
    this.#options = options;
  }

  /** Sends the request and reads the answer to its end; whether it was whole. */
  stream(): Promise<boolean> {
    this.#rest = '';
    this.#begun = false;
    this.#complete = false;
    return new Promise((resolve) => {
      this.#settle = resolve;
      this.#socket ??= this.#open();
      this.#socket.write(this.#options.request);
    });
  }

  /** Leaves, wherever the answer stands. */
  close(): void {
    this.#socket?.destroy();
  }

  #open(): Socket {
    const { host, port } = this.#options;
    const socket = connect({
      host,
      port,
      noDelay: true,
      onread: {
        buffer: readBuffer,
        callback: (length) => {
          this.#read(readBuffer.toString('latin1', 0, length));
          return true;
        },
      },
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#socket = undefined;
      this.#settle(false);
    });
    return socket;
  }

  #read(received: string): void {
    const text = this.#rest === '' ? received : this.#rest + received;
    if (!this.#begun) {
      this.#begun = true;
      if (!text.startsWith('HTTP/1.1 200 ')) this.close();
    }
    const { piece, end, onPieces } = this.#options;
    let pieces = 0;
    for (let at = text.indexOf(piece); at !== -1; at = text.indexOf(piece, at + piece.length)) pieces += 1;
    if (pieces > 0) onPieces(pieces);
    this.#complete ||= text.includes(end);
    this.#rest = text.endsWith('\n') ? '' : text.slice(text.lastIndexOf('\n') + 1);
    // The last chunk of a body has no bytes in it.
    if (text.endsWith('\r\n0\r\n\r\n') || text === '0\r\n\r\n') this.#settle(this.#complete);
  }
}
