import assert from 'node:assert/strict';
import {test} from 'node:test';
import {ospiEnrollment} from '../../src/sources/ospi-enrollment.ts';
import {rejectKindWords} from '../../src/words/rejects.ts';
import {type Cells, makeEnrollmentFile} from '../support/publisher.ts';
import {tryReshape} from '../support/reshaping.ts';

const row: Cells = {
  school_year: '2019-20',
  district_code: '99001',
  district_name: 'Lyra',
  school_code: '9001',
  school_name: 'Vega',
};

test('every kind of reject has a description, and every description has a kind that occurs', async () => {
  const lines = makeEnrollmentFile([
    {...row, grade_level: '1st Grade', white: 20},
    {...row, grade_level: '1st Grade', white: 20},
    {...row, grade_level: '2nd Grade', white: 30},
    {...row, grade_level: '2nd Grade', white: 30},
    {...row, grade_level: '3rd Grade', white: 40, school_code: 'none'},
  ]).split('\n');
  // A second row of the second grade, with zeros only.
  lines[4] = (lines[4] ?? '').replaceAll(/(?<=,)30(?=,|$)/g, '0');
  await tryReshape(ospiEnrollment, lines.join('\n'), async (tried) => {
    assert.equal(tried.failure, undefined);
    if (tried.failure !== undefined) return;
    const rows = await tried.rows('rejected_row');
    assert.deepEqual(
      rows.map(({line_number, kind}) => [line_number, kind]),
      [
        [3, 'repetition'],
        [5, 'zero_twin'],
        [6, 'unusable'],
      ],
    );
    assert.deepEqual(rows.map(({kind}) => kind).sort(), Object.keys(rejectKindWords).sort());
  });
});
