import type { ParseArgsConfig } from 'node:util';
import type { Logger } from 'pino';
import type { DataFolder } from '../platform/data-folder.ts';
import type { Database } from '../platform/database/open-database.ts';
import type { Environment } from '../platform/environment.ts';

/** Options of a command, as `parseArgs` of node:util describes them. */
export type CommandOptions = NonNullable<ParseArgsConfig['options']>;

/** What was typed after the command's name. */
export interface CommandInput {
  readonly positionals: readonly string[];
  /** A flag that was given is true; an option with a value has its text. */
  readonly flags: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, string>;
}

/** What commands work with. */
export interface CommandContext {
  readonly environment: Environment;
  readonly log: Logger;
  /** Version of Trellis. */
  readonly version: string;
  readonly migrationsFolder: string;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  now(): Date;
  /** Writes a line of the result. */
  print(line: string): void;
  /** Asks the person at the terminal; a hidden answer is not shown while typed. Fails when nobody is there. */
  ask(question: string, options?: { readonly hidden?: boolean }): Promise<string>;
  /**
   * Opens the data folder and its database, once; both are closed after the command. Beside a running server its
   * database is joined.
   */
  open(): Promise<OpenInstallation>;
}

/** An installation that a command works on. */
export interface OpenInstallation {
  readonly dataFolder: DataFolder;
  readonly database: Database;
}

/** One thing that operators can do from the command line. Each lives in a file of its own in `commands/`. */
export interface Command {
  readonly name: string;
  /** Other spellings, for people who know them from elsewhere; may have two words. */
  readonly aliases?: readonly string[];
  /** One line for the list of commands. */
  readonly summary: string;
  /** What follows the name, e.g. `FILE [--replace]`. */
  readonly usage?: string;
  readonly options?: CommandOptions;
  run(context: CommandContext, input: CommandInput): Promise<void>;
}

/** The command was typed in a way that cannot be understood; told without a stack, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
