import { z } from 'zod';
import { nodeData } from './common.ts';
import { list, looseNumber, looseText, orElse, textOrEmpty } from './fields.ts';

/** How often a schedule set without a cron expression is due. */
export const scheduleFrequencies = ['hourly', 'daily', 'weekly', 'monthly'] as const;

/** Names of weekdays, Sunday first: the position is the number in cron expressions. */
export const scheduleWeekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/** Settings of a schedule without a cron expression. `time` is written like `9:30 AM`. */
export const visualSchedule = orElse(
  z.looseObject({
    on_minute: orElse(looseNumber.pipe(z.int().min(0).max(59)), () => 0),
    time: orElse(looseText, () => '12:00 AM'),
    weekdays: list(z.enum(scheduleWeekdays)),
    monthly_days: list(z.union([z.literal('last'), looseNumber.pipe(z.int().min(1).max(31))])),
  }),
  () => ({ on_minute: 0, time: '12:00 AM', weekdays: [], monthly_days: [] }),
);

/** Settings of a schedule without a cron expression, see `visualSchedule`. */
export type VisualSchedule = z.output<typeof visualSchedule>;

/** Data of a schedule trigger; times are in `timezone`. */
export const triggerScheduleData = nodeData('trigger-schedule', {
  mode: orElse(z.enum(['visual', 'cron']), () => 'visual' as const),
  frequency: orElse(z.enum(scheduleFrequencies), () => 'daily' as const),
  cron_expression: textOrEmpty,
  visual_config: visualSchedule,
  timezone: orElse(looseText, () => 'UTC'),
});

/** Data of a schedule trigger. */
export type TriggerScheduleData = z.output<typeof triggerScheduleData>;
