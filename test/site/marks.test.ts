import assert from 'node:assert/strict';
import {test} from 'node:test';
import {
  scaleLinear,
  traceLine,
  tracePath,
  writeBar,
  writeDot,
  writeGroup,
  writeLines,
  writeText,
} from '../../site/charts/marks.ts';

test('what a chart says is text, whatever letters it has', () => {
  const name = `"A" & <B>'s`;
  assert.equal(writeText(1, 2, name), '<text x="1" y="5.8">&quot;A&quot; &amp; &lt;B&gt;\'s</text>');
  assert.match(writeDot(1, 2, 3, name), /><title>&quot;A&quot; &amp; &lt;B&gt;'s<\/title><\/circle>$/);
});

test('a bar has a width above 0 on either side of where it starts', () => {
  assert.equal(writeBar([100, 40.26], 3, 12), '<rect x="40.3" y="3" width="59.7" height="12"/>');
  assert.equal(writeBar([100, 130], 3, 12), '<rect x="100" y="3" width="30" height="12"/>');
});

test('a line is broken where a figure is missing, and no line is no path', () => {
  assert.equal(tracePath([[0, 1], [2, 3], null, null, [4, 5], [6, 7]]), 'M0,1L2,3M4,5L6,7');
  assert.equal(writeLines([traceLine(0, 1, 2, 3), ''], {stroke: 'red'}), '<path d="M0,1L2,3" stroke="red"/>');
  assert.equal(writeLines(['', ''], {stroke: 'red'}), '');
  assert.equal(writeGroup([''], {fill: 'red'}), '');
});

test('a value has its place between the two ends, also from the right and from below', () => {
  const x = scaleLinear([-100, 100], [50, 10]);
  assert.deepEqual([-100, 0, 50, 100].map(x), [50, 30, 20, 10]);
});
