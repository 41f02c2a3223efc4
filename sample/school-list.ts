/** The list of the region's schools, in the format of a database tool's query result. */

import {seedRandom} from './random.ts';
import {findFlags, isOpen, listYear, type School, schools} from './schools.ts';

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

/** A school without an address. */
const unplaced = 'Grumium Academy';

const streets = ['Perihelion Way', 'APHELION AVE S', 'Parallax St', 'EQUINOX BLVD', 'S Solstice Pl', 'SE Eclipse Rd'];

/** As in the publisher's list, a city has two spellings, one of them in capitals. */
const cities: Record<string, readonly string[]> = {
  '99001': ['ZENITH FALLS', 'Zenith Falls'],
  '99002': ['Parallax', 'PARALLAX'],
  '99003': ['New Aphelion', 'NEW APHELION'],
  '99004': ['NADIR', 'Nadir'],
  '00905': ['Umbra Point', 'UMBRA POINT'],
};

export function makeSchoolListFile(): [name: string, contents: string] {
  const listed = schools.filter((school) => school.inRegion && isOpen(school, listYear));
  const lines = [
    formatLine((column) => column),
    columns.map((column) => '-'.repeat(widths[column])).join(' '),
    ...listed.map((school, index) => {
      const fields = formatFields(school, index);
      return formatLine((column) => fields[column]);
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

function formatFields(school: School, index: number): Record<ListColumn, string> {
  const random = seedRandom('place', school.code);
  const flags = findFlags(school);
  const flag = (set: boolean) => (set ? '1' : '0');
  const placed = school.name !== unplaced;
  const place = (text: string) => (placed ? text : 'NULL');
  return {
    // The year when the school year ends.
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

/** Formats a line of the fixed-width layout. The last column is not padded. */
function formatLine(text: (column: ListColumn) => string): string {
  return columns
    .map((column) => text(column).padEnd(widths[column]))
    .join(' ')
    .trimEnd();
}
