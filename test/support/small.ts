import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {locateHome} from '../../src/home.ts';
import {projectFolder} from '../../src/project-folder.ts';
import {run} from '../../src/runs/run.ts';
import {quietProgress} from './pipeline.ts';
import {enrollmentFile, folderOf, listFile, teacherFile} from './publisher.ts';
import {sharedFolder} from './shared.ts';

/** The smallest files that make a build: one school. */

const school = {district_code: '99001', district_name: 'Lyra', school_code: '9001', school_name: 'Vega'};

/** One school with so many students in its 1st grade. */
export function students(count: number): string {
  return enrollmentFile([
    {...school, grade_level: '1st Grade', white: count},
    {...school, grade_level: 'All Grades', white: count},
  ]);
}

/** Its three teachers. */
export const teachers = teacherFile([
  {cells: school, races: {White: 3, 'Not Provided': 0}, genders: {Female: 2, Male: 1, 'Not Provided': 0}},
]);

export const list = listFile([{district: '99001', school: '9001', types: ['e']}]);

/** A home that has published these files, with thirty students, from a folder. For reading; who writes takes a copy. */
export function smallHome(): Promise<string> {
  return sharedFolder('small', async (home) => {
    const from = await folderOf({'s.csv': students(30), 't.csv': teachers, 'l.csv': list});
    await run({home: locateHome(home), from}, quietProgress());
  });
}

/** The sample's enrollment of 2020-21. */
export const enrollmentOf2020 = readFileSync(
  join(projectFolder, 'sample/files/Report_Card_Enrollment_2020-21_School_Year.csv'),
  'utf8',
);
