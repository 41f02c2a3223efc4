/** Invented districts and schools, named for stars, constellations and moons. */

export const years = ['2018-19', '2019-20', '2020-21', '2021-22', '2022-23'] as const;
export type Year = (typeof years)[number];

/** The year of the school list. */
export const listYear: Year = '2020-21';

export const county = 'Sample County';
export const esd = {name: 'Sample Educational Service District 199', organization: 900001};

/** The publisher's file of 2020-21 repeats the region's total as a district without schools. */
export const esdAsDistrict = {
  code: '99801',
  name: 'ESD 199 acting as a school district',
  organization: 900008,
};

export type District = {
  code: string;
  name: string;
  organization: number;
  /** Weights of the students' seven races, in the order of the publisher's columns. */
  races: readonly number[];
  /** Weights of the teachers' races, in the order of the teachers' categories: Not Provided is the sixth of eight. */
  teacherRaces: readonly number[];
  /** 0 to 1: how many students need support. */
  need: number;
};

type Level = 'elementary' | 'middle' | 'high' | 'k8' | 'secondary' | 'k12';

export type School = {
  code: string;
  name: string;
  organization: number;
  district: District;
  level: Level;
  type: string;
  /** The approximate number of students while it is open. */
  students: number;
  inRegion: boolean;
  opens?: Year;
  closesAfter?: Year;
  renamed?: {from: Year; name: string};
  preKindergarten?: boolean;
  halfDayKindergartenUntil?: Year;
  transitionToKindergarten?: boolean;
};

const lyra: District = {
  code: '99001',
  name: 'Lyra School District (sample)',
  organization: 900002,
  races: [0.6, 14, 16, 14, 0.6, 10, 44],
  teacherRaces: [0.5, 8, 6, 5, 0.3, 1.5, 3, 75],
  need: 0.35,
};
const cygnus: District = {
  code: '99002',
  name: 'Cygnus School District (sample)',
  organization: 900003,
  races: [1, 17, 21, 28, 4, 9, 20],
  teacherRaces: [0.6, 9, 8, 6, 0.6, 1, 4, 70],
  need: 0.75,
};
const corvus: District = {
  code: '99003',
  name: 'Corvus School District (sample)',
  organization: 900004,
  races: [0.5, 25, 9, 14, 1.5, 9, 41],
  teacherRaces: [0.3, 8, 3, 4, 0.4, 1, 3, 80],
  need: 0.3,
};
const draco: District = {
  code: '99004',
  name: 'Draco School District (sample)',
  organization: 900005,
  races: [1.2, 9, 13, 38, 3, 9, 27],
  teacherRaces: [0.8, 5, 5, 9, 0.4, 0.5, 3, 76],
  need: 0.85,
};
const crux: District = {
  code: '00905',
  name: 'Crux School District (sample)',
  organization: 900006,
  races: [3, 5, 3, 31, 1, 7, 50],
  teacherRaces: [1, 2, 1, 7, 0.2, 0.5, 2, 86],
  need: 0.6,
};
const hydra: District = {
  code: '99005',
  name: 'Hydra School District (sample)',
  organization: 900007,
  races: [1, 7, 2, 11, 0.5, 7, 72],
  teacherRaces: [0.4, 2, 1, 3, 0.1, 1, 2, 90],
  need: 0.2,
};

export const districts: readonly District[] = [lyra, cygnus, corvus, draco, crux, hydra];

type Draft = Pick<School, 'code' | 'name' | 'level' | 'students'> & Partial<School>;

function makeSchools(district: District, drafts: readonly Draft[]): Omit<School, 'organization'>[] {
  return drafts.map((draft) => ({district, type: 'P', inRegion: true, ...draft}));
}

export const schools: readonly School[] = [
  // Only some schools of the large district are in the region.
  ...makeSchools(lyra, [
    {code: '9001', name: 'Vega Elementary', level: 'elementary', students: 410, transitionToKindergarten: true},
    {code: '9002', name: 'Sheliak Elementary', level: 'elementary', students: 350, preKindergarten: true},
    {code: '9003', name: 'Sulafat Elementary', level: 'elementary', students: 290},
    {code: '9004', name: 'Altair Middle', level: 'middle', students: 720},
    {code: '9005', name: 'Alshain Middle', level: 'middle', students: 610},
    {code: '9006', name: 'Mira High', level: 'high', students: 1240},
    {code: '9007', name: 'Algol High', level: 'high', students: 1060},
    {code: '9008', name: 'Callisto K-8', level: 'k8', students: 480, type: 'A'},
    {code: '9009', name: 'Tethys Elementary', level: 'elementary', students: 380, inRegion: false},
    {code: '9010', name: 'Ganymede Elementary', level: 'elementary', students: 440, inRegion: false},
    {
      code: '9011',
      name: 'Dione Elementary',
      level: 'elementary',
      students: 320,
      inRegion: false,
      preKindergarten: true,
    },
    {code: '9012', name: 'Iapetus Elementary', level: 'elementary', students: 270, inRegion: false},
    {code: '9013', name: 'Mimas Middle School', level: 'middle', students: 830, inRegion: false},
    {code: '9014', name: 'Rhea High School', level: 'high', students: 1510, inRegion: false},
  ]),
  ...makeSchools(cygnus, [
    {code: '9015', name: 'Andromeda Elementary School', level: 'elementary', students: 390, preKindergarten: true},
    {code: '9016', name: 'Sadr Elementary', level: 'elementary', students: 460},
    {code: '9017', name: 'Albireo Elementary', level: 'elementary', students: 340, preKindergarten: true},
    {code: '9018', name: 'Tarazed Elementary', level: 'elementary', students: 300, opens: '2021-22'},
    {code: '9019', name: 'Gienah Middle', level: 'middle', students: 690},
    {code: '9020', name: 'Rukh Middle', level: 'middle', students: 540},
    {code: '9021', name: 'Fawaris High', level: 'high', students: 1320},
    {code: '9022', name: 'Aljanah High', level: 'high', students: 310, type: 'A'},
  ]),
  ...makeSchools(corvus, [
    {code: '9023', name: 'Algorab Elementary', level: 'elementary', students: 420},
    {code: '9024', name: 'Kraz Elementary', level: 'elementary', students: 360},
    {
      code: '9025',
      name: 'Minkar Elementary',
      level: 'elementary',
      students: 160,
      closesAfter: '2020-21',
      halfDayKindergartenUntil: '2019-20',
    },
    {code: '9026', name: 'Alchiba Middle', level: 'middle', students: 580},
    {code: '9027', name: 'Spica High', level: 'high', students: 980},
  ]),
  ...makeSchools(draco, [
    // Has the same name as a school of another district, so that a name alone is ambiguous.
    {code: '9028', name: 'Andromeda Elementary School', level: 'elementary', students: 430},
    {code: '9029', name: 'Thuban Elementary', level: 'elementary', students: 370, preKindergarten: true},
    {code: '9030', name: 'Eltanin Elementary', level: 'elementary', students: 510},
    {
      code: '9031',
      name: 'Rastaban Middle',
      level: 'middle',
      students: 650,
      renamed: {from: '2021-22', name: 'Edasich Middle'},
    },
    {code: '9032', name: 'Altais High', level: 'high', students: 1130},
    {code: '9033', name: 'Kuma Homeschool', level: 'high', students: 23, type: 'A'},
    {code: '9034', name: 'Grumium Academy', level: 'secondary', students: 260, type: 'A'},
  ]),
  // Codes with leading zeros, which spreadsheets remove.
  ...makeSchools(crux, [
    {code: '0912', name: 'Acrux Elementary', level: 'elementary', students: 310, transitionToKindergarten: true},
    {code: '0913', name: 'Mimosa Elementary', level: 'elementary', students: 280},
    {code: '0914', name: 'Gacrux Middle', level: 'middle', students: 330},
    {code: '0915', name: 'Imai High', level: 'high', students: 450},
    {code: '0916', name: 'Ginan K-12', level: 'k12', students: 8, type: 'A'},
  ]),
  ...makeSchools(hydra, [
    {code: '9035', name: 'Alphard Elementary', level: 'elementary', students: 400, inRegion: false},
    {code: '9036', name: 'Ukdah Middle School', level: 'middle', students: 470, inRegion: false},
    {code: '9037', name: 'Minchir High School', level: 'high', students: 640, inRegion: false},
  ]),
].map((school, index) => ({...school, organization: 900101 + index}));

/** An organization with teachers and no students, which occurs only in the teacher files. */
export const serviceCenter = {
  code: '9099',
  name: 'Lyra Service Center',
  organization: 900199,
  district: lyra,
  type: 'P',
};

export function isOpen(school: School, year: Year): boolean {
  // Years compare as text.
  return (school.opens ?? year) <= year && (school.closesAfter ?? year) >= year;
}

export function findName(school: School, year: Year): string {
  return school.renamed && school.renamed.from <= year ? school.renamed.name : school.name;
}

export function findFlags(school: School): {elementary: boolean; middle: boolean; high: boolean} {
  const {level} = school;
  return {
    elementary: level === 'elementary' || level === 'k8' || level === 'k12',
    middle: level === 'middle' || level === 'k8' || level === 'secondary' || level === 'k12',
    high: level === 'high' || level === 'secondary' || level === 'k12',
  };
}

const elementaryGrades = ['Kindergarten', '1st Grade', '2nd Grade', '3rd Grade', '4th Grade', '5th Grade'];
const middleGrades = ['6th Grade', '7th Grade', '8th Grade'];
const highGrades = ['9th Grade', '10th Grade', '11th Grade', '12th Grade'];

/** Lists the grades of a school in a year, under the publisher's names. */
export function listGrades(school: School, year: Year): string[] {
  const flags = findFlags(school);
  return [
    ...(school.preKindergarten ? ['Pre-Kindergarten'] : []),
    ...(school.transitionToKindergarten && year === '2022-23' ? ['Transition to Kindergarten'] : []),
    ...((school.halfDayKindergartenUntil ?? '') >= year ? ['Half-day Kindergarten'] : []),
    ...(flags.elementary ? elementaryGrades : []),
    ...(flags.middle ? middleGrades : []),
    ...(flags.high ? highGrades : []),
  ];
}
