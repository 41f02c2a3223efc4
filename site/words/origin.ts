import {listOrigins, type Origin} from '../../src/answers/origins.ts';
import type {Region} from '../../src/report/organizations.ts';
import type {Report} from '../../src/report/report.ts';
import {joinWords} from '../../src/words/format.ts';

/** Formats where a region is: `South King County, Washington`. */
export function formatPlace({place, state}: Pick<Region, 'place' | 'state'>): string {
  return place === null ? state : `${place}, ${state}`;
}

/**
 * Lists where figures come from: students and teachers, or the subjects of an answer. A school list has no figures. The names of
 * files are on the page about the data.
 */
export function listReportOrigins(
  {build, region}: Report,
  years: readonly string[],
  subjects: readonly string[] = ['enrollment', 'teachers'],
): Origin[] {
  const ofFigures = subjects.filter((subject) => subject !== 'school_list');
  return listOrigins(build.inputs, ofFigures, years, region).map((origin) => ({
    ...origin,
    how: origin.isSupplied ? 'in files supplied by hand' : origin.how,
  }));
}

/** Formats the source under a chart: `Source: OSPI, fetched from data.wa.gov on 2026-11-25`. */
export function formatSource(origins: readonly Origin[]): string {
  const byPublisher = [...Map.groupBy(origins, ({publisher}) => publisher)];
  const named = byPublisher.map(([name, all]) => `${name}, ${joinWords([...new Set(all.map(({how}) => how))])}`);
  return `Source: ${named.join('; ') || 'none'}`;
}

/** Lists the notes on the files, each once. */
export function listFileNotes(origins: readonly Origin[]): string[] {
  return [...new Set(origins.flatMap(({note}) => note ?? []))];
}

/** Lists what must be known of the report's figures of students and teachers: that they are recovered, say. */
export function listReportNotes(report: Report): string[] {
  return listFileNotes(listReportOrigins(report, [report.schoolYear]));
}

/** Says under a table where the report's figures of students and teachers come from, with the notes on them. */
export function describeReportSource(report: Report): string {
  const source = formatSource(listReportOrigins(report, [report.schoolYear]));
  return [`${source}.`, ...listReportNotes(report)].join(' ');
}
