import {z} from 'zod';
import {isSchoolYear} from './school-year.ts';

/** The events that can send a notice. */
const noticeKinds = [
  'run_failed',
  'run_recovered',
  'source_changed',
  'figures_restated',
  'year_added',
  'year_held',
  'dataset_gone',
  'source_stale',
] as const;

export type NoticeKind = (typeof noticeKinds)[number];

/** Whether it ever comes due is checked by whoever keeps it. */
const schedule = z.strictObject({
  cron: z.string(),
  timeZone: z.string(),
  from: z.string().min(1, 'is empty'),
  schoolList: z.string().optional(),
});

const notices = z.strictObject({
  events: z.array(z.enum(noticeKinds)).optional(),
  webhook: z.url('is no address such as https://chat.example/hooks/rollcall').optional(),
  command: z.array(z.string()).min(1, 'names no program').optional(),
});

export const configSchema = z.strictObject({
  schoolYear: z.string().refine(isSchoolYear, 'is not a school year such as 2020-21').optional(),
  home: z.string().min(1, 'is empty').default('./data'),
  openLineageUrl: z.url('is no address such as http://localhost:5000').optional(),
  reportUrl: z.url('is no address such as https://example.org/rollcall/').optional(),
  reportContact: z
    .url({protocol: /^(https?|mailto)$/, error: 'is no address such as mailto:data@example.org'})
    .optional(),
  schedule: schedule.optional(),
  notices: notices.optional(),
});

export type Config = z.input<typeof configSchema>;
export type ScheduleConfig = z.infer<typeof schedule>;
