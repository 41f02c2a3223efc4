import assert from 'node:assert/strict';
import {test} from 'node:test';
import {rollcall} from '../support/command.ts';
import {makeFolder} from '../support/publisher.ts';
import {list, makeStudents, teachers} from '../support/small.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';

test('every form of an answer says where its figures come from, with the notes and the label', async () => {
  const home = makeTemporaryFolder('home');
  const from = await makeFolder({
    's.csv': makeStudents(30),
    't.csv': teachers,
    'l.csv': list,
    'notes.yml': 't.csv: Counts are recovered.',
  });
  const ran = await rollcall(['run', '--no-site', '--from', from, '--home', home, '--label', ' Trial ']);
  assert.equal(ran.code, 0, ran.stderr);
  assert.match(ran.stdout, /^Trial\.\n/);
  const said = [
    'Report Card Teacher Demographics 2020-21 (OSPI), as supplied in t.csv. Counts are recovered.',
    'Road Map Project school list 2020-21 (Road Map Project), as supplied in l.csv.',
  ];
  const answer = async (...args: string[]) => {
    const {code, stdout, stderr} = await rollcall(['answer', 'teacher-groups', ...args, '--home', home]);
    assert.equal(code, 0, stderr);
    assert.ok(stderr.includes('Trial.\n'), 'the label is on standard error');
    return {stdout, stderr};
  };
  for (const format of ['table', 'csv', 'json']) {
    const {stdout, stderr} = await answer('--format', format);
    for (const text of said) assert.ok(stderr.includes(`Source: ${text}\n`), format);
    assert.doesNotMatch(stderr, /Enrollment/, 'which it does not need');
    if (format === 'csv') assert.match(stdout, /^school_year,region_id,school_id,school_code,/, 'it stays data');
    if (format !== 'json') continue;
    const rows: {origin: string}[] = JSON.parse(stdout);
    assert.ok(rows.length > 0 && rows.every(({origin}) => origin === said.join(' ')));
  }
  const {stdout} = await answer('--format', 'md');
  assert.match(stdout, /^\*\*.*\(Trial\)\*\*\n/);
  assert.ok(stdout.endsWith(said.map((text) => `\nSource: ${text}\n`).join('')));
});

test('a label is one line that fits under a chart', async () => {
  for (const label of ['x'.repeat(61), 'two\nlines']) {
    const {code, stderr} = await rollcall(['run', '--label', label, '--home', makeTemporaryFolder('home')]);
    assert.equal(code, 2);
    assert.match(stderr, /^rollcall: --label: a label is one line of at most 60 characters; this one has \d+\./);
  }
});
