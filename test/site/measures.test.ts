import assert from 'node:assert/strict';
import {test} from 'node:test';
import * as v from 'valibot';
import {describeMeasures} from '../../site/words/measures.ts';
import {representation} from '../../src/report/organizations.ts';

const unknown = Object.fromEntries(Object.keys(representation.entries).map((column) => [column, null]));
const makePeers = (gaps: readonly (number | null)[]) =>
  gaps.map((gap_pp) => v.parse(representation, {...unknown, school_year: '2020-21', gap_pp}));

test('a school’s gap has its place among its peers: their ticks, how many are lower and higher, and their median', () => {
  const place = (gaps: readonly (number | null)[], own: number) => {
    const peers = makePeers(gaps);
    const [gap] = describeMeasures({report: {build: {isSample: false}}}, peers[own] ?? assert.fail(), [], peers, {
      name: 'the school',
      peers: 'schools',
    });
    const ticks = [...(gap?.place?.drawing.svg ?? '').matchAll(/M([\d.]+),9L/g)].map(([, x]) => Number(x));
    return [gap?.place?.sentence, ticks];
  };
  // The scale goes from −100 at 6 px to +40 at 334 px. A second group of peers has ticks of its own.
  assert.deepEqual(place([-30, -20, -20, null, -10, 0, 60], 1), [
    'Among 6 schools, 1 is lower and 3 are higher; 1 is the same. The median is −15.0.',
    [170, 193.4, 216.9, 240.3, 334],
  ]);
  assert.deepEqual(place([-65, -60, -50, -45, -40], 4), [
    'Among 5 schools, 4 are lower and 0 are higher. The median is −50.0.',
    [88, 99.7, 123.1, 134.9, 146.6],
  ]);
  assert.deepEqual(place([-65, -60, -50, -45], 0), [undefined, []], 'too few to compare');
});
