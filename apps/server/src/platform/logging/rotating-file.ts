import { closeSync, fstatSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** Where the file is and when it makes room. */
export interface RotatingFileOptions {
  path: string;
  /** A line that would go beyond this begins a new file; 0 never does. */
  maxBytes: number;
  /** Full files kept, as `path.1` (newest), `path.2`, … */
  backups: number;
}

/**
 * A log file that is set aside when it is full. Writes are synchronous, so that the last line before a crash is there;
 * a log has few lines.
 */
export class RotatingFile {
  readonly #options: RotatingFileOptions;
  #descriptor: number;
  #bytes: number;

  /** Throws when the file cannot be opened: a server that was told to keep a log must not start without it. */
  constructor(options: RotatingFileOptions) {
    this.#options = options;
    mkdirSync(dirname(options.path), { recursive: true });
    [this.#descriptor, this.#bytes] = open(options.path);
  }

  /** Adds a line. A full disk loses lines, never the server. */
  write(line: string): void {
    const bytes = Buffer.from(line);
    const { maxBytes } = this.#options;
    try {
      if (maxBytes > 0 && this.#bytes > 0 && this.#bytes + bytes.length > maxBytes) this.#rotate();
      this.#bytes += writeSync(this.#descriptor, bytes);
    } catch {
      // There is nowhere left to say it; the standard output has the line.
    }
  }

  /** Closes the file. */
  close(): void {
    closeSync(this.#descriptor);
  }

  #rotate(): void {
    const { path, backups } = this.#options;
    closeSync(this.#descriptor);
    if (backups === 0) rmSync(path, { force: true });
    for (let number = backups; number > 0; number -= 1) {
      renameIfThere(number === 1 ? path : `${path}.${number - 1}`, `${path}.${number}`);
    }
    [this.#descriptor, this.#bytes] = open(path);
  }
}

function open(path: string): [descriptor: number, bytes: number] {
  const descriptor = openSync(path, 'a', 0o600);
  return [descriptor, fstatSync(descriptor).size];
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
