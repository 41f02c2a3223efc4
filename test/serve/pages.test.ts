import assert from 'node:assert/strict';
import {test} from 'node:test';
import {parseHTML} from 'linkedom';
import * as v from 'valibot';
import type {CheckResult} from '../../src/ingest/checks.ts';
import {changesSchema, renderChanges} from '../../src/serve/pages/changes-page.ts';
import {renderLineage} from '../../src/serve/pages/lineage-page.ts';
import {makeHome, switchTo, writeBuild, writeRun} from './home.ts';
import {makeStandIn, startServer} from './server.ts';

const read = (page: unknown) => parseHTML(String(page)).document;
const listCells = (document: ReturnType<typeof read>, rows: string) =>
  [...document.querySelectorAll(rows)].map((row) => [...row.children].map((cell) => cell.textContent));

const check = (status: CheckResult['status'], failing: number, schoolYear: string): CheckResult => ({
  ...{check: 'grades_add_up', source: 'ospi-enrollment', schoolYear, severity: 'warn', status, failing},
  ...{description: 'grades add up', compared: 100, samples: []},
});

test('times are in one zone, the one of the schedule; durations are drawn; a check has its history by name', async (t) => {
  const home = makeHome();
  writeBuild(home, 'aaaaaaaaaaaa');
  switchTo(home, 'aaaaaaaaaaaa');
  const keep = (...checks: CheckResult[]) => ({
    events: (ledger: Parameters<NonNullable<NonNullable<Parameters<typeof writeRun>[3]>['events']>>[0], run: number) =>
      ledger.keepFindings(run, checks, []),
  });
  // 6 in Seattle in winter, and 7 in summer.
  writeRun(
    home,
    '2026-01-05T14:00:00.000Z',
    'published',
    keep(check('pass', 0, '2019-20'), check('warn', 3, '2020-21'), check('warn', 4, '2021-22')),
  );
  writeRun(home, '2026-07-06T14:00:00.000Z', 'published', keep(check('pass', 0, '2019-20')));
  const {commands, go} = makeStandIn(home);
  go();
  const schedule = {cron: '0 6 * * 1', timeZone: 'America/Los_Angeles', from: 'live'};
  const {url} = await startServer(t, home, {commands, schedule});
  const get = async (path: string) => read(await (await fetch(`${url}${path}`)).text());

  const page = await get('/operations');
  const runs = listCells(page, '#runs tbody tr');
  assert.deepEqual(
    runs.map(([run, outcome, started]) => [run, outcome, started]),
    [
      ['2', 'published', '2026-07-06 07:00'],
      ['1', 'published', '2026-01-05 06:00'],
    ],
  );
  assert.equal(page.querySelectorAll('#runs svg rect').length, 2);
  assert.doesNotMatch(page.querySelector('main')?.textContent ?? '', /14:00|UTC/);
  assert.match(page.querySelector('.kicker')?.textContent ?? '', /America\/Los_Angeles/);

  const checks = await get('/operations/checks');
  const [link] = checks.querySelectorAll('#found a');
  assert.equal(link?.closest('li')?.querySelector('.muted')?.textContent, '1 × passed, 1 × warned');
  const history = await get(link?.getAttribute('href') ?? '');
  assert.deepEqual(listCells(history, 'tbody tr'), [
    ['2', '2026-07-06 07:00', 'pass', '0', '100'],
    ['1', '2026-01-05 06:00', 'warn', '7', '300'],
  ]);
  assert.equal((await fetch(`${url}/operations/checks/grades_add_up?of=elsewhere`)).status, 404);
});

test('changes are tables: restated figures with both sides, ranks in words, and what the publisher withdrew is not shown', () => {
  const school = {districtName: 'Lyra', schoolCode: '9001', schoolName: '<b>Vega</b>'};
  const place = {...school, source: 'ospi-enrollment', schoolYear: '2020-21', row: 'All Grades'};
  const side = (build: string) => ({build, builtAt: '2026-01-05T14:00:00.000Z'});
  const changes = v.parse(changesSchema, {
    from: side('aaaaaaaaaaaa'),
    to: side('bbbbbbbbbbbb'),
    code: ['models'],
    rows: {
      partitions: [
        {
          source: 'ospi-enrollment',
          schoolYear: '2020-21',
          kind: 'changed',
          rowsAdded: 1200,
          rowsGone: 0,
          figuresRestated: 2,
        },
      ],
      added: [],
      gone: [],
      restated: [
        {...place, figure: 'White', before: '30', after: 'suppressed'},
        {...place, figure: 'Asian', before: null, after: 'suppressed'},
      ],
    },
    answers: [
      {
        ...{question: 'Which schools?', schoolYear: '2020-21', region: 'road_map', kind: 'changed'},
        rows: [
          {
            ...school,
            kind: 'moved',
            list: {school_type: 'high'},
            rankBefore: 3,
            rankAfter: 2,
            values: [{column: 'gap_pp', before: -3, after: -2.5}],
          },
        ],
      },
    ],
    schools: [{kind: 'renamed', nameBefore: 'Vega', nameAfter: 'Vega Primary', districtName: 'Lyra', isInRegion: true}],
  });
  const page = read(renderChanges(changes, 'UTC'));
  assert.deepEqual(listCells(page, '#rows tbody tr'), [['ospi-enrollment', '2020–21', '1,200', '0', '2']]);
  assert.deepEqual(listCells(page, '#schools tbody tr'), [['Vega, now Vega Primary', 'Lyra', 'renamed', 'yes']]);
  assert.deepEqual(listCells(page, '#answers tbody tr'), [
    ['<b>Vega</b>', 'high', 'from 3 to 2', 'Gap, points: −3.0 → −2.5'],
  ]);
  assert.deepEqual(
    listCells(page, '#restated tbody tr').map((cells) => cells.slice(2)),
    [
      ['<b>Vega</b>, Lyra', 'All Grades', 'White', '30', 'withheld'],
      ['<b>Vega</b>, Lyra', 'All Grades', 'Asian', 'not shown', 'withheld'],
    ],
  );
  assert.equal(page.querySelector('#added'), null, 'a section without rows is not there');
});

test('a column leads to those it is made of, those it goes into, and through all steps to the file', () => {
  const column = (name: string, from: string[] = [], more = {}) => ({column: name, from, decided_by: [], ...more});
  const tables = [
    {table: 'raw.a', file: 'a.yml', columns: [column('raw.a.n', [], {source: 'A list', published_as: ['Number']})]},
    {table: 'core.b', file: 'b.sql', columns: [column('core.b.n', ['raw.a.n'])]},
    {table: 'marts.c', file: 'c.sql', columns: [column('marts.c.n', ['core.b.n'])]},
  ];
  const page = read(renderLineage(tables, 'core.b.n'));
  const parts = Object.fromEntries(
    [...page.querySelectorAll('dl > div')].map((part) => [
      part.querySelector('dt')?.textContent,
      [...part.querySelectorAll('a')].map((link) => link.getAttribute('href')),
    ]),
  );
  assert.deepEqual(parts, {
    'Made of': ['/operations/lineage/raw.a.n'],
    'Goes into': ['/operations/lineage/marts.c.n'],
    'In the files': ['/operations/lineage/raw.a.n'],
  });
  assert.match(read(renderLineage(tables, 'marts.c.n')).querySelector('dl')?.textContent ?? '', /“Number” of A list/);
  assert.equal(renderLineage(tables, 'marts.d'), undefined);
});
