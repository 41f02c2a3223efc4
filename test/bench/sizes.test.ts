import assert from 'node:assert/strict';
import {test} from 'node:test';
import {parseSizes} from '../../bench/sizes.ts';

test('each size is states times school years, with its memory limit', () => {
  assert.deepEqual(parseSizes('1x10,50x10@8GB'), [
    {states: 1, years: 10, memory: '2GB'},
    {states: 50, years: 10, memory: '8GB'},
  ]);
  for (const wrong of ['', '10', '0x10', '1x0', '1x10@', '1x10,x'])
    assert.throws(() => parseSizes(wrong), /is not states x years, such as 10x10 or 50x10@8GB\.$/, wrong);
});
