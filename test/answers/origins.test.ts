import assert from 'node:assert/strict';
import {test} from 'node:test';
import {formatOrigin, type Input, listOrigins} from '../../src/answers/origins.ts';

const washington = {state: 'Washington'};

function make(source: string, schoolYears: string[], rest: Partial<Input> = {}): Input {
  const file = `${source}-${schoolYears[0]}.csv`;
  return {source, file, origin: file, landedAt: '2026-11-20T23:59:00.000Z', isSample: false, schoolYears, ...rest};
}

const inputs = [
  make('ospi-enrollment', ['2019-20'], {
    origin: 'https://data.wa.gov/api/views/gtd3-scga/rows.csv?accessType=DOWNLOAD',
  }),
  make('ospi-enrollment', ['2020-21'], {file: 'RECONSTRUCTED.csv'}),
  make('ospi-teachers', ['2018-19', '2019-20'], {note: 'Counts are recovered.'}),
  make('school-list', ['2020-21'], {isSample: true}),
];

const say = (subjects: string[], years: string[], region = washington) =>
  listOrigins(inputs, subjects, years, region).map(formatOrigin);

test('a file is fetched from a host on a day, supplied by hand, or invented; only what the figures need is named', () => {
  assert.deepEqual(say(['enrollment'], ['2019-20']), [
    'Report Card Enrollment 2019-20 (OSPI), fetched from data.wa.gov on 2026-11-20.',
  ]);
  assert.deepEqual(
    say(['enrollment', 'school_list'], ['2020-21']),
    [
      'Report Card Enrollment 2020-21 (OSPI), as supplied in RECONSTRUCTED.csv.',
      'Road Map Project school list 2020-21 (Rollcall’s sample), invented.',
    ],
    'the publisher’s site is not credited, and a name says nothing of the content',
  );
});

test('a note stands only with the years and the source that it is about', () => {
  assert.deepEqual(say(['teachers'], ['2019-20']), [
    'Report Card Teacher Demographics 2019-20 (OSPI), as supplied in ospi-teachers-2018-19.csv. Counts are recovered.',
  ]);
  assert.deepEqual(say(['teachers'], ['2020-21']), []);
  assert.ok(say(['enrollment'], ['2019-20', '2020-21']).every((text) => !text.includes('recovered')));
});

test('files that came in the same way are named together, and others apart', () => {
  const years = ['2018-19', '2019-20', '2020-21'];
  const both = [make('ospi-enrollment', ['2018-19']), make('ospi-enrollment', ['2019-20']), ...inputs.slice(1, 2)];
  assert.deepEqual(
    listOrigins(both, ['enrollment'], years, washington).map(({title, how}) => `${title}, ${how}`),
    [
      'Report Card Enrollment 2018-19 to 2020-21 (3), as supplied in ospi-enrollment-2018-19.csv, ospi-enrollment-2019-20.csv and RECONSTRUCTED.csv',
    ],
  );
  assert.equal(listOrigins(inputs, ['enrollment'], years, washington).length, 2);
});

test('a list counts for every year, and a source only for regions of its state', () => {
  assert.equal(say(['school_list'], ['2024-25']).length, 1);
  assert.deepEqual(say(['enrollment', 'teachers', 'school_list'], ['2019-20'], {state: 'Oregon'}), []);
});
