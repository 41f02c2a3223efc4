import * as v from 'valibot';
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

const filled = v.pipe(v.string(), v.minLength(1, 'is empty'));

/** Whether it ever comes due is checked by whoever keeps it. */
const schedule = v.strictObject({
  cron: v.string(),
  timeZone: v.string(),
  from: filled,
  schoolList: v.optional(v.string()),
});

const notices = v.strictObject({
  events: v.optional(v.array(v.picklist(noticeKinds))),
  webhook: v.optional(v.pipe(v.string(), v.url('is no address such as https://chat.example/hooks/rollcall'))),
  command: v.optional(v.pipe(v.array(v.string()), v.minLength(1, 'names no program'))),
});

const isContact = (text: string) => /^(https?|mailto):/.test(text) && URL.canParse(text);

export const configSchema = v.strictObject({
  schoolYear: v.optional(v.pipe(v.string(), v.check(isSchoolYear, 'is not a school year such as 2020-21'))),
  home: v.optional(filled, './data'),
  openLineageUrl: v.optional(v.pipe(v.string(), v.url('is no address such as http://localhost:5000'))),
  reportUrl: v.optional(v.pipe(v.string(), v.url('is no address such as https://example.org/rollcall/'))),
  reportContact: v.optional(v.pipe(v.string(), v.check(isContact, 'is no address such as mailto:data@example.org'))),
  schedule: v.optional(schedule),
  notices: v.optional(notices),
});

export type Config = v.InferInput<typeof configSchema>;
export type ScheduleConfig = v.InferOutput<typeof schedule>;
