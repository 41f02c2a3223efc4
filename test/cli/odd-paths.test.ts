import assert from 'node:assert/strict';
import {mkdirSync, readdirSync, renameSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {rollcall} from '../support/command.ts';
import {oddestName} from '../support/odd-names.ts';
import {list, makeWorkspace, query} from '../support/workspace.ts';

const rows =
  'select school_year, count(*) as n, count(school_id) as schools from marts.schools group by all order by all';

test('a run from odd paths into an odd home reads and writes there, and has the rows of a run from plain ones', async (t) => {
  const space = await makeWorkspace(t);
  const odd = join(space.root, oddestName);
  mkdirSync(odd);
  renameSync(join(space.folder, list), join(odd, 'list.txt'));
  renameSync(space.folder, join(odd, 'from'));
  const home = join(odd, 'home');
  const {code, stderr} = await rollcall([
    ...['run', '--home', home, '--from', join(odd, 'from'), '--school-list', join(odd, 'list.txt')],
  ]);
  assert.equal(code, 0, stderr);
  assert.deepEqual(await query(home, rows), await query(space.home, rows));
  assert.deepEqual(readdirSync(space.root).sort(), [oddestName, 'home']);
});
