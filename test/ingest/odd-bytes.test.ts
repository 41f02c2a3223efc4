import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {ospiEnrollment} from '../../src/sources/ospi-enrollment.ts';
import {schoolList} from '../../src/sources/school-list.ts';
import {tryReshape} from '../support/reshaping.ts';
import {enrollment, list, sampleFolder} from '../support/workspace.ts';

/** A file with odd bytes. It must end in rows, in rejects or in one error that states the problem. */
interface Odd {
  name: string;
  /** Spoils the lines of the sample (without its own rejects), given as Latin-1 so that a character is a byte. */
  spoil?: (lines: string[]) => void;
  lineEnd?: string;
  /** The lines that must become rejects, with their reasons. */
  rejects?: Record<number, RegExp>;
  /** The number of rows, if it differs from the sample. */
  rows?: number;
  /** The error that is expected. If there are `rejects` too, either is right. */
  error?: RegExp[];
}

const original = readFileSync(join(sampleFolder, enrollment), 'latin1')
  .split('\r\n')
  .filter((line) => !line.startsWith('2020-21,,') && line !== '');
const rowsOfTheSample = original.length - 1;

const school = 'Rhea High School';
/** Spoils line 89, a school's row of all grades. */
const inLine89 = (change: (line: string) => string) => (lines: string[]) => {
  lines[88] = change(lines[88] ?? '');
};
const named = (name: string) => inLine89((line) => line.replace(school, name));
const lineEnds = [/lines? ends?\b/i];

const odd: Odd[] = [
  {name: 'nothing odd at all'},
  {name: 'a letter in Windows-1252', spoil: named('Rh\xe9a'), rejects: {}},
  {
    name: 'a letter in Windows-1252 in two rows, with rows of another shape and empty lines between them',
    spoil: (lines) => {
      named('Rh\xe9a')(lines);
      replaceIn(lines, 300, 'Sample', 'S\xe4mple');
      lines[120] = 'half a row';
      lines[130] += ',1,2';
      lines.splice(39, 0, '');
      lines.splice(199, 0, '', '');
    },
    rejects: {122: /fewer cells/, 132: /more cells/},
  },
  {
    name: 'rows of another shape around empty lines',
    spoil: (lines) => {
      lines[21] = 'a,b';
      lines[88] += ',1,2,3';
      lines.splice(150, 0, 'c', '', 'd');
      lines.splice(30, 0, '', '');
    },
    rejects: {22: /fewer cells/, 91: /more cells/, 153: /fewer cells/, 155: /fewer cells/},
    rows: rowsOfTheSample + 2,
  },
  {
    name: 'every row in Windows-1252',
    spoil: (lines) => {
      for (let line = 2; line <= lines.length; line++) replaceIn(lines, line, 'Sample', 'S\xe4mple');
    },
    rejects: {},
  },
  {name: 'a line break in a quoted cell', spoil: named('"Rhea\r\nHigh"'), rejects: {}},
  {name: 'LF in a quoted cell of a file with CRLF', spoil: named('"Rhea\nHigh"'), rejects: {}},
  {name: 'CRLF in a quoted cell of a file with LF', lineEnd: '\n', spoil: named('"Rhea\r\nHigh"'), rejects: {}},
  {name: 'an empty line in a quoted cell', spoil: named('"Rhea\r\n\r\nHigh"'), rejects: {}},
  {
    name: 'a line break at the start and the end of a quoted cell',
    spoil: named('"\r\nRhea ""High""\r\n"'),
    rejects: {},
  },
  {
    name: 'a line break in a quoted name of the header',
    spoil: (lines) => replaceIn(lines, 1, 'All Students', '"All\r\nStudents"'),
    rejects: {},
  },
  {
    name: 'line breaks in quoted cells among empty lines and rows of another shape',
    spoil: (lines) => {
      named('"Rhea\r\n\r\nHigh"')(lines);
      replaceIn(lines, 200, ',Sample County,', ',"Sample\r\nCounty",');
      lines[120] = 'half a row';
      lines[130] += ',"1\r\n2",3';
      lines.splice(210, 0, '', 'a,b');
      lines.splice(30, 0, '');
    },
    // The lines of the rows above plus those of the breaks and empty lines before them.
    rejects: {124: /fewer cells/, 134: /more cells/, 217: /fewer cells/},
    rows: rowsOfTheSample + 1,
  },
  {
    name: 'a quotation mark that is closed a line later, in the same column',
    spoil: (lines) => {
      named('"Rhea')(lines);
      replaceIn(lines, 90, 'Elementary School', 'Elementary"');
    },
    error: [/line 89/, /quotation mark/, /Fix|[Dd]ownload/],
  },
  {
    name: 'a quotation mark that is never closed',
    spoil: named(`"${school}`),
    error: [/line 89/, /quotation mark/, /Fix|[Dd]ownload/],
  },
  {
    name: 'a quotation mark that is never closed, in the last row',
    spoil: (lines) => replaceIn(lines, lines.length, 'State Total', '"State Total'),
    rejects: {[original.length]: /quotation mark/},
    error: [new RegExp(`line ${original.length}`), /quotation mark|cut off/],
  },
  {name: 'a quotation mark within a cell', spoil: named('Rh"ea'), rejects: {}},
  {name: 'a quotation mark closed too early', spoil: named('"Rhea" High'), rejects: {89: /quotation mark/}},
  {
    name: 'a quotation mark escaped with a backslash',
    spoil: named(String.raw`"Rhea \"High\""`),
    rejects: {89: /quotation mark/},
  },
  {name: 'a quotation mark escaped as it should be', spoil: named('"Rhea ""High"""'), rejects: {}},
  {name: 'a byte that is 0', spoil: named('Rh\0ea'), error: [/binary/, /zero bytes/, /[Dd]ownload/]},
  {
    name: 'a zero byte in a count, far down',
    spoil: (lines) => {
      lines[329] = (lines[329] ?? '').replace(/,(\d+)$/, ',\0$1');
    },
    error: [/binary/, /zero bytes/, /[Dd]ownload/],
  },
  {
    name: 'a byte of value 1 in a file with an empty line',
    spoil: (lines) => {
      named('Rh\x01ea')(lines);
      lines.splice(39, 0, '');
    },
    rejects: {},
  },
  {
    name: 'the DOS end-of-file character',
    spoil: (lines) => void lines.push('\x1a'),
    rejects: {[original.length + 1]: /./},
    rows: rowsOfTheSample + 1,
  },
  {name: 'a line of blanks', spoil: (lines) => void lines.splice(39, 0, '   '), rejects: {}},
  {
    name: 'a line with only a tab',
    spoil: (lines) => void lines.splice(39, 0, '\t'),
    rejects: {40: /fewer cells/},
    rows: rowsOfTheSample + 1,
  },
  {name: 'an empty line before the header', spoil: (lines) => void lines.unshift(''), rejects: {}},
  {
    name: 'two byte order marks',
    spoil: (lines) => replaceIn(lines, 1, 'SchoolYear', '\xef\xbb\xbfSchoolYear'),
    rejects: {},
  },
  {name: 'CR alone', lineEnd: '\r', rejects: {}, error: lineEnds},
  {name: 'LF and CR, the wrong way round', lineEnd: '\n\r', rejects: {}, error: lineEnds},
  {name: 'one LF among CRLF', spoil: (lines) => joinLine(lines, 89, '\n'), rejects: {}, error: lineEnds},
  {name: 'one CR among CRLF', spoil: (lines) => joinLine(lines, 89, '\r'), rejects: {}, error: lineEnds},
  {name: 'one CRLF among LF', lineEnd: '\n', spoil: inLine89((line) => `${line}\r`), rejects: {}, error: lineEnds},
  {
    name: 'a header with CRLF, rows with LF',
    lineEnd: '\n',
    spoil: (lines) => replaceIn(lines, 1, 'Non_Foster_Care', 'Non_Foster_Care\r'),
    rejects: {},
    error: lineEnds,
  },
  {name: 'a header with LF, rows with CRLF', spoil: (lines) => joinLine(lines, 1, '\n'), rejects: {}, error: lineEnds},
  {name: 'a name of a thousand letters', spoil: named('R'.repeat(1000)), rejects: {}},
  ...[1001, 32_768, 1_000_000].map((letters) => ({
    name: `a name of ${letters} letters`,
    spoil: named('R'.repeat(letters)),
    rejects: {89: /SchoolName is .* longer than 1000 characters/},
  })),
  {name: 'a cell of eleven million letters', spoil: named('R'.repeat(11_000_000)), rejects: {89: /line|long|size/}},
  {
    name: 'a row of five thousand cells',
    spoil: inLine89((line) => line + ',1'.repeat(5000)),
    rejects: {89: /more cells/},
  },
  {
    name: 'a row of sixty thousand cells',
    spoil: inLine89((line) => line + ',1'.repeat(60_000)),
    error: [/far more cells than the header has columns: line 89 has 60045, the header 45/],
  },
  {
    name: 'a comma after every row, but not after the header',
    spoil: (lines) => {
      for (let index = 1; index < lines.length; index++) lines[index] += ',';
    },
    rejects: {},
    error: [/more cells/],
  },
];

function replaceIn(
  lines: string[],
  line: number,
  from: string | RegExp,
  to: string | ((found: string) => string),
): void {
  lines[line - 1] = (lines[line - 1] ?? '').replace(from, (found) => (typeof to === 'string' ? to : to(found)));
}

/** Gives one line a different line ending. */
function joinLine(lines: string[], line: number, lineEnd: string): void {
  lines.splice(line - 1, 2, `${lines[line - 1]}${lineEnd}${lines[line]}`);
}

test('a last row with too many cells and no line break is a reject, not a file that was cut off', async () => {
  await tryReshape(ospiEnrollment, `${original.join('\r\n')},1,2`, async (tried) => {
    assert.ok(tried.failure === undefined, tried.failure);
    assert.deepEqual(
      (await tried.rows('rejected_row')).map(({line_number, reason}) => [line_number, reason]),
      [[original.length, 'more cells than the header has columns']],
    );
  });
});

for (const {name, spoil = () => {}, lineEnd = '\r\n', rejects = {}, rows = rowsOfTheSample, error} of odd) {
  test(name, async () => {
    const lines = [...original];
    spoil(lines);
    const contents = Buffer.from(lines.map((line) => line + lineEnd).join(''), 'latin1');
    await tryReshape(ospiEnrollment, contents, async (tried) => {
      if (tried.failure !== undefined) {
        assert.ok(error, `no error was due: ${tried.failure}`);
        for (const part of error) assert.match(tried.failure, part);
        assert.match(tried.failure, /odd\.csv/);
        return;
      }
      const found = await tried.rows('rejected_row');
      assert.deepEqual(
        found.map(({line_number}) => line_number),
        Object.keys(rejects).map(Number),
        JSON.stringify(found.map(({line_number, reason}) => [line_number, reason])),
      );
      for (const {line_number, reason} of found) assert.match(String(reason), rejects[Number(line_number)] ?? /^$/);
      const loaded = await tried.rows('ospi_enrollment_row');
      assert.equal(loaded.length, rows - found.length, 'no row is lost');
      const [partition] = tried.reshaped.partitions;
      assert.deepEqual(
        [partition?.rowsIn, partition?.rowsLoaded, partition?.rowsRejected],
        [rows, loaded.length, found.length],
      );
      // Each row begins in the line that it claims.
      if (!lineEnd.endsWith('\n')) return;
      const physical = contents.toString('utf8').split('\n');
      for (const {line_number, school_code, grade_level} of loaded) {
        const start = Number(line_number) - 1;
        const next = physical.findIndex((line, at) => at > start && line.startsWith('2020-21,'));
        const line = physical.slice(start, next === -1 ? undefined : next).join(' ');
        assert.ok(
          line.startsWith('2020-21,') && line.includes(`,${school_code ?? ''},`) && line.includes(`,${grade_level},`),
          `${line_number}: ${line}`,
        );
      }
    });
  });
}

/** Spoiled fixed-width school lists, with the expected result by line number. Line 8 is a school. */
const oddLists: {name: string; spoil: (lines: string[]) => void; rejects: Record<number, RegExp>; rows?: number}[] = [
  {name: 'nothing odd at all', spoil: () => {}, rejects: {}},
  {
    name: 'a letter in Windows-1252, as SQL Server writes it in its own code page',
    spoil: (lines) => replaceIn(lines, 8, /[A-Z][a-z]+ /, (word) => `${word.slice(0, -2)}\xf1 `),
    rejects: {},
  },
  {
    name: 'two-byte letters before the last columns',
    spoil: (lines) => replaceIn(lines, 8, /[A-Z][a-z]+ /, (word) => `${'\xc3\xb1'.repeat(word.length - 1)} `),
    rejects: {},
  },
  {
    name: 'a row that ends early',
    spoil: (lines) => replaceIn(lines, 8, /.{60}$/, () => ''),
    rejects: {8: /ends before/},
  },
  {name: 'an empty line among the rows', spoil: (lines) => void lines.splice(8, 0, ''), rejects: {}},
  {
    name: 'a line of blanks among the rows',
    spoil: (lines) => void lines.splice(8, 0, ' '.repeat(366)),
    rejects: {},
  },
  {
    name: 'a row of dashes among the rows, where the export was split',
    spoil: (lines) => void lines.splice(8, 0, lines[0]?.replace('\xef\xbb\xbf', '') ?? '', lines[1] ?? ''),
    rejects: {9: /AcademicYear/},
    rows: 33,
  },
  {name: 'a quotation mark', spoil: (lines) => replaceIn(lines, 8, /[A-Z][a-z]/, () => '"x'), rejects: {}},
  {
    name: 'missing blanks at the end of lines',
    spoil: (lines) => {
      for (const [index, line] of lines.entries()) lines[index] = line.trimEnd();
    },
    rejects: {},
  },
];

for (const {name, spoil, rejects, rows = 32} of oddLists) {
  test(`a fixed-width school list: ${name}`, async () => {
    const lines = readFileSync(join(sampleFolder, list), 'latin1').split('\r\n');
    spoil(lines);
    await tryReshape(schoolList, Buffer.from(lines.join('\r\n'), 'latin1'), async (tried) => {
      assert.equal(tried.failure, undefined);
      if (tried.failure !== undefined) return;
      const found = await tried.rows('rejected_row');
      assert.deepEqual(
        found.map(({line_number}) => line_number),
        Object.keys(rejects).map(Number),
        JSON.stringify(found.map(({line_number, reason}) => [line_number, reason])),
      );
      for (const {line_number, reason} of found) assert.match(String(reason), rejects[Number(line_number)] ?? /^$/);
      const loaded = await tried.rows('school_list');
      assert.equal(loaded.length, rows - found.length, 'no row is lost');
      for (const {line_number, school_code, latitude} of loaded) {
        assert.ok(lines[Number(line_number) - 1]?.includes(` ${school_code} `), `${line_number} is not ${school_code}`);
        assert.ok(latitude === null || (Number(latitude) > 47 && Number(latitude) < 48), `${line_number}: ${latitude}`);
      }
    });
  });
}
