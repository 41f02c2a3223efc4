import assert from 'node:assert/strict';
import {test} from 'node:test';
import {formatCounted} from '../../src/words/count.ts';
import {
  formatBytes,
  formatCount,
  formatDay,
  formatDecimal,
  formatLines,
  formatMinute,
  formatRatio,
  formatSchoolYear,
  formatShare,
  formatSigned,
  formatTime,
  formatYears,
  joinWords,
} from '../../src/words/format.ts';

test('a share above 0 is never printed as 0, nor one below 1 as 1', () => {
  const shares = [0, 0.0004, 0.0005, 0.2174, 0.99951, 0.9996, 1];
  assert.deepEqual(
    shares.map((share) => formatShare(share)),
    ['0.0%', '<0.1%', '0.1%', '21.7%', '>99.9%', '>99.9%', '100.0%'],
  );
  assert.deepEqual(
    [0.004, 0.217, 0.996, 1].map((share) => formatShare(share, 0)),
    ['<1%', '22%', '>99%', '100%'],
  );
});

test('differences have a sign, with a real minus; 0 has none', () => {
  assert.deepEqual(
    [-54.24, -0.04, 0, 0.04, 3].map((value) => formatSigned(value)),
    ['−54.2', '0.0', '0.0', '0.0', '+3.0'],
  );
  assert.equal(formatSigned(-0.107, 2), '−0.11');
  assert.equal(formatSigned(12, 0), '+12');
});

test('an unknown value is a dash', () => {
  for (const format of [formatCount, formatShare, formatSigned, formatRatio, formatDecimal]) {
    assert.equal(format(null), '–');
    assert.equal(format(undefined), '–');
  }
});

test('counts, ratios, times and sizes are formatted', () => {
  assert.equal(formatCount(1715), '1,715');
  assert.equal(formatRatio(0.286), '0.29');
  assert.equal(formatDecimal(51.44), '51.4');
  assert.equal(formatDecimal(51.44, 0), '51');
  assert.equal(formatMinute('2026-11-25T06:00:59.123Z'), '2026-11-25 06:00');
  assert.equal(formatTime('2026-11-25T06:00:59.123Z'), '2026-11-25 06:00 UTC');
  assert.equal(formatSchoolYear('2020-21'), '2020–21');
  assert.equal(formatLines([7, 8, 9, 12, 14, 15]), '7–9, 12, 14–15');
  assert.deepEqual([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(joinWords), ['', 'a', 'a and b', 'a, b and c']);
  assert.equal(formatDay('2026-11-25T06:00:59.123Z'), '2026-11-25');
  assert.deepEqual([812, 12_400, 999_499, 1_440_000].map(formatBytes), ['812 B', '12 kB', '999 kB', '1.4 MB']);
});

test('many school years are summarized by the first and the last', () => {
  assert.equal(formatYears([]), '');
  assert.equal(formatYears(['2019-20', '2020-21']), '2019-20, 2020-21');
  assert.equal(formatYears(['2018-19', '2020-21', '2021-22']), '2018-19 to 2021-22 (3)');
});

test('a number is followed by its noun in the singular or plural', () => {
  assert.deepEqual(
    [0, 1, 1200].map((n) => formatCounted(n, 'file')),
    ['0 files', '1 file', '1,200 files'],
  );
  assert.equal(formatCounted(1, 'school has', 'schools have'), '1 school has');
  assert.equal(formatCounted(2, 'school has', 'schools have'), '2 schools have');
});
