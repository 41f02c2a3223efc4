/** What goes wrong in the publisher's enrollment files, done to rows that are sound. */

import type {EnrollmentRow} from './enrollment-row.ts';
import {randomFor, shuffled} from './random.ts';
import {esdAsDistrict, schools} from './schools.ts';
import {type Counts, describe, nobody, programs} from './students.ts';

/** 2019-20: the total row of every district and of two schools in three occurs again, with 0 for every figure. */
export function zeroTwins(rows: EnrollmentRow[]): EnrollmentRow[] {
  let school = 0;
  return rows.flatMap((row) => {
    if (row.grade !== undefined || row.level === 'State') return [row];
    if (row.level === 'School') school += 1;
    const spared = row.level === 'School' && school % 3 === 0;
    if (spared) return [row];
    // As in the publisher's file, a few twins have kept their foster care count.
    const kept = row.level === 'District' ? {Foster_Care: row.counts.Foster_Care} : {};
    return [row, {...row, counts: {...nobody(), ...kept}}];
  });
}

/** 2020-21: in five rows White is too low for the races to add up. */
export function dropWhite(rows: EnrollmentRow[]): EnrollmentRow[] {
  const random = randomFor('drop white');
  const enough = rows.filter((row) => row.counts.White > 10);
  const some = (count: number, wanted: (row: EnrollmentRow) => boolean) =>
    shuffled(enough.filter(wanted), random).slice(0, count);
  const hit = new Set([
    ...some(3, (row) => row.level === 'School' && row.grade !== undefined),
    ...some(1, (row) => isOfRegion(row) && row.grade === undefined),
    // The totals of districts and the state stay right, in all grades: they are what other figures are checked against.
    ...some(1, (row) => row.level === 'District' && row.grade !== undefined),
  ]);
  return rows.map((row) =>
    hit.has(row) ? {...row, counts: {...row.counts, White: row.counts.White - random.whole(1, 3)}} : row,
  );
}

/** 2020-21: the region's service district is a district once more, with everybody in it and no schools. */
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

/** 2020-21: six rows of nobody knows whom: figures and a grade, no level, code or name. */
export function withoutLevel(rows: EnrollmentRow[]): EnrollmentRow[] {
  const random = randomFor('without level');
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
 * 2022-23: figures that could tell on a student are published as 0, and a column says so. Totals were made before, so
 * they are more than the sum of their parts.
 */
export function suppress(rows: EnrollmentRow[]): EnrollmentRow[] {
  const random = randomFor('suppress');
  return rows.map((row) => {
    const all = row.counts['All Students'];
    if (all < 10) return {...row, counts: nobody(), dat: 'DAT Applied: N < 10'};

    const telling = programs.filter(
      ({name, complement}) => isOver95(row.counts, name) || isOver95(row.counts, complement),
    );
    // The publisher's rule would hit nearly every row. A third is enough to test with, and leaves figures to look at.
    if (telling.length > 0 && random.happens(1 / 3)) {
      const hidden = telling.flatMap(({name, complement}) => [name, complement]);
      return {...row, counts: {...row.counts, ...zeros(hidden)}, dat: 'DAT Applied: > 95%'};
    }

    const foster = row.counts.Foster_Care;
    if (foster > 0 && foster < 10) {
      const counts = {...row.counts, ...zeros(['Foster_Care', 'Non_Foster_Care'])};
      return {...row, counts, dat: 'DAT Applied: Foster Care - N < 10'};
    }
    return row;
  });
}

/** Where it is met by everybody who looks at the region alone. */
function isOfRegion(row: EnrollmentRow): boolean {
  return schools.some((school) => school.inRegion && school.organization === row.school?.organization);
}

function isOver95(counts: Counts, measure: keyof Counts): boolean {
  return counts[measure] > 0.95 * counts['All Students'];
}

function zeros(hidden: readonly (keyof Counts)[]): Partial<Counts> {
  return Object.fromEntries(hidden.map((measure) => [measure, 0]));
}
