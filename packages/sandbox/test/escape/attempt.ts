/** What an attempt is told about the machine it tries to reach; every value is a bait of the test's own. */
export interface Bait {
  /** A world-readable file on the host. */
  readonly file: string;
  /** Its content. */
  readonly secret: string;
  /** A world-writable folder on the host. */
  readonly folder: string;
  /** A TCP port on the host's loopback. */
  readonly port: number;
  /** A world-accessible Unix socket on the host. */
  readonly socket: string;
  /** The process that runs the test. */
  readonly pid: number;
}

/**
 * One try to break out. Its code is the body of `main(bait)` and returns whether it got somewhere; an
 * exception or a stopped execution means that it did not.
 */
export interface Attempt {
  readonly name: string;
  readonly language: 'python3' | 'javascript';
  readonly body: string;
  readonly limits?: { readonly timeoutMs?: number; readonly memoryBytes?: number };
  /** Ends or spoils its interpreter, so it gets one of its own. */
  readonly alone: boolean;
}

/** Makes attempts of one language from pairs of name and body. */
export function attempts(
  language: Attempt['language'],
  table: readonly (readonly [name: string, body: string])[],
  options: Partial<Pick<Attempt, 'limits' | 'alone'>> = {},
): Attempt[] {
  return table.map(([name, body]) => ({ name, language, body, alone: false, ...options }));
}

/** The attempt as a program. */
export function programOf({ language, body }: Attempt): string {
  if (language === 'javascript') return `async function main(bait) {\n${body}\n}`;
  const lines = body.split('\n').map((line) => `    ${line}`);
  return `def main(**bait):\n${lines.join('\n')}\n`;
}
