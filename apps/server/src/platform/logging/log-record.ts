import { redactText, redactValue } from './redact.ts';

/** A line of the log before it gets its form. Nothing in it is secret. */
export interface LogRecord {
  timeMs: number;
  severity: Severity;
  service: string;
  message: string;
  /** Everything else that was said, by name. */
  fields: Readonly<Record<string, unknown>>;
}

/** How grave it is, in the words of LOG_LEVEL. */
export type Severity = 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR' | 'CRITICAL';

/** Reads a line as pino writes it and takes out what must not be written. */
export function readLogRecord(line: string): LogRecord {
  const parsed: unknown = JSON.parse(line);
  const { level, time, service, msg, ...fields } = parsed as Record<string, unknown>;
  return {
    timeMs: typeof time === 'number' ? time : 0,
    severity: severityOf(Number(level)),
    service: String(service ?? ''),
    message: redactText(String(msg ?? '')),
    fields: redactValue(fields) as Record<string, unknown>,
  };
}

function severityOf(level: number): Severity {
  if (level >= 60) return 'CRITICAL';
  if (level >= 50) return 'ERROR';
  if (level >= 40) return 'WARNING';
  return level >= 30 ? 'INFO' : 'DEBUG';
}
