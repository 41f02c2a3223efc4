import type {Config} from './src/config.ts';

/** The settings of this installation. Everything else is in the source declarations and the dbt project. */
export const config: Config = {
  // The school year that answers and the report open with, in place of the newest with students and teachers.
  // schoolYear: '2020-21',
  /** The default home directory, with the landed files, the lake and the builds (`--home`, `ROLLCALL_HOME`). */
  home: './data',
  // Where OpenLineage events are sent, unless OPENLINEAGE_URL is set. The home directory keeps them in any case.
  // openLineageUrl: 'http://localhost:5000',
  // The public address of the report, for preview pictures, canonical links and a sitemap.
  // reportUrl: 'https://example.org/rollcall/',
  // Where readers of the report can tell of a mistake: a web or a mail address.
  // reportContact: 'mailto:data@example.org',
  /** When `rollcall serve` starts a run, and from where: `live`, or a folder with an optional `schoolList`. */
  schedule: {cron: '0 6 * * 1', timeZone: 'America/Los_Angeles', from: 'live'},
  // Where notices go, and which (by default, all). A secret address goes into ROLLCALL_WEBHOOK_URL instead.
  // notices: {events: ['run_failed', 'run_recovered'], webhook: 'https://…', command: ['./tell.sh']},
};
