/** Writes the sample anew: `npm run sample`. */

import {mkdirSync, writeFileSync} from 'node:fs';
import {enrollmentFiles} from './enrollment.ts';
import {schoolListFile} from './school-list.ts';
import {teacherFiles} from './teacher-files.ts';

/** The sample's files by name. The contents are the same on every machine and in every run. */
export function sampleFiles(): Map<string, string> {
  return new Map([...enrollmentFiles(), ...teacherFiles(), schoolListFile()]);
}

if (import.meta.main) {
  const folder = new URL('files/', import.meta.url);
  mkdirSync(folder, {recursive: true});
  for (const [name, contents] of sampleFiles()) writeFileSync(new URL(name, folder), contents);
}
