import { sep } from 'node:path';

/** The frames between a call of the log and this function that belong to neither. */
const ownFrames = /node_modules|platform[\\/]logging[\\/](caller|create-log)\.ts|node:internal/;
const sources = `${sep}src${sep}`;

/** Which line of the sources is writing to the log, such as `modules/turns/turn-service.ts:99`. */
export function callerOf(): string | undefined {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 12;
  const stack = new Error().stack ?? '';
  Error.stackTraceLimit = limit;
  const frame = stack.split('\n').find((line) => line.includes(sources) && !ownFrames.test(line));
  const place = /(?:file:\/\/)?([^\s()]+):(\d+):\d+\)?$/.exec(frame ?? '');
  const path = place?.[1];
  if (path === undefined) return undefined;
  return `${path.slice(path.lastIndexOf(sources) + sources.length)}:${place?.[2]}`;
}
