import { styleText } from 'node:util';
import type { ErrorFields } from './error-fields.ts';
import type { LogRecord, Severity } from './log-record.ts';

/** How lines for people are made. */
export interface TextLineOptions {
  /** An IANA zone (LOG_TZ). */
  timeZone: string;
  colours: boolean;
}

const styles: Readonly<Record<Severity, Parameters<typeof styleText>[0]>> = {
  DEBUG: 'gray',
  INFO: 'green',
  WARNING: 'yellow',
  ERROR: 'red',
  CRITICAL: ['red', 'bold'],
};

/** Makes lines for people: `2026-11-21 04:13:02.123 INFO     serving  url=http://…`, an error's stack below. */
export function createTextLine({ timeZone, colours }: TextLineOptions): (record: LogRecord) => string {
  const clock = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  const paint = (style: Parameters<typeof styleText>[0], text: string) =>
    colours ? styleText(style, text, { validateStream: false }) : text;

  return ({ timeMs, severity, message, fields }) => {
    const { err, trace_id: _trace, caller: _caller, ...rest } = fields;
    const time = `${clock.format(timeMs)}.${String(timeMs % 1_000).padStart(3, '0')}`;
    const facts = Object.entries(rest)
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([name, value]) => `${paint('gray', `${name}=`)}${shown(value)}`)
      .join(' ');
    const head = `${paint('gray', time)} ${paint(styles[severity], severity.padEnd(8))} ${oneLine(message)}`;
    return `${head}${facts === '' ? '' : `  ${facts}`}${err === undefined ? '' : errorLines(err)}\n`;
  };
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /[\s"=]/.test(text) && typeof value === 'string' ? JSON.stringify(text) : oneLine(text);
}

/** A text of somebody else's must not look like further lines of the log. */
function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a terminal
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, (character) =>
    JSON.stringify(character)
      .slice(1, -1)
      .replace(/^[\u007f-\u009f\u2028\u2029]$/, '?'),
  );
}

function errorLines(err: unknown): string {
  let text = '';
  for (let error = err as ErrorFields | undefined, first = true; error; error = error.cause, first = false) {
    const [head, ...frames] = splitStack(error);
    const code = error.code === undefined ? '' : ` (${error.code})`;
    text += `\n    ${first ? '' : 'caused by '}${oneLine(head ?? '')}${code}`;
    for (const frame of frames) text += `\n      ${frame.trim()}`;
  }
  return text;
}

function splitStack({ type, message, stack }: ErrorFields): string[] {
  const frames = (stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return [`${type}: ${message}`, ...frames];
}
