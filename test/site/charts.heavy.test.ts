import assert from 'node:assert/strict';
import {mkdirSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {after, before, test} from 'node:test';
import {pathToFileURL} from 'node:url';
import type {Browser, Page} from 'playwright-core';
import {findAsset} from '../../site/asset-paths.ts';
import {readAssets} from '../../site/assets.ts';
import {type Bar, drawBarColumns, drawBars} from '../../site/charts/bars.ts';
import {drawChange} from '../../site/charts/change.ts';
import type {Drawing} from '../../site/charts/draw.ts';
import {drawDumbbell} from '../../site/charts/dumbbell.ts';
import {drawHistogram} from '../../site/charts/histogram.ts';
import {measureText} from '../../site/charts/letters.ts';
import {drawMap, gapClasses} from '../../site/charts/map.ts';
import {drawMirror} from '../../site/charts/mirror.ts';
import {drawScatter, overlapAndPool, sharesOfColor} from '../../site/charts/scatter.ts';
import {drawSize} from '../../site/charts/size.ts';
import {drawStrip} from '../../site/charts/strip.ts';
import {drawTrend} from '../../site/charts/trend.ts';
import {renderDrawings} from '../../site/components/chart.ts';
import type {GroupFigures} from '../../src/report/organizations.ts';
import {openPublic} from '../../src/report/public.ts';
import {prepareReports, type ReportOfYear} from '../../src/report/report.ts';
import type {School} from '../../src/report/schools.ts';
import {openBrowser, withoutBrowser} from '../support/browser.ts';
import {buildFrom} from '../support/pipeline.ts';
import {makeSite, serveFolder} from '../support/site.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';

/*
 * Draws every chart with extreme, tiny, missing, tied and long-named values, and measures the result in a browser, at each width
 * and in both themes, in the fonts of the site.
 */

const skip = withoutBrowser;
const label = {alt: 'A chart.', isSample: true};
const long = 'Wilhelmina Wolfeschlegelsteinhausen–Bergerdorff Memorial International Elementary School *';

/** A chart of the test. `lengths` are the values that its bars stand for, in their order. */
interface Case {
  name: string;
  narrow: Drawing;
  wide?: Drawing;
  lengths?: number[];
  /** Charts seen together: all their bars are on one scale. Without it, a chart is alone. */
  together?: string;
}

let browser: Browser;
let report: ReportOfYear;
let page: Page;
let cases: Case[];

before(async () => {
  if (skip) return;
  const built = await buildFrom('sample');
  built.close();
  const db = await openPublic(built.warehouse);
  const [year] = await prepareReports(db, built.manifest, '2020-21');
  report = await year.read();
  db.close();
  cases = listCases();
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
});

function takeFirst<T>([first]: readonly T[]): T {
  assert.ok(first !== undefined);
  return first;
}

const makeGroup = (short_name: string, student_share: number | null, teacher_share: number | null): GroupFigures => ({
  ...takeFirst(report.region.groups),
  short_name,
  student_share,
  teacher_share,
  student_count: student_share === null ? null : Math.round(student_share * 98765),
  teacher_count: teacher_share === null ? null : Math.round(teacher_share * 12345),
});

function makeSchool(school_name: string, measures: Partial<School['measures']>, more: Partial<School> = {}): School {
  const school = takeFirst(report.schools);
  return {...school, school_name, ...more, measures: {...school.measures, all_teachers_count: 40, ...measures}};
}

function listCases(): Case[] {
  const bars: Bar[] = [
    {name: long, value: 1, text: '100.0%', chance: 0.5, parity: 0},
    {name: 'Tied', value: 0.5, text: '50.0%', chance: 1, parity: 0.5},
    {name: 'Tied as well', value: 0.5, text: '50.0%', chance: null, parity: null},
    {name: 'Tiny', value: 0.0002, text: '<0.1%', chance: 0.999, parity: 1},
    {name: 'None', value: 0, text: '0.0%', chance: 0, parity: 0},
    {name: 'Missing', value: null, text: '–', chance: 0.3, parity: 0.1},
  ];
  const plain = bars.map(({name, value, text}) => ({name, value, text, high: value === 0.5 ? 1 : null}));
  const lists = ['Elementary schools', 'Middle schools', 'High schools'].flatMap((list) =>
    plain.map((bar) => ({...bar, list})),
  );
  const known = [1, 0.5, 0.5, 0.0002, 0];
  const panel = (name: string, values: number[]): Case => ({
    name,
    narrow: drawBars(
      values.map((value) => ({name: `Panel ${value}`, value, text: String(value)})),
      {...label, width: 340, color: 'teachers', most: 1234},
    ),
    lengths: values,
    together: 'panels',
  });
  const pairs = [
    {name: long, students: 0.038, teachers: 0.95},
    {name: 'Low', students: 0.95, teachers: 0.038},
    {name: 'Ends', students: 1, teachers: 0},
    {name: 'Other ends', students: 0, teachers: 1},
    {name: 'Tied', students: 0.5, teachers: 0.5},
    {name: 'Tied at 0', students: 0, teachers: 0},
    {name: 'Tied at 1', students: 1, teachers: 1},
    {name: 'Near', students: 0.021, teachers: 0.02},
    {name: 'No teachers', students: 0.03, teachers: null},
    {name: 'No students', students: null, teachers: 0.97},
    {name: 'Neither', students: null, teachers: null},
  ];
  const mirror = (name: string, groups: GroupFigures[], withCounts = false): Case => {
    const shares = (side: 'student_share' | 'teacher_share') => groups.map((group) => group[side] ?? 0);
    return {
      name,
      narrow: drawMirror(groups, {...label, width: withCounts ? 370 : 340, withCounts}),
      lengths: [
        ...shares('student_share'),
        ...shares('teacher_share'),
        ...shares('student_share').filter((share) => share > 0),
      ],
    };
  };
  const groups = [
    makeGroup(long, 0.4, 0.3),
    makeGroup('Tied', 0.3, 0.3),
    makeGroup('Tiny', 0.0002, 0.9999),
    makeGroup('None', 0, 0),
    makeGroup('No teachers', 0.3, null),
    makeGroup('No students', null, 0.02),
  ];
  const trend = (name: string, students: (number | null)[], teachers: (number | null)[]): Case => {
    const rows = students.map((share, index) => ({
      ...takeFirst(report.region.trend),
      school_year: `${2014 + index}-${15 + index}`,
      students_of_color_share: share,
      teachers_of_color_share: teachers[index] ?? null,
    }));
    return {name, narrow: drawTrend(rows, {...label, width: 340}), wide: drawTrend(rows, {...label, width: 720})};
  };
  const places = (many: [string, number | null, number, number, string?][]) =>
    many.map(([name, gap_pp, longitude, latitude, district = 'A']) => ({
      school: makeSchool(
        name,
        {gap_pp},
        {district_code: district, district_name: `${long} ${district} School District`},
      ),
      longitude,
      latitude,
    }));
  const map = (name: string, of: ReturnType<typeof places>): Case => ({
    name: `map: ${name}`,
    narrow: drawMap(of, {...label, width: 340}),
    wide: drawMap(of, {...label, width: 620}),
  });
  const corners = [
    [0, 0],
    [1, 1],
    [0, 1],
    [1, 0],
    [0.49, 0.5],
    [0.51, 0.5],
    [0.7, 0.72],
    [0.3, 0.31],
    [0.02, 0.98],
    [0.98, 0.02],
  ].map(([across = 0, up = 0]) => ({school: makeSchool(long, {}), across, up}));
  const scatter = (name: string, axes: typeof sharesOfColor, of = corners): Case => ({
    name: `scatter: ${name}`,
    narrow: drawScatter(of, axes, {...label, width: 340}),
    wide: drawScatter(of, axes, {...label, width: 620}),
  });
  const sized = (counts: number[], gaps: number[]) =>
    counts.map((all_students_count, index) => {
      const gap = gaps[index] ?? 0;
      return {school: makeSchool('S', {all_students_count}), students: 0.5, teachers: 0.5, gap};
    });
  const size = (name: string, of: ReturnType<typeof sized>): Case => ({
    name: `size: ${name}`,
    narrow: drawSize(of, {...label, width: 360}),
    wide: drawSize(of, {...label, width: 720}),
  });
  return [
    {name: 'bars', narrow: drawBars(bars, {...label, width: 360, color: 'students', most: 1}), lengths: known},
    {
      name: 'bars: lists',
      narrow: drawBars(lists, {...label, width: 360, color: 'students'}),
      wide: drawBarColumns(lists, {...label, width: 780, color: 'students'}),
      lengths: [...known, ...known, ...known],
    },
    panel('bars: panel of many', [1234, 45, 3]),
    panel('bars: panel of few', [3, 1, 0]),
    {
      name: 'dumbbell: districts',
      narrow: drawDumbbell(pairs, {...label, width: 340}),
      wide: drawDumbbell(pairs, {...label, width: 760}),
    },
    {name: 'dumbbell: schools', narrow: drawDumbbell(pairs, {...label, width: 760, left: 280})},
    mirror('mirror', groups),
    mirror('mirror: counts', groups, true),
    mirror('mirror: one side', [makeGroup('All', 1, 0), makeGroup('None', 0, 1)], true),
    mirror('mirror: few students', [makeGroup('Few', 0.01, 0.98), makeGroup('No students', null, 0.98)]),
    mirror('mirror: none', [makeGroup('None', 0, 0), makeGroup('No teachers', 0, null)], true),
    trend('trend: at 0', [0.01, 0], [0, 0.01]),
    trend('trend: at 1', [1, 0.99], [0.99, 1]),
    trend('trend: tied', [0.5, 0.5, 0.5], [0.5, 0.5, 0.5]),
    trend('trend: crossing', [0.5, 0.45, 0.4], [0.3, 0.4, 0.45]),
    trend(
      'trend: ten years',
      [0.7, 0.7, null, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7],
      [null, null, null, null, null, null, null, null, 0.2, 0.9],
    ),
    trend('trend: one year of teachers', [0.7, 0.72], [null, 0.7]),
    {
      name: 'change',
      narrow: drawChange(
        [-60, 60, 0, 3, 3, 0.04].map((value) => ({name: long, value})),
        {...label, width: 360, ends: ['Teachers fell back', 'Teachers caught up']},
      ),
      lengths: [60, 60, 0, 3, 3, 0.04],
    },
    {name: 'histogram: one', narrow: drawHistogram([0], {...label, width: 340}), lengths: []},
    {
      name: 'histogram: many',
      narrow: drawHistogram([...Array.from({length: 1234}, () => 5), 740], {...label, width: 340}),
    },
    {name: 'histogram: usual', narrow: drawHistogram([5, 15, 25, 145], {...label, width: 340})},
    size('usual', sized([12, 500, 2000], [-100, 40, 0])),
    size('large', sized([5999, 10], [95, -100])),
    size('small', sized([20], [0])),
    scatter('shares', sharesOfColor),
    scatter('pool', overlapAndPool),
    scatter('one', overlapAndPool, corners.slice(6, 7)),
    map('one school', places([[long, null, -122.3, 47.5]])),
    map(
      'one place',
      places([
        [long, -30, -122.3, 47.5],
        ['Other', 3, -122.3, 47.5],
      ]),
    ),
    map(
      'classes',
      places([
        ['None', 3, -122.4, 47.5],
        ['Under 20', -10, -122.3, 47.5],
        ['Under 40', -30, -122.2, 47.5],
        ['Under 60', -50, -122.4, 47.4, 'B'],
        ['Over 60', -90, -122.3, 47.4, 'B'],
        ['Missing', null, -122.2, 47.4, 'B'],
      ]),
    ),
    {
      name: 'strip: low',
      narrow: drawStrip([0, 0, 1], -90, {
        ...label,
        domain: [-100, 40],
        ends: ['−100', '+40 or more'],
        parity: {at: 0, name: 'parity'},
      }),
    },
    {name: 'strip: high', narrow: drawStrip([0, 0, 1], 900, {...label, domain: [0, 200], ends: ['0', '200 or more']})},
    {
      name: 'strip: ratio',
      narrow: drawStrip([0, 0, 1], 1, {
        ...label,
        domain: [0, 1.5],
        ends: ['0', '1.5 or more'],
        parity: {at: 1, name: 'parity'},
      }),
    },
  ];
}

/** Opens a page with every case, in the styles and fonts of the site. */
async function openCases(width: number, colorScheme: 'light' | 'dark'): Promise<Page> {
  const folder = makeTemporaryFolder('charts');
  const assets = await readAssets();
  for (const {path, contents} of assets.files) {
    mkdirSync(dirname(join(folder, path)), {recursive: true});
    writeFileSync(join(folder, path), contents);
  }
  const drawn = cases.map(
    ({name, narrow, wide}) => `<div class="figure" data-case="${name}">${renderDrawings(narrow, wide)}</div>`,
  );
  writeFileSync(
    join(folder, 'index.html'),
    `<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><link rel="stylesheet" href="${findAsset(assets.paths, 'styles.css')}"><main class="wrap">${drawn.join('')}</main>`,
  );
  const opened = await browser.newPage({viewport: {width, height: 900}, colorScheme, reducedMotion: 'reduce'});
  await opened.goto(pathToFileURL(join(folder, 'index.html')).href);
  await loadFonts(opened);
  return opened;
}

async function loadFonts(opened: Page): Promise<void> {
  const loaded = await opened.evaluate<number>(
    '(async () => (await Promise.all([400, 500, 600, 700].map((weight) => document.fonts.load(weight + " 12px Public Sans")))).flat().length)()',
  );
  assert.ok(loaded >= 4, 'the texts are in the fonts of the site');
}

/** Finds texts that are cut or overlap, with a tolerance of a pixel. Rotated texts are compared as they stand. */
const findCollisions = `(() => {
  const found = [];
  const corners = (text) => {
    const {x, y, width, height} = text.getBBox();
    const to = text.getScreenCTM();
    // A line is higher than its letters.
    const [left, right, top, bottom] = [x + 0.5, x + width - 0.5, y + 0.12 * height, y + 0.9 * height];
    return [[left, top], [right, top], [right, bottom], [left, bottom]].map(([a, b]) => {
      const {x, y} = new DOMPoint(a, b).matrixTransform(to);
      return [x, y];
    });
  };
  const separates = (one, two, [dx, dy]) => {
    const [a, b] = [one, two].map((shape) => shape.map(([x, y]) => x * dx + y * dy));
    return Math.max(...a) <= Math.min(...b) || Math.max(...b) <= Math.min(...a);
  };
  const axes = ([a, b, c]) => [[b[0] - a[0], b[1] - a[1]], [c[0] - b[0], c[1] - b[1]]];
  for (const svg of document.querySelectorAll('svg.chart')) {
    const frame = svg.getBoundingClientRect();
    if (frame.width === 0) continue;
    const name = svg.closest('[data-case]')?.dataset.case ?? svg.getAttribute('aria-label').slice(0, 50);
    const texts = [...svg.querySelectorAll('text')]
      .filter((text) => text.textContent.trim() !== '' && text.getBBox().width > 0)
      .map((text) => ({text: text.textContent, shape: corners(text)}));
    for (const {text, shape} of texts) {
      const [left, top] = [0, 1].map((at) => Math.min(...shape.map((corner) => corner[at])));
      const [right, bottom] = [0, 1].map((at) => Math.max(...shape.map((corner) => corner[at])));
      const cut = [frame.left - left, right - frame.right, frame.top - top, bottom - frame.bottom, right - innerWidth];
      if (Math.max(...cut) > 1) found.push(name + ': "' + text + '" is cut by ' + Math.max(...cut).toFixed(1) + ' px');
    }
    for (const [index, one] of texts.entries())
      for (const two of texts.slice(index + 1))
        if (![...axes(one.shape), ...axes(two.shape)].some((axis) => separates(one.shape, two.shape, axis)))
          found.push(name + ': "' + one.text + '" overlaps "' + two.text + '"');
    // The name of a diagonal stands beside it.
    const diagonal = [...svg.querySelectorAll('path[d]')].find((path) => /^M[\\d.]+,[\\d.]+L[\\d.]+,[\\d.]+$/.test(path.getAttribute('d')));
    const along = texts.find(({shape: [a, b]}) => Math.abs(b[1] - a[1]) > 20);
    if (diagonal && along) {
      const [from, to] = [0, diagonal.getTotalLength()].map((at) => diagonal.getPointAtLength(at).matrixTransform(diagonal.getScreenCTM()));
      const sides = along.shape.map(([x, y]) => Math.sign((to.x - from.x) * (y - from.y) - (to.y - from.y) * (x - from.x)));
      if (new Set(sides).size > 1) found.push(name + ': "' + along.text + '" crosses its line');
    }
  }
  return found;
})()`;

const readLengths = `[...document.querySelectorAll('[data-case]')].map((box) => {
  const svg = [...box.querySelectorAll('svg.chart')].find((each) => each.getBoundingClientRect().width > 0);
  return [box.dataset.case, [...svg.querySelectorAll('rect')].map((rect) => rect.getBoundingClientRect().width)];
})`;

for (const width of [360, 390, 768, 1280])
  for (const colors of ['light', 'dark'] as const)
    test(`every chart at ${width} px, ${colors}: no text is cut or overlaps, and bars are as long as their values`, {
      skip,
    }, async () => {
      page = await openCases(width, colors);
      const found = await page.evaluate<string[]>(findCollisions);
      const drawn = new Map(await page.evaluate<[string, number[]][]>(readLengths));
      const scales = new Map<string, number>();
      for (const {name, lengths, together = name} of cases) {
        if (lengths === undefined || lengths.length === 0) continue;
        const measured = drawn.get(name) ?? [];
        if (measured.length !== lengths.length)
          found.push(`${name}: ${measured.length} bars for ${lengths.length} values`);
        const longest = Math.max(...lengths);
        const scale = scales.get(together) ?? (longest > 0 ? (measured[lengths.indexOf(longest)] ?? 0) / longest : 0);
        scales.set(together, scale);
        for (const [index, value] of lengths.entries()) {
          const off = (measured[index] ?? 0) - value * scale;
          if (Math.abs(off) > 0.3) found.push(`${name}: the bar of ${value} is ${off.toFixed(2)} px too long`);
        }
      }
      const dots = await page.evaluate<string[]>(readDots);
      await page.close();
      assert.deepEqual(found, []);
      assert.equal(new Set(dots).size, gapClasses.length + 1, `each class of the map looks different: ${dots}`);
      assert.equal(dots.filter((dot) => dot.endsWith('with strokes')).length, 1);
    });

/** Reads what the dots of the map look like: their color on this screen, and whether strokes are on them. */
const readDots = `[...document.querySelectorAll('[data-case="map: classes"] .narrow circle')].map((dot) =>
  getComputedStyle(dot).fill + (dot.nextElementSibling?.matches('.missing') ? ' with strokes' : ''))`;

test('what is missing is drawn as strokes, and nothing that is known is', {skip}, () => {
  for (const {name, narrow} of cases) {
    const isMissing = /bars$|lists|dumbbell|mirror(?!: one side)|ten years|one year of|map: (one school|classes)/.test(
      name,
    );
    assert.equal(/<path (?=[^>]*class="missing")[^>]*d="M/.test(narrow.content), isMissing, name);
  }
});

test('the widths of the letters are those of the font', {skip}, async () => {
  page = await openCases(390, 'light');
  const ascii = Array.from({length: 95}, (_, index) => String.fromCharCode(32 + index));
  const real = await page.evaluate<number[]>(
    `(() => { const pen = document.createElement('canvas').getContext('2d'); pen.font = '700 1000px "Public Sans"'; return ${JSON.stringify(ascii)}.map((letter) => pen.measureText(letter).width / 10); })()`,
  );
  await page.close();
  const off = ascii.filter((letter, index) => Math.abs(measureText(letter, 100) - (real[index] ?? 0)) > 0.6);
  assert.deepEqual(off, []);
});

test('the charts of the pages, too, have no text that is cut or overlaps', {skip}, async () => {
  const made = await makeSite('sample');
  const served = await serveFolder(made.folder);
  const opened = await browser.newPage();
  const found: string[] = [];
  const kinds = [
    '/',
    '/questions/7a/',
    '/questions/7b/',
    '/questions/7c/',
    '/questions/7d/',
    '/questions/7e/',
    '/questions/7f/',
  ];
  const others = [
    '/questions/access/',
    '/districts/',
    '/districts/99002/',
    '/exploration/',
    '/schools/99001-9001/',
    '/schools/99004-9033/',
  ];
  for (const path of [...kinds, ...others])
    for (const width of [360, 1280]) {
      await opened.setViewportSize({width, height: 900});
      await opened.goto(`${served.origin}${path}`);
      await loadFonts(opened);
      await opened.evaluate('for (const details of document.querySelectorAll("details")) details.open = true');
      found.push(...(await opened.evaluate<string[]>(findCollisions)).map((each) => `${path} at ${width} px: ${each}`));
    }
  await opened.goto(`${served.origin}/exploration/`);
  const [finding = '', ...bars] = await opened
    .locator('section[aria-labelledby="experience"]')
    .locator('.finding, svg text:not(.sample-mark)')
    .allTextContents();
  const years = bars.map(Number).filter((value) => value > 0);
  const range = [...finding.matchAll(/\d+\.\d/g)].map(Number);
  assert.deepEqual(range, [Math.min(...years), Math.max(...years)], 'a title gives the range of its bars');
  await opened.close();
  served.close();
  assert.deepEqual(found, []);
});
