import { Cron } from 'croner';

/** A cron expression and the zone that its times are in. */
export interface Schedule {
  readonly cron: string;
  readonly timeZone: string;
}

/**
 * When a schedule is next due after a moment; null when it never is. Times that a change to summer time leaves out
 * come due when the clock has jumped; times that come twice in autumn come due the first time.
 */
export function nextRun(schedule: Schedule, after: Date): Date | null {
  return new Cron(schedule.cron, { timezone: schedule.timeZone, mode: '5-part' }).nextRun(after);
}

/** The next moments at which a schedule is due, at most `count`. */
export function nextRuns(schedule: Schedule, after: Date, count: number): Date[] {
  const due: Date[] = [];
  for (let next = nextRun(schedule, after); next !== null && due.length < count; ) {
    due.push(next);
    next = nextRun(schedule, next);
  }
  return due;
}
