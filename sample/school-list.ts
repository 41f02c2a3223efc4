/** The list of the region's schools, as a database tool prints a query's result. */

import {randomFor} from './random.ts';
import {flagsOf, isOpen, listYear, type School, schools} from './schools.ts';

const widths = {
  AcademicYear: 12,
  SchoolCode: 10,
  DistrictCode: 12,
  dRoadMapRegionFlag: 18,
  ElementarySchoolFlag: 20,
  MiddleSchoolFlag: 16,
  HighSchoolFlag: 14,
  StreetAddress: 100,
  City: 100,
  State: 5,
  ZIP: 5,
  Lat: 39,
  Long: 39,
};
type ListColumn = keyof typeof widths;
const columns = Object.keys(widths) as ListColumn[];

/** Nobody wrote down where it is. */
const unplaced = 'Grumium Academy';

const streets = ['Perihelion Way', 'APHELION AVE S', 'Parallax St', 'EQUINOX BLVD', 'S Solstice Pl', 'SE Eclipse Rd'];

/** Mixed case is the publisher's; the two spellings of a city mean one city. */
const cities: Record<string, readonly string[]> = {
  '99001': ['ZENITH FALLS', 'Zenith Falls'],
  '99002': ['Parallax', 'PARALLAX'],
  '99003': ['New Aphelion', 'NEW APHELION'],
  '99004': ['NADIR', 'Nadir'],
  '00905': ['Umbra Point', 'UMBRA POINT'],
};

export function schoolListFile(): [name: string, contents: string] {
  const listed = schools.filter((school) => school.inRegion && isOpen(school, listYear));
  const lines = [
    line((column) => column),
    columns.map((column) => '-'.repeat(widths[column])).join(' '),
    ...listed.map((school, index) => {
      const fields = fieldsOf(school, index);
      return line((column) => fields[column]);
    }),
    '',
    `(${listed.length} rows affected)`,
    '',
    '',
    'Completion time: 2022-01-03T09:15:30.1234567-08:00',
    '',
  ];
  return ['SampleSchoolList.txt', `\uFEFF${lines.join('\r\n')}`];
}

function fieldsOf(school: School, index: number): Record<ListColumn, string> {
  const random = randomFor('place', school.code);
  const flags = flagsOf(school);
  const flag = (set: boolean) => (set ? '1' : '0');
  const placed = school.name !== unplaced;
  const place = (text: string) => (placed ? text : 'NULL');
  return {
    // The year in which the school year ends.
    AcademicYear: `20${listYear.slice(-2)}`,
    SchoolCode: school.code,
    DistrictCode: school.district.code,
    dRoadMapRegionFlag: '1',
    ElementarySchoolFlag: flag(flags.elementary),
    MiddleSchoolFlag: flag(flags.middle),
    HighSchoolFlag: flag(flags.high),
    StreetAddress: place(`${random.whole(100, 9999)} ${streets[index % streets.length]}`),
    City: place(cities[school.district.code]?.[index % 2] ?? 'NULL'),
    State: place('WA'),
    ZIP: place(`000${school.district.code.slice(-2)}`),
    // In the ocean off the coast, where no school is.
    Lat: place(random.between(47.1, 47.4).toFixed(6)),
    Long: place((-random.between(125.5, 125.9)).toFixed(6)),
  };
}

/** One line of the fixed-width layout, the last column not padded. */
function line(text: (column: ListColumn) => string): string {
  return columns
    .map((column) => text(column).padEnd(widths[column]))
    .join(' ')
    .trimEnd();
}
