import assert from 'node:assert/strict';
import {test} from 'node:test';
import {findMedian} from '../../src/words/median.ts';

test('the median of an even count is the mean of the two in the middle, whatever the order', () => {
  assert.equal(findMedian([40, 10, 30, 20]), 25);
  assert.equal(findMedian([30, 10, 20]), 20);
  assert.equal(findMedian([7]), 7);
  assert.equal(findMedian([]), undefined);
});
