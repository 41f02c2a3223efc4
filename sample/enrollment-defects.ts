/** The defects of the publisher's enrollment files, applied to sound rows. */

import type {EnrollmentRow} from './enrollment-row.ts';
import {seedRandom, shuffle} from './random.ts';
import {esdAsDistrict, schools} from './schools.ts';
import {type Counts, describe, makeZeroCounts, programs} from './students.ts';

/** 2019-20: adds a second total row, with 0 for every figure, for each district and for two of three schools. */
export function addZeroTwins(rows: EnrollmentRow[]): EnrollmentRow[] {
  let school = 0;
  return rows.flatMap((row) => {
    if (row.grade !== undefined || row.level === 'State') return [row];
    if (row.level === 'School') school += 1;
    const spared = row.level === 'School' && school % 3 === 0;
    if (spared) return [row];
    // As in the publisher's file, a few twins keep their foster care count.
    const kept = row.level === 'District' ? {Foster_Care: row.counts.Foster_Care} : {};
    return [row, {...row, counts: {...makeZeroCounts(), ...kept}}];
  });
}

/** 2020-21: lowers White in five rows, so that their races do not add up. */
export function dropWhite(rows: EnrollmentRow[]): EnrollmentRow[] {
  const random = seedRandom('drop white');
  const enough = rows.filter((row) => row.counts.White > 10);
  const some = (count: number, wanted: (row: EnrollmentRow) => boolean) =>
    shuffle(enough.filter(wanted), random).slice(0, count);
  const hit = new Set([
    ...some(3, (row) => row.level === 'School' && row.grade !== undefined),
    ...some(1, (row) => isOfRegion(row) && row.grade === undefined),
    // All-grades totals of districts and the state stay right, because checks compare other figures with them.
    ...some(1, (row) => row.level === 'District' && row.grade !== undefined),
  ]);
  return rows.map((row) =>
    hit.has(row) ? {...row, counts: {...row.counts, White: row.counts.White - random.whole(1, 3)}} : row,
  );
}

/** 2020-21: adds the region's service district again as a district with all students and no schools. */
export function repeatAsEsd(rows: EnrollmentRow[]): EnrollmentRow[] {
  const {county, esd} = rows.find((row) => row.level === 'District') ?? {};
  const total = rows
    .filter((row) => row.level === 'State')
    .map(
      (row): EnrollmentRow => ({
        ...row,
        level: 'District',
        ...(county && {county}),
        ...(esd && {esd}),
        district: esdAsDistrict,
        school: {name: 'District Total'},
      }),
    );
  const firstOfState = rows.findIndex((row) => row.level === 'State');
  return [...rows.slice(0, firstOfState), ...total, ...rows.slice(firstOfState)];
}

const gradesWithoutLevel = ['10th Grade', '11th Grade', '12th Grade', '6th Grade', '9th Grade', undefined];

/** 2020-21: adds six rows of unknown origin, with figures and a grade but no level, code or name. */
export function addRowsWithoutLevel(rows: EnrollmentRow[]): EnrollmentRow[] {
  const random = seedRandom('without level');
  const raceWeights = [2, 8, 12, 30, 2, 9, 37];
  const programShares = programs.map(({share: [lowest, highest]}) => (lowest + highest) / 2);
  const lost = gradesWithoutLevel.map((grade): EnrollmentRow => {
    const students = random.whole(3, 40);
    const counts = describe(students, grade ?? '', '2020-21', raceWeights, programShares, random);
    return {level: undefined, grade, counts};
  });
  return [...rows, ...lost];
}

/**
 * 2022-23: publishes figures that could identify a student as 0, with a note in a column. Totals are made earlier, so
 * they exceed the sum of their parts.
 */
export function suppress(rows: EnrollmentRow[]): EnrollmentRow[] {
  const random = seedRandom('suppress');
  return rows.map((row) => {
    const all = row.counts['All Students'];
    if (all < 10) return {...row, counts: makeZeroCounts(), dat: 'DAT Applied: N < 10'};

    const telling = programs.filter(
      ({name, complement}) => isOver95(row.counts, name) || isOver95(row.counts, complement),
    );
    // The publisher's rule would affect nearly every row. A third is enough for tests, and leaves figures to look at.
    if (telling.length > 0 && random.happens(1 / 3)) {
      const hidden = telling.flatMap(({name, complement}) => [name, complement]);
      return {...row, counts: {...row.counts, ...makeZeros(hidden)}, dat: 'DAT Applied: > 95%'};
    }

    const foster = row.counts.Foster_Care;
    if (foster > 0 && foster < 10) {
      const counts = {...row.counts, ...makeZeros(['Foster_Care', 'Non_Foster_Care'])};
      return {...row, counts, dat: 'DAT Applied: Foster Care - N < 10'};
    }
    return row;
  });
}

/** Returns whether the row is a school of the region, where readers of the region's figures see it. */
function isOfRegion(row: EnrollmentRow): boolean {
  return schools.some((school) => school.inRegion && school.organization === row.school?.organization);
}

function isOver95(counts: Counts, measure: keyof Counts): boolean {
  return counts[measure] > 0.95 * counts['All Students'];
}

function makeZeros(hidden: readonly (keyof Counts)[]): Partial<Counts> {
  return Object.fromEntries(hidden.map((measure) => [measure, 0]));
}
