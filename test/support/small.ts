import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {locateHome} from '../../src/home.ts';
import {projectFolder} from '../../src/project-folder.ts';
import {run} from '../../src/runs/run.ts';
import {recordProgress} from './pipeline.ts';
import {makeEnrollmentFile, makeFolder, makeListFile, makeTeacherFile} from './publisher.ts';
import {makeSharedFolder} from './shared.ts';

/** The smallest files that give a build: one school. */

const school = {district_code: '99001', district_name: 'Lyra', school_code: '9001', school_name: 'Vega'};

/** Makes a file of one school with so many students in its 1st grade. */
export function makeStudents(count: number): string {
  return makeEnrollmentFile([
    {...school, grade_level: '1st Grade', white: count},
    {...school, grade_level: 'All Grades', white: count},
  ]);
}

/** Its three teachers. */
export const teachers = makeTeacherFile([
  {cells: school, races: {White: 3, 'Not Provided': 0}, genders: {Female: 2, Male: 1, 'Not Provided': 0}},
]);

export const list = makeListFile([{district: '99001', school: '9001', types: ['e']}]);

/** Returns a home directory that has published these files, with thirty students. Only read it: a test that writes takes a copy. */
export function findSmallHome(): Promise<string> {
  return makeSharedFolder('small', async (home) => {
    const from = await makeFolder({'s.csv': makeStudents(30), 't.csv': teachers, 'l.csv': list});
    await run({home: locateHome(home), from}, recordProgress());
  });
}

/** The sample's enrollment of 2020-21. */
export const enrollmentOf2020 = readFileSync(
  join(projectFolder, 'sample/files/Report_Card_Enrollment_2020-21_School_Year.csv'),
  'utf8',
);
