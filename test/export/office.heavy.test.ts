import assert from 'node:assert/strict';
import {join} from 'node:path';
import {test} from 'node:test';
import {rollcall} from '../support/command.ts';
import {noOffice, readWithOffice} from '../support/office.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';
import {findPublishedHome, query} from '../support/workspace.ts';
import {sheetNames} from './sheet-names.ts';

test('LibreOffice opens the workbook without a message, and reads the figures of the warehouse', {
  skip: noOffice,
}, async () => {
  const home = await findPublishedHome();
  const workbook = join(makeTemporaryFolder('workbook'), 'rollcall.xlsx');
  const {code, stderr} = await rollcall(['export', '--home', home, '--to', workbook]);
  assert.equal(code, 0, stderr);
  const {sheets, said} = await readWithOffice(workbook);
  assert.equal(said, '');
  assert.deepEqual([...sheets.keys()].sort(), sheetNames.toSorted());
  const shown = (name: string) => {
    const [, , , , header = [], ...rows] = sheets.get(name) ?? [];
    return rows.map((row) => Object.fromEntries(header.map((heading, index) => [heading, row[index] ?? ''])));
  };
  const percent = `case when share is null then '' else printf('%.1f%%', round(100 * share, 1)) end`;
  const expected = await query(
    home,
    `select school_code, school_name, coalesce(teachers_of_color_count::varchar, '') as of_color,
        ${percent.replaceAll('share', 'teachers_of_color_share')} as share,
        case when is_small then 'TRUE' when not is_small then 'FALSE' else '' end as is_small
      from marts.school_representation where school_year = '2020-21'
      order by representation is null, representation_band = 'too few to tell', representation desc, district_name, school_name, school_code`,
  );
  assert.ok(expected.length > 20);
  assert.deepEqual(
    shown('7d Representation').map((row) => ({
      school_code: row['School code'],
      school_name: row['School'],
      of_color: row['Teachers of color'],
      share: row['Teachers of color, share'],
      is_small: row['Rests on few people'],
    })),
    expected,
  );
  assert.equal(
    sheets.get('Schools')?.length,
    5 + Number((await query(home, 'select count(*) as n from marts.schools'))[0]?.['n']),
  );
  // Leading zeros are kept, and the minus is a real minus sign.
  assert.ok(shown('7b Schools').some((row) => /^0\d{3}$/.test(row['School code'] ?? '')));
  assert.ok(shown('7d Representation').some((row) => /^−\d+\.\d$/.test(row['Gap, pp'] ?? '')));
});
