import assert from 'node:assert/strict';
import {test} from 'node:test';
import {type DatasetFreshness, findExpectedReleases} from '../../src/incoming/freshness.ts';

const source = {
  id: 'figures',
  title: 'Figures',
  datasets: {'2019-20': 'a', '2020-21': 'b'},
  releases: [
    {name: 'preliminary', from: '01-01', by: '02-28'},
    {name: 'final', from: '06-01', by: '07-31'},
  ],
};

function landed(schoolYear: string, publishedAt: string): DatasetFreshness {
  return {
    id: schoolYear,
    schoolYears: [schoolYear],
    rows: 1,
    checkedAt: publishedAt,
    publishedAt,
    landedAt: publishedAt,
  };
}

const older = landed('2019-20', '2020-07-01T00:00:00Z');

/** Returns the overdue release of a day; null if there is none. */
const overdue = (day: string, ...datasets: DatasetFreshness[]) =>
  findExpectedReleases(source, datasets, new Date(`${day}T12:00:00Z`)).overdue?.id ?? null;

test('preliminary figures are due by the end of February, final ones by the end of July', () => {
  const preliminary = landed('2020-21', '2021-02-10T00:00:00Z');
  const final = landed('2020-21', '2021-06-15T00:00:00Z');
  assert.equal(overdue('2021-02-28', older), null, 'the last day is still in time');
  assert.equal(overdue('2021-03-01', older), 'figures 2020-21 preliminary');
  assert.equal(overdue('2021-03-01', older, preliminary), null);
  assert.equal(overdue('2021-07-31', older, preliminary), null);
  assert.equal(
    overdue('2021-08-01', older, preliminary),
    'figures 2020-21 final',
    'the preliminary ones are not the final ones',
  );
  assert.equal(overdue('2021-08-01', older, final), null);
  assert.equal(overdue('2022-02-28', older, final), null, 'nothing is due in winter');
  assert.equal(overdue('2022-03-01', older, final), 'figures 2021-22 preliminary');
});

test('the message about an undeclared year says which file to add it to', () => {
  const {overdue, next} = findExpectedReleases(source, [older], new Date('2022-03-01T00:00:00Z'));
  assert.equal(
    overdue?.message,
    'Figures 2021-22: the preliminary figures were expected by 2022-02-28 and have not arrived. Its data set is not declared yet: add a line to src/sources/figures.ts.',
  );
  assert.deepEqual(next, {release: 'final', schoolYear: '2021-22', by: '2022-07-31'});
});

test('nothing is overdue if nothing was ever downloaded or nothing is expected', () => {
  const never = {...older, landedAt: null, publishedAt: null};
  assert.equal(overdue('2022-03-01', never), null);
  const {releases: _, ...unannounced} = source;
  assert.deepEqual(findExpectedReleases(unannounced, [older], new Date('2022-03-01T00:00:00Z')), {
    overdue: null,
    next: null,
  });
});
