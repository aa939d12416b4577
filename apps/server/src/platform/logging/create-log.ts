import pino, { type Logger } from 'pino';
import type { Environment } from '../environment.ts';
import type { Correlation } from '../telemetry/correlation.ts';
import { callerOf } from './caller.ts';
import { errorFields } from './error-fields.ts';
import { jsonLine } from './json-line.ts';
import { type LogRecord, readLogRecord } from './log-record.ts';
import { RotatingFile } from './rotating-file.ts';
import { createTextLine } from './text-line.ts';

/** pino's number for ERROR. */
const errorLevel = 50;
/** Facts of a line that go into a report with its error. */
const reportedFacts = new Set([
  'route',
  'request_id',
  'trace_id',
  'run_id',
  'workspace_id',
  'app_id',
  'account_id',
  'end_user_id',
  'job',
  'job_id',
]);

/** Takes finished lines. */
export interface LogOutput {
  write(line: string): void;
}

/** What the log is made from. */
export interface CreateLogOptions {
  settings: Environment['logging'];
  /** DEBUG lowers the level to `debug`. */
  debug: boolean;
  /** Facts about the work under way, put on every line. */
  correlation: Correlation;
  /** Told about errors written at ERROR and above, with the ids they are about. */
  onError?: (error: Error, ids: Readonly<Record<string, string>>) => void;
  /** Instead of the standard output. */
  output?: LogOutput;
}

/** The log and how to end it. */
export interface OpenLog {
  log: Logger;
  close(): void;
}

/**
 * Opens the log: lines for people or for programs, on the standard output and in a file if there is to be one. What
 * is written passes one place that takes secrets out, whatever was handed in.
 */
export function createLog(options: CreateLogOptions): OpenLog {
  const { settings, debug, correlation, output, onError } = options;
  const isJson = settings.format === 'json';
  const toStandard = output ?? pino.destination({ fd: 1, sync: true });
  const toScreen = isJson ? jsonLine : textLineFor(settings.timeZone, output === undefined);
  const toFile = isJson ? jsonLine : textLineFor(settings.timeZone, false);
  const file =
    settings.file === undefined
      ? undefined
      : new RotatingFile({
          path: settings.file,
          maxBytes: settings.fileMaxBytes,
          backups: settings.fileBackups,
        });
  const destination = {
    write(line: string): void {
      const record = readLogRecord(line);
      toStandard.write(toScreen(record));
      file?.write(toFile(record));
    },
  };
  const log = pino(
    {
      level: debug ? 'debug' : settings.level,
      base: { service: 'trellis' },
      serializers: { err: (error: unknown) => errorFields(error) },
      hooks: {
        logMethod(args, method, level) {
          if (onError && level >= errorLevel) tell(onError, args[0], correlation.logFields());
          method.apply(this, args);
        },
      },
      mixin: () => (isJson ? { ...correlation.logFields(), caller: callerOf() } : correlation.logFields()),
    },
    destination,
  );
  return { log, close: () => file?.close() };
}

/** What a line at ERROR was given, to whoever wants to know of errors. */
function tell(
  onError: NonNullable<CreateLogOptions['onError']>,
  given: unknown,
  known: Readonly<Record<string, string>>,
): void {
  if (typeof given !== 'object' || given === null || !('err' in given)) return;
  const { err, ...facts } = given as Record<string, unknown>;
  if (!(err instanceof Error)) return;
  const ids = Object.entries(facts).filter(
    (fact): fact is [string, string] => typeof fact[1] === 'string' && reportedFacts.has(fact[0]),
  );
  onError(err, { ...known, ...Object.fromEntries(ids) });
}

function textLineFor(timeZone: string, mayColour: boolean): (record: LogRecord) => string {
  return createTextLine({
    timeZone,
    colours: mayColour && process.stdout.isTTY && process.stdout.hasColors(),
  });
}
