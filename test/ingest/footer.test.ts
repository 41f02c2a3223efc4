import assert from 'node:assert/strict';
import {test} from 'node:test';
import {schoolList} from '../../src/sources/school-list.ts';
import {makeListFile} from '../support/publisher.ts';
import {tryReshape} from '../support/reshaping.ts';

const rows = makeListFile([
  {district: '99001', school: '9001', types: ['e']},
  {district: '99001', school: '9002', types: ['h']},
]).trimEnd();

for (const [footer, stated, rejected] of [
  ['(2 rows affected)', 2, 0],
  ['(2 row(s) affected)', 2, 0],
  ['(2 filas afectadas)', 2, 0],
  ['(2 fila(s) afectada(s))', 2, 0],
  ['(2 rows infected)', null, 1],
  ['', null, 0],
] as const) {
  test(`the footer ${footer || 'that is missing'} of a school list states ${stated ?? 'no number'}, and ${rejected} rows are rejected`, async () => {
    await tryReshape(schoolList, `${rows}\n${footer}\n`, (tried) => {
      assert.equal(tried.failure, undefined);
      assert.equal(tried.reshaped.statedRows, stated);
      assert.equal(
        tried.reshaped.partitions.reduce((sum, {rowsRejected}) => sum + rowsRejected, 0),
        rejected,
      );
    });
  });
}
