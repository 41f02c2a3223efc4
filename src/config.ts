import {Cron} from 'croner';
import {z} from 'zod';
import {config as written} from '../rollcall.config.ts';
import {exit, Failure} from './failure.ts';
import {noticeKinds} from './notices/notice.ts';
import {isSchoolYear} from './school-year.ts';

const schedule = z
  .strictObject({
    cron: z.string(),
    timeZone: z.string(),
    from: z.string().min(1, 'is empty'),
    schoolList: z.string().optional(),
  })
  .refine(({cron, timeZone}) => isSchedule(cron, timeZone), 'is no cron expression with a time zone that comes due');

const notices = z.strictObject({
  events: z.array(z.enum(noticeKinds)).optional(),
  webhook: z.url('is no address such as https://chat.example/hooks/rollcall').optional(),
  command: z.array(z.string()).min(1, 'names no program').optional(),
});

const schema = z.strictObject({
  schoolYear: z.string().refine(isSchoolYear, 'is not a school year such as 2020-21'),
  home: z.string().min(1, 'is empty'),
  openLineageUrl: z.url('is no address such as http://localhost:5000').optional(),
  reportUrl: z.url('is no address such as https://example.org/rollcall/').optional(),
  schedule: schedule.optional(),
  notices: notices.optional(),
});

export type Config = z.input<typeof schema>;
export type ScheduleConfig = z.infer<typeof schedule>;

/**
 * The configuration, checked.
 *
 * @throws Failure that names the setting that is wrong
 */
export function readConfig(): Config {
  const result = schema.safeParse(written);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new Failure(`rollcall.config.ts: ${issue?.path.join('.')} ${issue?.message}.`, exit.usage);
}

function isSchedule(cron: string, timezone: string): boolean {
  try {
    return new Cron(cron, {timezone, paused: true}).nextRun() !== null;
  } catch {
    return false;
  }
}
