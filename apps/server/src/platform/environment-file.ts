import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

/**
 * The variables of a `.env` file; none when there is no such file. Quoted values, comments, `export ` and Windows line
 * ends are understood. The process environment goes over it:
 * `readEnvironment({ ...readEnvironmentFile(path), ...process.env })`.
 */
export function readEnvironmentFile(path: string): Readonly<Record<string, string | undefined>> {
  try {
    const text = readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
    return parseEnv(text.replaceAll('\r\n', '\n'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw error;
  }
}
