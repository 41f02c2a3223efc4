import assert from 'node:assert/strict';
import {test} from 'node:test';
import {chooseLeads, describeLarge, nameOnce} from '../../site/words/questions.ts';

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
