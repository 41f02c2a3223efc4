import * as v from 'valibot';
import {schoolYear, strictMapping} from './schemas.ts';

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

function address(example: string, beginning = /^/) {
  const message = `is no address such as ${example}`;
  return v.pipe(v.string(), v.trim(), v.url(message), v.regex(beginning, message));
}

/** Whether it ever comes due is checked by whoever keeps it. */
const schedule = strictMapping({
  cron: v.string(),
  timeZone: v.string(),
  from: filled,
  schoolList: v.optional(v.string()),
});

const notices = strictMapping({
  events: v.optional(v.array(v.picklist(noticeKinds))),
  webhook: v.optional(address('https://chat.example/hooks/rollcall')),
  command: v.optional(v.pipe(v.array(v.string()), v.minLength(1, 'names no program'))),
});

export const configSchema = strictMapping({
  schoolYear: v.optional(schoolYear),
  home: v.optional(filled, './data'),
  openLineageUrl: v.optional(address('http://localhost:5000')),
  reportUrl: v.optional(address('https://example.org/rollcall/')),
  reportContact: v.optional(address('mailto:data@example.org', /^(https?|mailto):/i)),
  schedule: v.optional(schedule),
  notices: v.optional(notices),
});

export type Config = v.InferInput<typeof configSchema>;
export type ScheduleConfig = v.InferOutput<typeof schedule>;
