import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** How the process that makes the image is started. */
export interface ImageOptions {
  readonly folder: string;
  /** Names the image's content: an image of other parts is not used. */
  readonly key: string;
  readonly args: readonly string[];
  readonly user: { readonly uid: number; readonly gid: number } | undefined;
}

const largestImageBytes = 256 * 1024 * 1024;
const timeoutMs = 60_000;

/**
 * The memory image of a started Python, made once per folder: interpreters start from it in a fraction of
 * the time. `undefined` when it cannot be made; interpreters then start without it.
 */
export class PythonImage {
  readonly #options: ImageOptions;
  #image: Promise<Buffer | undefined> | undefined;

  constructor(options: ImageOptions) {
    this.#options = options;
  }

  read(): Promise<Buffer | undefined> {
    this.#image ??= this.#readOrMake().catch(() => undefined);
    return this.#image;
  }

  async #readOrMake(): Promise<Buffer> {
    const path = join(this.#options.folder, `python-${this.#options.key}.image`);
    const existing = await readFile(path).catch(() => undefined);
    if (existing) return existing;
    const image = await makeImage(this.#options);
    // Written beside and renamed: another process that starts now reads a whole image or none.
    const temporary = `${path}.${randomBytes(6).toString('hex')}`;
    await mkdir(this.#options.folder, { recursive: true });
    try {
      await writeFile(temporary, image, { mode: 0o600 });
      await rename(temporary, path);
    } catch {
      await rm(temporary, { force: true });
    }
    return image;
  }
}

function makeImage(options: ImageOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...options.args], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: {},
      cwd: '/',
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
      ...(options.user ?? {}),
    });
    const chunks: Buffer[] = [];
    let received = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      received += chunk.length;
      if (received > largestImageBytes) child.kill('SIGKILL');
      else chunks.push(chunk);
    });
    child.once('error', reject);
    child.once('close', (status) => {
      if (status === 0 && received > 0) resolve(Buffer.concat(chunks));
      else reject(new Error(`The image could not be made (status ${status}).`));
    });
  });
}
