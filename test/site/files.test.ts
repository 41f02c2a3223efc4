import assert from 'node:assert/strict';
import {createHash} from 'node:crypto';
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {before, test} from 'node:test';
import {gunzipSync} from 'node:zlib';
import {parse} from 'csv-parse/sync';
import {HtmlValidate} from 'html-validate';
import {open} from '../../src/duckdb/database.ts';
import {rollcall} from '../support/command.ts';
import {makeListFile} from '../support/publisher.ts';
import {listFiles, makeSite, resolveFile, type Site} from '../support/site.ts';
import {makeStudents, teachers} from '../support/small.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';
import {unzip} from '../support/unzip.ts';
import {type AnswerRow, assertGroups, assertSchools, findSchoolPages, formatShare, readFigure} from './figures.ts';
import {weighPage} from './weight.ts';

let site: Site;
before(async () => {
  site = await makeSite('sample');
});

/** The year that the site of these tests opens with. */
const ofYear = ['--year', '2020-21'];

async function answered(...args: string[]): Promise<AnswerRow[]> {
  const {stdout} = await rollcall(['answer', ...args, ...ofYear, '--json', '--home', site.home]);
  return JSON.parse(stdout) as AnswerRow[];
}

test('each school and each district has a page at its permanent address', async () => {
  const schools = await valuesOf("select school_id from marts.schools where school_year = '2020-21'", 'school_id');
  const districts = await valuesOf(
    "select distinct district_code from marts.schools where school_year = '2020-21'",
    'district_code',
  );
  assert.ok(schools.length > 30 && districts.length === 5);
  for (const id of schools) assert.ok(site.pages.includes(`/schools/${id}/`), id);
  for (const code of districts) assert.ok(site.pages.includes(`/districts/${code}/`), code);
});

async function valuesOf(sql: string, column: string): Promise<string[]> {
  const {stdout} = await rollcall(['sql', sql, '--json', '--home', site.home]);
  return (JSON.parse(stdout) as Record<string, string>[]).map((row) => String(row[column]));
}

test("the figures on all school pages match 'rollcall answer'", async () => {
  assertSchools(site, await answered('representation'));
});

test("the figures by group match 'rollcall answer representation --by group'", async () => {
  assertGroups(site, await answered('representation', '--by', 'group'));
});

async function readRows(sql: string): Promise<AnswerRow[]> {
  const {stdout} = await rollcall(['sql', sql, '--json', '--home', site.home]);
  return JSON.parse(stdout) as AnswerRow[];
}

test('beside each school stand the schools like it, in order, each with what it has in common and its gap', async () => {
  const similar = await readRows(`select own.school_id, peer.school_id as peer, student_overlap, gap_pp
    from marts.schools as own
    join marts.similar_school using (school_year, school_id)
    join marts.school_representation as peer
      on peer.school_year = own.school_year and peer.school_id = similar_school.similar_school_id
    where school_year = '2020-21' order by own.school_id, similarity_rank`);
  assert.ok(similar.length > 30);
  for (const page of findSchoolPages(site).values()) {
    const expected = similar.filter(({school_id}) => page.includes(String(school_id)));
    const section = site.document(page).querySelector('#like ~ div');
    const rows = [...(section?.querySelectorAll('tbody tr:not(.total)') ?? [])].map((row) => [
      row.querySelector('a')?.getAttribute('href')?.split('/').at(-2),
      row.querySelectorAll('td')[0]?.textContent,
      row.querySelectorAll('td')[5]?.textContent?.replace('−', '-').replace('+', ''),
    ]);
    assert.deepEqual(
      rows,
      expected.map((row) => [
        row['peer'],
        `${(100 * Number(row['student_overlap'])).toFixed(0)}%`,
        Number(row['gap_pp']).toFixed(1),
      ]),
      page,
    );
    if (expected.length === 0) assert.match(section?.textContent ?? '', /^No other school/, page);
    const {textContent: lead} = site.document(page).querySelector('.lead') ?? {};
    if (expected.length > 0 && !lead?.includes('doesn’t say'))
      assert.match(lead ?? '', new RegExp(`the ${expected.length} schools? like it`), page);
  }
});

test('the page of each group lists each school with its students under the number of their teachers there', async () => {
  const rows = await readRows(`select demographic_group_id as "group", school_id, student_count, teacher_count
    from marts.school_representation_by_group
    where school_year = '2020-21' and category_type = 'race_ethnicity' and student_count > 0`);
  const pages = site.pages.filter((page) => /^\/questions\/access\/.+/.test(page));
  assert.equal(pages.length, 7);
  for (const page of pages) {
    const ofGroup = rows.filter(({group}) => page.includes(`/${group}/`));
    const listed = (id: string) =>
      [...site.document(page).querySelectorAll(`[aria-labelledby="${id}"] tbody tr`)]
        .map((row) => [row.querySelector('a'), ...row.querySelectorAll('td')])
        .map(([link, students]) => `${link?.getAttribute('href')?.split('/').at(-2)} ${students?.textContent}`)
        .sort();
    const expected = (fits: (teachers: number) => boolean) =>
      ofGroup
        .filter(({teacher_count: teachers}) => teachers !== null && fits(Number(teachers)))
        .map((row) => `${row['school_id']} ${String(row['student_count']).replace(/\B(?=(\d{3})+$)/g, ',')}`)
        .sort();
    assert.deepEqual(
      listed('none'),
      expected((teachers) => teachers === 0),
      page,
    );
    assert.deepEqual(
      listed('one'),
      expected((teachers) => teachers === 1),
      page,
    );
    assert.deepEqual(
      listed('more'),
      expected((teachers) => teachers > 1),
      page,
    );
  }
});

test("the front page, the access page and each district's show 'rollcall answer access', the largest shortfall first", async () => {
  const rows = await answered('access');
  const names = [...new Set(rows.map(({name}) => name))];
  assert.equal(names.length, 6, 'the region and five districts');
  const [region, ...districts] = names;
  const shown = (page: string, table: string) =>
    [...(site.document(page).querySelector(table)?.querySelectorAll('tbody tr') ?? [])].map((row) =>
      [...row.querySelectorAll('td')].map((cell) => cell.textContent),
    );
  const beyondChance = (row: AnswerRow) =>
    (readFigure(row, 'no_teacher_student_share') ?? 0) - (readFigure(row, 'chance_no_teacher_student_share') ?? 0);
  const expected = (name: unknown) =>
    rows
      .filter((row) => row['name'] === name && row['demographic_group_id'] !== 'of_color')
      .sort((one, other) => beyondChance(other) - beyondChance(one))
      .map((row) => [
        String(readFigure(row, 'student_count')).replace(/\B(?=(\d{3})+$)/g, ','),
        String(readFigure(row, 'teacher_count')),
        ...[
          'no_teacher_student_share',
          'chance_no_teacher_student_share',
          'parity_no_teacher_student_share',
          'one_teacher_student_share',
          'teachers_of_color_exposure',
        ].map((column) => formatShare(readFigure(row, column))),
      ]);
  assert.equal(expected(region).length, 7, 'every race has students');
  assert.deepEqual(shown('/questions/access/', '#groups ~ div table'), expected(region));
  assert.deepEqual(shown('/', '#access ~ div table'), expected(region));
  const codes = new Map(
    site.pages
      .filter((page) => /^\/districts\/\d+\/$/.test(page))
      .map((page) => [site.document(page).querySelector('h1')?.textContent, page]),
  );
  for (const name of districts)
    assert.deepEqual(shown(codes.get(String(name)) ?? '', '#access ~ div table'), expected(name), String(name));
});

test("each district's page has the figures of 'rollcall explore assignment'", async () => {
  const {stdout} = await rollcall(['explore', 'assignment', ...ofYear, '--json', '--home', site.home]);
  const rows = JSON.parse(stdout) as AnswerRow[];
  const text = (page: string, place: string) => site.document(page).querySelector(place)?.textContent ?? '';
  const pages = site.pages.filter((page) => /^\/districts\/\d+\/$/.test(page));
  assert.equal(rows.length, pages.length + 1);
  for (const page of pages) {
    const row = rows.find(({name}) => name === text(page, 'h1'));
    assert.ok(row);
    const beyond = readFigure(row, 'dissimilarity_beyond_chance') ?? 0;
    const sign = Math.abs(beyond) < 0.005 ? '' : beyond < 0 ? '−' : '+';
    const ratio = (column: string) => (readFigure(row, column) ?? 0).toFixed(2);
    const told = text(page, '#assignment ~ p');
    assert.ok(
      told.includes(
        `dissimilarity ${ratio('dissimilarity')}, by chance ${ratio('dissimilarity_expected')}; without chance ${sign}${Math.abs(beyond).toFixed(2)}`,
      ),
      told,
    );
    assert.ok(told.includes(`the gap is −${Math.abs(readFigure(row, 'overall_gap_pp') ?? 0).toFixed(1)} points`), told);
  }
});

test("each district's page places its gap among all districts", async () => {
  const rows = await readRows(
    `select district_name, gap_pp from marts.district_representation where school_year = '2020-21'`,
  );
  const gaps = rows.map((row) => readFigure(row, 'gap_pp') ?? Number.NaN);
  for (const page of site.pages.filter((each) => /^\/districts\/\d+\/$/.test(each))) {
    const document = site.document(page);
    const at = rows.findIndex((row) => row['district_name'] === document.querySelector('h1')?.textContent);
    const lower = gaps.filter((gap) => gap < (gaps[at] ?? Number.NaN)).length;
    const place = document.querySelector('.measure:has([data-column="gap_pp"]) .place p')?.textContent ?? '';
    assert.match(
      place,
      new RegExp(`^Among 5 districts, ${lower} (is|are) lower and ${4 - lower} (is|are) higher\\. `),
      page,
    );
  }
});

test('a figure in a chart is not cut', () => {
  const texts = [...site.document('/exploration/').querySelectorAll('#assignment ~ div svg text')].map(
    ({textContent}) => textContent,
  );
  assert.equal(texts.filter((text) => /^0\.\d\d$/.test(text ?? '')).length, 5, 'a dissimilarity for each district');
});

test('7e says how firmly the ten belong to the first', async () => {
  const ofColor = await answered('teachers-of-color');
  const likely = ofColor.filter((row) => (readFigure(row, 'top_probability') ?? 0) >= 0.8).length;
  const lead = site.document('/questions/7e/').querySelector('.lead')?.textContent ?? '';
  assert.match(lead, new RegExp(`${likely} of these ${ofColor.length} would be among the ${ofColor.length}`));
});

test('the rankings on the pages match the answers and their order', async () => {
  const rank = (page: string, columns: number[]) =>
    [...site.document(page).querySelectorAll('table tbody tr')].map((row) => {
      const cells = [...row.children].map((cell) => cell.textContent?.replace(/(\u00a0[*†])+$/, ''));
      return columns.map((column) => cells[column]);
    });
  const ofColor = await answered('teachers-of-color');
  assert.deepEqual(
    rank('/questions/7e/', [0, 1, 5]),
    ofColor.map((row) => [
      String(readFigure(row, 'rank')),
      row['school_name'],
      formatShare(readFigure(row, 'teachers_of_color_share')),
    ]),
  );
  const students = await answered('student-groups');
  assert.deepEqual(
    rank('/questions/7a/', [0, 1, 6]),
    students.map((row) => [
      String(readFigure(row, 'rank')),
      row['school_name'],
      formatShare(readFigure(row, 'student_share')),
    ]),
  );
  const teachers = await answered('teacher-groups');
  assert.deepEqual(
    rank('/questions/7c/', [0, 1, 3]),
    teachers.map((row) => [
      String(readFigure(row, 'rank')),
      row['school_name'],
      String(readFigure(row, 'teacher_count')),
    ]),
  );
});

test("the home page has the region's figures", async () => {
  const {stdout} = await rollcall([
    'sql',
    "select * from region_representation where school_year = '2020-21'",
    '--json',
    '--home',
    site.home,
  ]);
  const [region] = JSON.parse(stdout) as Record<string, number>[];
  assert.ok(region);
  const numbers = [...site.document('/').querySelectorAll('.numbers dd')].map((cell) => cell.textContent);
  assert.deepEqual(numbers, [
    `${Math.round(100 * Number(region['students_of_color_share']))}%`,
    `${Math.round(100 * Number(region['teachers_of_color_share']))}%`,
    String(Math.round(Number(region['students_of_color_count']) / Number(region['teachers_of_color_count']))),
    String(region['teachers_to_parity']),
  ]);
});

test('each figure of a school leads to lines of the landed files', async () => {
  const {stdout} = await rollcall([
    'sql',
    "select school_id, string_agg(distinct line_number::varchar) as line, any_value(landed_sha256) as sha from core.fct_enrollment_all_grades where school_year = '2020-21' group by all",
    '--json',
    '--home',
    site.home,
  ]);
  const lines = JSON.parse(stdout) as {school_id: string; line: string; sha: string}[];
  for (const page of findSchoolPages(site).values()) {
    const rows = [...site.document(page).querySelectorAll('#source ~ div tbody tr')].map((row) =>
      [...row.children].map((cell) => cell.textContent?.trim()),
    );
    const expected = lines.find(({school_id}) => page.includes(school_id));
    const found = rows.find(([year, what]) => year === '2020–21' && what === 'Report Card Enrollment');
    assert.deepEqual([found?.[2], found?.[3]], [expected?.line, expected?.sha.slice(0, 8)], page);
    assert.match(found?.[4] ?? '', /^\d{4}-\d\d-\d\d \d\d:\d\d UTC$/);
  }
});

test('a trace ends in the publisher’s own row: under the header of the landed file stand the cells of that line', async () => {
  const landing = join(site.home, 'landing');
  const landed = new Map(
    listFiles(landing)
      .filter((path) => /\.gz$/.test(path))
      .map((path) => [
        path.split('/').at(-1)?.slice(0, 64) ?? '',
        gunzipSync(readFileSync(join(landing, path))).toString(),
      ]),
  );
  const totals = await readRows(
    "select school_id, all_students_count from marts.schools where school_year = '2020-21'",
  );
  const split = (line = '') => {
    const [cells = []]: string[][] = parse(line, {delimiter: [',', '\t', '|'], relax_quotes: true, bom: true});
    return cells;
  };
  let compared = 0;
  for (const page of findSchoolPages(site).values()) {
    const document = site.document(page);
    for (const details of document.querySelectorAll('details[data-rows]')) {
      const sha = details.querySelector('.hash')?.textContent ?? '';
      const lines = landed.get(sha)?.split('\n') ?? [];
      const header = split(lines[0]);
      const isList = /school list/.test(details.querySelector('summary')?.textContent ?? '');
      if (isList) continue;
      const head = [...details.querySelectorAll('thead th')].map(({textContent}) => textContent ?? '');
      const body = [...details.querySelectorAll('tbody tr')].map((row) =>
        [...row.children].map(({textContent}) => textContent ?? ''),
      );
      // One row stands downward, several stand across.
      const isDownward = body.some(([name = '']) => !/^\d+$/.test(name));
      const rows = isDownward
        ? [{line: Number(head[1]), cells: body.map(([name = '', text = '']) => [name, text] as const)}]
        : body.map(([line, ...cells]) => ({
            line: Number(line),
            cells: cells.map((text, at) => [head[at + 1] ?? '', text] as const),
          }));
      for (const {line, cells} of rows) {
        const published = split(lines[line - 1]);
        for (const [name, text] of cells) {
          const own = published[header.indexOf(name)]?.trim();
          if (text === '(left out)') assert.ok(name === 'Gender X' && Number(own) > 0 && Number(own) < 10, page);
          else assert.equal(text.trim(), own, `${page}: ${name} in line ${line}`);
          compared += 1;
          const total = totals.find(({school_id}) => page.includes(String(school_id)))?.['all_students_count'];
          if (name === 'All Students' && typeof total === 'number' && total > 0)
            assert.equal(Number(text), total, page);
        }
        assert.ok(
          !published.includes('Gender X') || !/^[1-9]$/.test(published[header.indexOf('TeacherCount')] ?? ''),
          page,
        );
      }
    }
  }
  assert.ok(compared > 1000, String(compared));
});

test('no link within the report is broken', () => {
  const ids = new Map<string, Set<string>>();
  const idsOf = (page: string) => {
    const known = ids.get(page) ?? new Set([...site.document(page).querySelectorAll('[id]')].map(({id}) => id));
    ids.set(page, known);
    return known;
  };
  let checked = 0;
  for (const page of [...site.pages, ...site.otherPages]) {
    for (const element of site.document(page).querySelectorAll('[href], [src], [action], [data-from]')) {
      for (const name of ['href', 'src', 'action', 'data-from']) {
        const target = element.getAttribute(name);
        if (target === null) continue;
        // A page opens from a file, at any path: links are relative and name files, since a browser lists a folder.
        const isRelative = !target.startsWith('/') && !/\/(?:[?#]|$)/.test(target);
        if (page !== '/404.html') assert.ok(isRelative, `${page} links to ${target}`);
        const url = new URL(target, `http://report.test${page}`);
        assert.equal(url.host, 'report.test', `${page} leads away to ${target}`);
        const file = resolveFile(site.folder, url.pathname);
        assert.ok(existsSync(file), `${page} links to ${target}, which is not there`);
        const isPage = url.pathname.endsWith('/') || url.pathname.endsWith('.html');
        if (url.hash && isPage)
          assert.ok(
            idsOf(url.pathname.replace(/index\.html$/, '')).has(url.hash.slice(1)),
            `${page} links to ${target}: no such place`,
          );
        checked++;
      }
    }
  }
  assert.ok(checked > 1000);
});

test('the HTML is valid', async () => {
  const validate = new HtmlValidate({
    extends: ['html-validate:recommended'],
    rules: {
      // Matters of taste.
      'no-trailing-whitespace': 'off',
      'void-style': 'off',
      'no-inline-style': 'off',
      'attribute-boolean-style': 'off',
      'attribute-empty-style': 'off',
      'long-title': 'off',
      'doctype-style': 'off',
      'svg-focusable': 'off',
      // Scrollable regions take the focus so that the keyboard can scroll them.
      'no-redundant-role': 'error',
      'prefer-native-element': 'off',
      'tel-non-breaking': 'off',
    },
  });
  const found: string[] = [];
  for (const page of site.pages) {
    const {results} = await validate.validateString(site.html(page));
    for (const {ruleId, message, line} of results.flatMap(({messages}) => messages))
      found.push(`${page}, line ${line}: ${ruleId}: ${message}`);
  }
  assert.deepEqual([...new Set(found)], []);
});

test('each page has its own title and description, ordered headings, and a language', () => {
  const titles = new Map<string, string>();
  for (const page of [...site.pages, ...site.otherPages]) {
    const document = site.document(page);
    assert.equal(document.documentElement.getAttribute('lang'), 'en-US');
    const description = document.querySelector('meta[name="description"]')?.getAttribute('content') ?? '';
    assert.ok(description.length > 20, page);
    const other = titles.get(document.title);
    assert.equal(other, undefined, `${page} is called like ${other}`);
    titles.set(document.title, page);
    const levels = [...document.querySelectorAll('h1, h2, h3, h4')].map(({tagName}) => Number(tagName[1]));
    assert.equal(levels.filter((level) => level === 1).length, 1, page);
    levels.reduce((last, level) => {
      assert.ok(level <= last + 1, `${page}: a heading of level ${level} after one of ${last}`);
      return level;
    }, 0);
  }
});

test('each chart has a description and a table', () => {
  const seen = {charts: 0, figures: 0, tables: 0};
  for (const page of site.pages) {
    for (const chart of site.document(page).querySelectorAll('svg.chart')) {
      seen.charts++;
      assert.equal(chart.getAttribute('role'), 'img');
      assert.ok((chart.getAttribute('aria-label') ?? '').length > 10, page);
    }
    for (const drawn of site.document(page).querySelectorAll('figure')) {
      seen.figures++;
      const title = drawn.querySelector('.finding')?.textContent;
      assert.ok(title, page);
      assert.ok(
        drawn.querySelector('figcaption a[download]'),
        `${page}: ${title}: the data of a chart can be taken away`,
      );
      // These pages have a table of every school further down, which the chart does not repeat.
      if (['/questions/7b/', '/questions/7d/', '/districts/'].includes(page)) continue;
      if (/^\/districts\/\d/.test(page) && drawn.closest('section')?.querySelector('#schools')) continue;
      assert.ok(drawn.parentElement?.querySelector('table'), `${page}: ${title}`);
    }
    // Decisions are Markdown, which has no captions.
    for (const table of site.document(page).querySelectorAll('table:not(.written table)')) {
      seen.tables++;
      assert.ok(table.querySelector('caption')?.textContent, page);
      for (const head of table.querySelectorAll('th')) assert.ok(head.getAttribute('scope'), page);
    }
  }
  assert.ok(seen.charts > 80 && seen.figures > 80 && seen.tables > 80, JSON.stringify(seen));
});

test('a sample is marked on every page, in every chart and in every downloadable file', () => {
  for (const page of site.pages) {
    const document = site.document(page);
    assert.match(document.querySelector('.sample')?.textContent ?? '', /invented/, page);
    assert.match(document.title, /^SAMPLE: /);
    for (const chart of document.querySelectorAll('svg.chart')) assert.match(chart.textContent ?? '', /SAMPLE/, page);
  }
  const files = listFiles(site.folder).filter(
    (path) =>
      /\.(csv|json|parquet)$/.test(path) &&
      !/\/(rollcall-site|schools\/compare)\.json$/.test(path) &&
      !path.startsWith('/api/'),
  );
  assert.ok(files.length > 60);
  for (const path of files) {
    assert.match(path, /\/SAMPLE-[^/]+$/);
    const text = readFileSync(join(site.folder, path), 'utf8');
    if (path.endsWith('.csv')) {
      const [header, ...rows] = text.trim().split('\n');
      assert.match(header ?? '', /^is_sample,/, path);
      for (const row of rows) assert.match(row, /^true,/, path);
    }
    if (path.endsWith('.json'))
      for (const row of JSON.parse(text) as {is_sample: unknown}[]) assert.equal(row.is_sample, true);
  }
  assert.equal(JSON.parse(readFileSync(join(site.folder, 'schools/compare.json'), 'utf8')).is_sample, true);
});

test('the downloadable files match the output of the command', async () => {
  const {stdout} = await rollcall(['answer', 'representation', ...ofYear, '--format', 'csv', '--home', site.home]);
  const downloaded = readFileSync(join(site.folder, 'data/files/SAMPLE-representation-2020-21.csv'), 'utf8');
  assert.equal(downloaded.replace(/^is_sample,/, '').replaceAll(/^true,/gm, ''), stdout);
});

test('the file of a table has the mart, even if an answer has the same name', () => {
  const items = [...site.document('/data/').querySelectorAll('section[aria-labelledby="tables"] li')];
  assert.ok(items.length > 10);
  for (const item of items) {
    const name = item.querySelector('code')?.textContent;
    const links = [...item.querySelectorAll('a[download]')].map((link) => link.getAttribute('href'));
    assert.deepEqual(links, [`files/SAMPLE-${name}.csv`, `files/SAMPLE-${name}.parquet`]);
  }
});

test('the dictionary has every table with rows, types, values and tests, and its links lead to tables of the page', async () => {
  const page = site.document('/data/dictionary/');
  const {stdout} = await rollcall([
    'sql',
    `select schema_name as s, table_name as t, list(column_name order by column_index) as c, list(lower(data_type) order by column_index) as d,
      (select count(*) from marts.schools) as n
      from duckdb_columns() where database_name = current_database() and not internal group by all`,
    '--json',
    '--home',
    site.home,
  ]);
  const tables = JSON.parse(stdout) as {s: string; t: string; c: string[]; d: string[]; n: number}[];
  assert.ok(tables.length > 60);
  for (const {s, t, c, d} of tables) {
    const columns = [...(page.getElementById(t)?.querySelectorAll('.columns > div') ?? [])];
    assert.deepEqual(
      columns.map((each) => each.querySelector('dt code')?.textContent),
      c,
      t,
    );
    assert.deepEqual(
      columns.map((each) => each.querySelector('dt small')?.textContent),
      d.map((type, index) =>
        s === 'marts' && c[index] === 'printed_student_count' ? 'left out of this report' : type,
      ),
      t,
    );
  }
  const schools = page.getElementById('schools')?.textContent.replaceAll(/\s+/g, ' ') ?? '';
  assert.ok(schools.includes(` ${tables[0]?.n} rows.`));
  const year = page.getElementById('schools--school_year')?.textContent.replaceAll(/\s+/g, ' ') ?? '';
  assert.match(
    year,
    /Values: 2018-19; 2019-20; 2020-21; 2021-22; 2022-23\. Tests: always there\. Each is in dim_school_year\./,
  );
  const links = [...page.querySelectorAll('details a[href^="#"]')].map((link) => link.getAttribute('href') ?? '');
  assert.ok(links.length > 200);
  for (const link of links) assert.ok(page.getElementById(link.slice(1)), link);
});

test('no page weighs more than 150 kB with everything it loads', () => {
  for (const page of site.pages) {
    const weight = weighPage(site, page);
    // Less than the fonts means that what the page loads was not found.
    assert.ok(weight > 50_000 && weight < 150_000, `${page}: ${weight}`);
  }
});

test('the names of styles, scripts and fonts contain a hash, and the fonts come with their licenses', () => {
  const assets = listFiles(join(site.folder, 'assets'));
  for (const path of assets) {
    const hash = createHash('sha256').update(readFileSync(join(site.folder, 'assets', path)));
    assert.equal(path.split('.').at(-2), hash.digest('hex').slice(0, 8), path);
  }
  const css = readFileSync(join(site.folder, 'assets', assets.find((path) => path.endsWith('.css')) ?? ''), 'utf8');
  const named = [...css.matchAll(/[\w.-]+\.(?:woff2|txt)/g)].map(([name]) => `/${name}`);
  assert.deepEqual(named.toSorted(), assets.filter((path) => /\.(woff2|txt)$/.test(path)).toSorted());
  for (const path of named.filter((name) => name.endsWith('.txt')))
    assert.match(readFileSync(join(site.folder, 'assets', path), 'utf8'), /SIL Open Font License/i);
});

test('no page loads anything from another host', () => {
  for (const path of listFiles(site.folder).filter((each) => /\.(html|css|js|svg)$/.test(each))) {
    const text = readFileSync(join(site.folder, path), 'utf8');
    const loads = [...text.matchAll(/(?:src|href|url\(|import\(|fetch\()=?["'(]?\s*(https?:)?\/\/[^"')\s]+/g)].map(
      ([whole]) => whole,
    );
    assert.deepEqual(loads, [], path);
  }
});

test('a district and a school that only the list has go by their codes', async () => {
  const extract = await makeSite({
    's.csv': makeStudents(30),
    't.csv': teachers,
    'l.csv': makeListFile([
      {district: '99001', school: '9001', types: ['e']},
      {district: '99002', school: '9002', types: ['h']},
    ]),
  });
  const title = (page: string) => extract.document(page).querySelector('h1')?.textContent;
  assert.equal(title('/schools/99001-9001/'), 'Vega');
  assert.equal(title('/schools/99002-9002/'), 'School 9002');
  assert.equal(title('/districts/99002/'), 'District 99002');
});

test('commands, paths, decisions and the numbers of questions are on pages for analysts only', () => {
  const isForAnalysts = (page: string) => /^(\/\d{4}-\d\d)?\/(methods|data|api)\//.test(page);
  for (const page of site.pages.filter((page) => !isForAnalysts(page))) {
    const document = site.document(page);
    for (const part of document.querySelectorAll(
      'section:has(> #analysts), details:has(> pre), details[data-rows], [aria-label="Lines of the source files"]',
    ))
      part.remove();
    const text = document.documentElement.textContent ?? '';
    assert.doesNotMatch(text, /npx rollcall|\.csv\b|[Dd]ecision \d|\b7[a-f]\b/, page);
  }
});

test('everything is there as one file of each kind, with the rows of the files beside it', async () => {
  const read = (file: string) => readFileSync(resolveFile(site.folder, `/data/files/SAMPLE-rollcall.${file}`));
  const tables = unzip(read('zip'));
  const marts = Object.keys(tables).filter((path) => path.endsWith('.csv'));
  assert.ok(marts.length > 10 && 'README.md' in tables && 'datapackage.json' in tables);
  const [[path, database] = ['', Buffer.of()]] = Object.entries(unzip(read('duckdb.zip')));
  const file = join(makeTemporaryFolder('everything'), path);
  writeFileSync(file, database);
  const db = await open(file, {readOnly: true});
  for (const mart of marts) {
    const alone = readFileSync(resolveFile(site.folder, `/data/files/${mart.replace('marts/', 'SAMPLE-')}`));
    assert.deepEqual(tables[mart], alone, mart);
    const [counted] = await db.rows(`select count(*) as n from ${mart.replace('/', '.').replace('.csv', '')}`);
    assert.equal(counted?.['n'], parse(alone, {columns: true}).length, mart);
  }
  db.close();
  assert.ok('xl/workbook.xml' in unzip(read('xlsx')));
});

test('the data page says how to cite the report, how old the data is, its licenses, and where to report a mistake', async () => {
  const read = (document: ReturnType<typeof site.document>) =>
    Object.fromEntries(
      [...document.querySelectorAll('#use ~ dl > div')].map((row) => [
        row.querySelector('dt')?.textContent,
        row.querySelector('dd')?.textContent?.replaceAll(/\s+/g, ' ').trim() ?? '',
      ]),
    );
  const {build, builtAt, versions} = site.manifest;
  const said = read(site.document('/data/'));
  for (const part of [build, builtAt.slice(0, 10), versions.rollcall, 'SAMPLE'])
    assert.ok(said['Cite as']?.includes(part), part);
  assert.match(said['Data as of'] ?? '', /Report Card Enrollment.* on \d{4}-\d\d-\d\d/);
  assert.match(said['License of the data'] ?? '', /MIT/);
  assert.match(said['A mistake?'] ?? '', /^Tell whoever published this report\./);
  const {document} = await makeSite('sample', {contact: 'mailto:data@example.org'});
  assert.equal(document('/data/').querySelector('#use ~ dl a')?.getAttribute('href'), 'mailto:data@example.org');
});
