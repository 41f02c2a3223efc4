import {cpSync, mkdirSync, symlinkSync} from 'node:fs';
import {join} from 'node:path';
import {enrollment, list, teachers} from '../support/workspace.ts';
import {makeRefusals, testRefusals, wayOut} from './refuses.ts';

/** A few of the inputs that the command must refuse. The others are in bad-input.heavy.test.ts. */

testRefusals('a folder', [
  {
    name: 'that does not exist',
    spoil: () => {},
    options: ({root}) => ['--from', join(root, 'nowhere')],
    code: 2,
    says: ['nowhere', 'no such folder', 'Give the folder'],
  },
  {
    name: 'that is a file',
    spoil: () => {},
    options: ({folder}) => ['--from', join(folder, enrollment)],
    code: 2,
    says: [enrollment, /folder/],
  },
  {
    name: 'with an empty name',
    spoil: () => {},
    options: () => ['--from', ''],
    code: 2,
    says: [/--from|""/, /folder/],
  },
  {
    name: 'without files',
    spoil: ({remove}) => [enrollment, teachers, list].forEach(remove),
    code: 2,
    says: ['folder', 'no file of', wayOut],
  },
  {
    name: 'with the files a folder deeper',
    spoil: ({folder, remove}) => {
      mkdirSync(join(folder, 'ospi'));
      for (const name of [enrollment, teachers, list]) {
        cpSync(join(folder, name), join(folder, 'ospi', name));
        remove(name);
      }
    },
    code: 2,
    says: ['folder', 'no file of', 'ospi/'],
  },
  {
    name: 'with a link that leads nowhere',
    spoil: ({folder}) => symlinkSync(join(folder, 'gone.csv'), join(folder, 'link.csv')),
    code: 1,
    says: ['link.csv'],
  },
]);

const assessment =
  'SchoolYear,OrganizationLevel,County,ESDName,ESDOrganizationID,DistrictCode,DistrictName,DistrictOrganizationId,' +
  'SchoolCode,SchoolName,SchoolOrganizationid,CurrentSchoolType,StudentGroupType,StudentGroup,GradeLevel,' +
  'Test Administration (group),TestAdministration,TestSubject,DAT,Count of Students Expected to Test,PercentLevel1,' +
  'PercentLevel2,PercentLevel3,PercentLevel4,DataAsOf\r\n' +
  '2020-21,State,Multiple,State Total,,,State Total,103300,,State Total,,,All,All Students,3rd Grade,SBAC,SBAC,ELA,' +
  'None,79912,.2,.2,.3,.3,2022 Jan 14 12:00:00 AM\r\n';

testRefusals('a header', [
  {
    name: 'of another data set, where a source has no file',
    spoil: ({write, remove}) => {
      remove(teachers);
      write('Report_Card_Assessment_Data_2020-21.csv', assessment);
    },
    code: 1,
    says: ['Report_Card_Assessment_Data_2020-21.csv', 'line 1', 'SchoolYear, OrganizationLevel', 'Move it out'],
  },
  {
    name: 'of another data set, in a file with the name of one of ours',
    spoil: ({write}) => write(enrollment, assessment),
    code: 1,
    says: [enrollment, 'line 1', 'Report Card Enrollment', 'lacks', wayOut],
  },
  {
    name: 'of 200 unknown columns, where a source has no file',
    spoil: ({write, remove}) => {
      remove(list);
      write('garbage.csv', `${Array.from({length: 200}, (_, n) => `x${n}`).join()}\n${'0,'.repeat(199)}0\n`);
    },
    code: 1,
    says: ['garbage.csv', 'line 1', 'x0, x1', 'Move it out'],
  },
  {
    name: 'that is missing: the first line is a row',
    spoil: ({edit}) => edit(enrollment, (text) => text.slice(text.indexOf('\n') + 1)),
    code: 1,
    says: [enrollment, 'line 1', '2020-21, School'],
  },
  {
    name: 'with an unclosed quotation mark',
    spoil: ({edit}) => edit(enrollment, (text) => text.replace('Female', '"Female')),
    code: 1,
    says: [enrollment, 'first line', 'quotation mark'],
  },
  ...makeRefusals(
    {
      'with a line break': (header: string) => `${header}\r\n`,
      'without a line break': (header: string) => header,
      'with trailing commas': (header: string) => `${header},,\r\n`,
      'and empty lines': (header: string) => `${header}\r\n\r\n\r\n`,
    },
    (name, contents) => ({
      name: `without rows, ${name}`,
      spoil: ({edit}) => edit(enrollment, (text) => contents(text.slice(0, text.indexOf('\r\n')))),
      code: 1,
      says: [enrollment, /no rows/, wayOut],
    }),
  ),
  {
    name: 'of a teacher file without rows',
    spoil: ({edit}) => edit(teachers, (text) => text.slice(0, text.indexOf('\n') + 1)),
    code: 1,
    says: [teachers, /no rows/, wayOut],
  },
  {
    name: 'of a school list without rows',
    spoil: ({edit}) =>
      edit(list, (text) => `${text.split('\r\n').slice(0, 2).join('\r\n')}\r\n\r\n(0 rows affected)\r\n`),
    code: 1,
    says: [list, /no rows/],
  },
]);
