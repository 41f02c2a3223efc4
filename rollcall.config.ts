import type {Config} from './src/config.ts';

/** The choices of this installation. Everything else is in the declarations of the sources and in the dbt project. */
export const config: Config = {
  /** The school year that answers are given for unless told otherwise (`--year`). */
  schoolYear: '2020-21',
  /** Where landed files, the lake and the builds are kept unless told otherwise (`--home`, `ROLLCALL_HOME`). */
  home: './data',
  // Where OpenLineage events are sent unless OPENLINEAGE_URL names another place; they are kept in the home in any case.
  // openLineageUrl: 'http://localhost:5000',
};
