import {ospiEnrollment} from './ospi-enrollment.ts';
import {ospiTeachers} from './ospi-teachers.ts';
import {schoolList} from './school-list.ts';
import type {Source} from './source.ts';

/** Every source. Adding a data set is one file beside this one, its name here, and its models. */
export const sources: readonly Source[] = [ospiEnrollment, ospiTeachers, schoolList];

export function getSource(id: string): Source {
  const source = sources.find((candidate) => candidate.id === id);
  if (source === undefined) throw new Error(`no source "${id}"`);
  return source;
}
