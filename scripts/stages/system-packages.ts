import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runCommand } from './command.ts';

/** A program of the operating system that some tests need. */
interface SystemProgram {
  readonly name: string;
  /** Names it may have on the path. */
  readonly programs: readonly [string, ...string[]];
  readonly debianPackage: string;
  readonly neededFor: string;
}

const wanted: readonly SystemProgram[] = [
  {
    name: 'Chromium',
    programs: ['chromium', 'chromium-browser', 'google-chrome'],
    debianPackage: 'chromium',
    neededFor: 'the browser tests',
  },
  {
    name: 'bubblewrap',
    programs: ['bwrap'],
    debianPackage: 'bubblewrap',
    neededFor: 'the tests of the bubblewrap sandbox',
  },
];

/** Which programs there are, and sentences about those there are not. */
export interface SystemPrograms {
  readonly chromium: string | undefined;
  readonly missing: readonly string[];
}

/** Installs the missing programs from Debian's archive where that is possible, and says what it could not get. */
export async function ensureSystemPrograms(print: (line: string) => void): Promise<SystemPrograms> {
  const before = wanted.filter(({ programs }) => find(programs) === undefined);
  if (before.length > 0 && process.getuid?.() === 0 && find(['apt-get']) !== undefined) {
    print(`  installing ${before.map(({ debianPackage }) => debianPackage).join(', ')} …`);
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    await runCommand(['apt-get', 'update', '-qq'], { env });
    await runCommand(
      [
        'apt-get',
        'install',
        '-y',
        '-qq',
        '--no-install-recommends',
        ...before.map(({ debianPackage }) => debianPackage),
      ],
      { env },
    );
  }
  const missing = wanted
    .filter(({ programs }) => find(programs) === undefined)
    .map(
      ({ name, neededFor, debianPackage }) =>
        `${capital(neededFor)} need ${name}, which is not installed (on Debian: apt-get install ${debianPackage}).`,
    );
  return { chromium: find(['chromium', 'chromium-browser', 'google-chrome']), missing };
}

function find(programs: readonly string[]): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin', '/usr/sbin'];
  return programs.flatMap((program) => folders.map((folder) => join(folder, program))).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
