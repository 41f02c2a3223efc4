import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {RegionChange} from '../../src/answers/read-scope.ts';
import {countRegionChanges, describeRegionChanges, describeScope} from '../../src/answers/scope.ts';

const region = {region_name: 'North'};
const kent = {name: 'Kent School District', enrollment: 3, teachers: 2, both: 2};
const empty = {name: 'Renton School District', enrollment: 1, teachers: 0, both: 0};

test('what figures need decides which districts have them', () => {
  assert.equal(describeScope([kent, empty], ['enrollment', 'school_list'], region), undefined, 'both have students');
  assert.deepEqual(describeScope([kent, empty], ['enrollment', 'teachers'], region), {
    place: '2 schools of Kent School District',
    note: 'the figures are of 2 schools of Kent School District, not of the whole North: there is no data for Renton',
  });
  assert.equal(describeScope([kent, empty], ['teachers'], region)?.place, '2 schools of Kent School District');
  assert.equal(describeScope([kent, empty], ['teacher_experience'], region), undefined, 'another data set');
  assert.equal(describeScope([empty], ['teachers'], region), undefined, 'nothing is there at all');
});

test('of many districts, the first twelve are named and the others counted', () => {
  const many = (letters: string, figures: number) =>
    [...letters].map((name) => ({name, enrollment: figures, teachers: figures, both: figures}));
  assert.deepEqual(describeScope([...many('ABCDEFGHIJKLMN', 2), ...many('OPQRSTUVWXYZ', 0)], ['teachers'], region), {
    place: '28 schools of A, B, C, D, E, F, G, H, I, J, K, L and 2 more',
    note: 'the figures are of 28 schools of A, B, C, D, E, F, G, H, I, J, K, L and 2 more, not of the whole North: there is no data for O, P, Q, R, S, T, U, V, W, X, Y and Z',
  });
});

function make(change: RegionChange['change'], name: string, isWhole = true): RegionChange {
  return {
    school_year: change === 'closed_before' || change === 'not_yet_open' ? '2019-20' : '2021-22',
    list_school_year: '2020-21',
    school_id: name,
    school_name: name,
    district_name: 'Kent',
    is_whole_district: isWhole,
    change,
  };
}

test('schools that a list leaves out, and those that are gone, are counted and named, five at most', () => {
  const changes = [
    ...['A', 'B', 'C', 'D', 'E', 'F'].map((name) => make('opened', name)),
    make('opened', 'P', false),
    make('closed', 'G'),
    make('closed_before', 'H'),
    make('not_yet_open', 'I', false),
  ];
  assert.deepEqual(describeRegionChanges(changes, '2021-22'), [
    'schools that opened since the 2020–21 list, left out (6): A (Kent), B (Kent), C (Kent), D (Kent), E (Kent) and 1 more',
    'schools that the 2020–21 list doesn’t have, left out; whether they are in the region can’t be told, since only a part of their district is (1): P (Kent)',
    'schools of the 2020–21 list without figures, closed or under another code (1): G (Kent)',
  ]);
  assert.deepEqual(describeRegionChanges(changes, '2019-20'), [
    'schools that closed before the 2020–21 list, left out (1): H (Kent)',
    'schools of the 2020–21 list without figures yet (1): I (Kent)',
  ]);
  assert.deepEqual(describeRegionChanges(changes, '2020-21'), []);
  assert.equal(
    countRegionChanges(changes, '2021-22'),
    'Schools as on the 2020–21 list: 6 not on it are left out, 1 not on it may be in the region and 1 of it without figures.',
  );
  assert.equal(countRegionChanges(changes, '2020-21'), undefined);
});
