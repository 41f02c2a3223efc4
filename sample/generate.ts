/** Regenerates the sample: `npm run sample`. */

import {mkdirSync, writeFileSync} from 'node:fs';
import {makeEnrollmentFiles} from './enrollment.ts';
import {makeSchoolListFile} from './school-list.ts';
import {makeTeacherFiles} from './teacher-files.ts';

/** Makes the sample's files, by name. The contents are the same on every machine and in every run. */
export function makeSampleFiles(): Map<string, string> {
  return new Map([...makeEnrollmentFiles(), ...makeTeacherFiles(), makeSchoolListFile()]);
}

if (import.meta.main) {
  const folder = new URL('files/', import.meta.url);
  mkdirSync(folder, {recursive: true});
  for (const [name, contents] of makeSampleFiles()) writeFileSync(new URL(name, folder), contents);
}
