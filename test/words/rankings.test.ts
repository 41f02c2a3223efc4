import assert from 'node:assert/strict';
import {test} from 'node:test';
import {describeTies, explainMarks, formatSize, listMarks} from '../../src/words/rankings.ts';

const thresholds = {
  smallNumber: 12,
  rankMinStudents: 40,
  rankMinTeachers: 15,
  schoolsPerGroup: 5,
  schoolsByTeachersOfColor: 10,
};

test('a star marks figures of few people, a dagger ranks of small schools; what is not known is not marked', () => {
  assert.deepEqual(listMarks({is_small: true, is_rank_small: true}), ['*', '†']);
  assert.deepEqual(listMarks({is_small: true, is_rank_small: false}), ['*']);
  assert.deepEqual(listMarks({is_small: null, is_rank_small: true}), ['†']);
  assert.deepEqual(listMarks({is_small: null}), []);
});

test('only the marks that occur are explained, with the size of what is ranked', () => {
  const ofStudents = {all_students_count: 5, is_small: false, is_rank_small: true};
  assert.deepEqual(explainMarks([{...ofStudents, is_rank_small: false}], thresholds), []);
  assert.deepEqual(explainMarks([], thresholds), []);
  assert.deepEqual(explainMarks([ofStudents, {...ofStudents, is_small: true}], thresholds), [
    '* rests on fewer than 12 people; read it with care.',
    '† ranks a school with fewer than 40 students; one person more or less changes it.',
  ]);
  const dagger = (row: object) => explainMarks([{is_rank_small: true, ...row}], thresholds)[0];
  assert.match(dagger({all_teachers_count: 5}) ?? '', /fewer than 15 teachers;/);
  assert.match(dagger({all_teachers_count: 5, all_students_count: 9}) ?? '', /fewer than 40 students or 15 teachers;/);
});

test('a size is stated as far as it is given', () => {
  assert.deepEqual(formatSize({minStudents: 30}), ['30 students']);
  assert.deepEqual(formatSize({minStudents: 0, minTeachers: 1}), ['0 students', '1 teacher']);
  assert.deepEqual(formatSize({}), []);
});

test('schools that tie with the last one are named', () => {
  assert.equal(describeTies([]), undefined);
  assert.equal(describeTies([{tied_beyond: 0, tied_schools: null}]), undefined);
  assert.equal(
    describeTies([{tied_beyond: 1, tied_schools: 'Vega'}]),
    '1 more school has the same value as the last one listed: Vega.',
  );
  assert.equal(
    describeTies([{tied_beyond: 7, tied_schools: 'Vega, Mira and 5 others'}]),
    '7 more schools have the same value as the last one listed: Vega, Mira and 5 others.',
  );
});
