import assert from 'node:assert/strict';
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {projectFolder} from '../src/project-folder.ts';

const folder = join(projectFolder, 'docs', 'decisions');
const names = readdirSync(folder).filter((name) => name !== 'README.md');
const opening =
  /^# (?<number>\d+)\. \S.*\n\nDate: (?<on>\d{4}-\d{2}-\d{2}) · Status: (?:accepted|amended (?<amendedOn>\d{4}-\d{2}-\d{2})|superseded by \[\d+\]\((?<successor>[\w-]+\.md)\))\n\n/;

test('every decision begins with its number, its date and its status', () => {
  assert.ok(names.length > 0);
  for (const name of names) {
    const groups = opening.exec(readFileSync(join(folder, name), 'utf8'))?.groups;
    assert.ok(groups, `${name}: write "Date: 2026-11-22 · Status: accepted" below the title`);
    const {number, on = '', amendedOn, successor} = groups;
    assert.equal(Number(number), Number(name.slice(0, 4)), name);
    for (const day of [on, amendedOn ?? on]) assert.equal(new Date(day).toISOString().slice(0, 10), day, name);
    assert.ok(amendedOn === undefined || amendedOn > on, `${name}: amended before it was made`);
    assert.ok(successor === undefined || names.includes(successor), `${name}: ${successor} is not there`);
  }
});

test('no two decisions have the same number, and missing numbers are explained', () => {
  const numbers = names.map((name) => Number(name.slice(0, 4)));
  assert.deepEqual(numbers, [...new Set(numbers)]);
  const explained = /^Missing numbers: (.+)$/m.exec(readFileSync(join(folder, 'README.md'), 'utf8'))?.[1] ?? '';
  const missing = Array.from({length: Math.max(...numbers)}, (_, index) => index + 1).filter(
    (number) => !numbers.includes(number),
  );
  for (const number of missing) assert.match(explained, new RegExp(`\\b${number}\\b`), `${number} is not explained`);
});
