import {shortenDistrict} from '../../../src/words/names.ts';
import type {PageContext} from '../../page-context.ts';

/** Writes what a school can be found by, as a script: a page that is opened from a file may load no other data. */
export function writeNames({report}: PageContext): string {
  const names = report.schools.map((school) => [
    school.school_id,
    school.school_name,
    shortenDistrict(school.district_name),
    school.school_types.join(' '),
    school.city ?? '',
    school.zip ?? '',
    school.street_address ?? '',
    school.school_code,
  ]);
  return `globalThis.schoolNames = ${JSON.stringify(names)};\n`;
}
