import type {Config} from './src/config.ts';

/** The choices of this installation. Everything else is in the declarations of the sources and in the dbt project. */
export const config: Config = {
  /** The school year that answers are given for unless told otherwise (`--year`). */
  schoolYear: '2020-21',
  /** Where landed files, the lake and the builds are kept unless told otherwise (`--home`, `ROLLCALL_HOME`). */
  home: './data',
  // Where OpenLineage events are sent unless OPENLINEAGE_URL names another place; they are kept in the home in any case.
  // openLineageUrl: 'http://localhost:5000',
  // Where the report is served; gives it preview pictures, canonical links and a sitemap.
  // reportUrl: 'https://example.org/rollcall/',
  /** When `rollcall serve` runs by itself, and where from: `live`, or a folder; a `schoolList` where there is one. */
  schedule: {cron: '0 6 * * 1', timeZone: 'America/Los_Angeles', from: 'live'},
  // Who is told, of what (all of it unless events are named). An address that is secret goes into ROLLCALL_WEBHOOK_URL instead.
  // notices: {events: ['run_failed', 'run_recovered'], webhook: 'https://…', command: ['./tell.sh']},
};
