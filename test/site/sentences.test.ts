import assert from 'node:assert/strict';
import {test} from 'node:test';
import {describeAssignment, formatOfHundred} from '../../site/words/access.ts';
import {chooseLeads, describeLarge, nameOnce} from '../../site/words/questions.ts';
import {countBeyondPool} from '../../site/words/representation.ts';

const row = (school_name: string, is_rank_small: boolean, share = 1) => ({
  school_code: school_name,
  district_name: 'Lyra',
  school_name,
  is_rank_small,
  share,
});
const names = (lists: Parameters<typeof chooseLeads>[0]) => {
  const {leads, isLimited} = chooseLeads(lists);
  return [...leads.map(({school_name}) => school_name), isLimited];
};

test('a sentence leads with the first school that is large enough, and says so only if a small one comes before', () => {
  const [alder, birch, cedar] = [row('Alder', true), row('Birch', false), row('Cedar', false)];
  assert.deepEqual(names([[alder, birch, cedar]]), ['Birch', true]);
  assert.deepEqual(names([[birch, alder]]), ['Birch', false]);
  assert.deepEqual(names([[alder]]), ['Alder', false], 'nobody is large enough');
  assert.deepEqual(names([[alder, birch], [cedar], [alder], []]), ['Birch', 'Cedar', true]);
  assert.deepEqual(names([]), [false]);
});

test('a school is named once', () => {
  const rows = [row('Alder', false, 3), row('Birch', false, 2), row('Alder', false, 1)];
  assert.equal(
    nameOnce(rows, ({share}) => `${share}`),
    '3 and 1 at Alder; 2 at Birch',
  );
  assert.equal(
    nameOnce([row('Alder', false), row('Alder', false)], ({share}) => `${share}%`),
    '1% at Alder',
    'a school of two types has the same share in both lists',
  );
  const other = {...row('Alder', false), district_name: 'Cygnus'};
  assert.equal(
    nameOnce([row('Alder', false), other], () => 'one'),
    'one at Alder; one at Alder',
  );
});

test('the schools of a size are described', () => {
  assert.equal(describeLarge({minStudents: 30, minTeachers: 10}), 'schools with at least 30 students and 10 teachers');
});

test('a number of a hundred never claims none or all', () => {
  assert.deepEqual([0, 0.004, 0.226, 0.996, 1].map(formatOfHundred), [
    '0',
    'fewer than 1',
    '23',
    'more than 99',
    '100',
  ]);
});

test('a school beyond its pool has more than it; one without a pool does not count', () => {
  assert.deepEqual(countBeyondPool([3, 0, -2, null, 0.1]), {beyond: 2, known: 4});
});

test('an assignment is described beside chance, and with what moves between schools could close', () => {
  const describe = (beyond: number, overall: number, between: number) =>
    describeAssignment({
      dissimilarity: 0.2,
      dissimilarity_expected: 0.1,
      dissimilarity_beyond_chance: beyond,
      overall_gap_pp: overall,
      between_schools_gap_pp: between,
    });
  assert.match(
    describe(0.11, -40, 0),
    /more together at some schools.*without chance \+0\.11.*the gap is −40\.0 points/,
  );
  assert.match(describe(0.11, -40, 0), /No school has more teachers of color than parity asks for/);
  assert.match(describe(-0.3, -40, 2.5), /spread more evenly.*could close at most 2\.5 points/);
  assert.match(describe(0.004, -40, 0), /as a random assignment would spread them/);
  assert.match(describe(0.2, 3, 1), /as many as parity asks for/);
});
