import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {pathToFileURL} from 'node:url';
import {AxeBuilder} from '@axe-core/playwright';
import {parse} from 'csv-parse/sync';
import type {Browser, BrowserContext, Page} from 'playwright-core';
import {openBrowser, withoutBrowser} from '../support/browser.ts';
import {makeSite, serveFolder} from '../support/site.ts';

/** Pages beside the first of each kind: a school with everything, one of 8 students, one without teachers, one of two types without coordinates. */
const more = [
  '/schools/?compare=99001-9001,99004-9033,00905-0916&sort=gap',
  '/schools/99001-9001/',
  '/schools/00905-0916/',
  '/schools/99004-9033/',
  '/schools/99004-9034/',
  '/no-such-page/',
];

/** Lists one or more pages of each kind, from all that a report has. Of a folder of many pages, and of other years, it takes the first. */
function chooseKinds(pages: readonly string[]): string[] {
  const folders = Map.groupBy(pages, (page) => page.replace(/^\/\d{4}-\d\d\//, '/year/').replace(/[^/]+\/$/, ''));
  const chosen = [...folders].flatMap(([folder, of]) =>
    folder.startsWith('/year/') || of.length > 12 ? of.slice(0, 1) : of,
  );
  return [...chosen, ...more];
}

const skip = withoutBrowser;
let browser: Browser;
let site: Awaited<ReturnType<typeof serveFolder>>;
let kinds: string[];
before(async () => {
  if (skip) return;
  const {folder, pages} = await makeSite('sample', {base: '/sub/path'}); // for the page of a missing address
  kinds = chooseKinds(pages);
  site = await serveFolder(folder, '/sub/path');
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  site?.close();
});

interface Look {
  width: number;
  colors: 'light' | 'dark';
  /** `without`: the page before, or without, any script. */
  scripts: 'with' | 'without';
}

/** Opens a browser window that records its requests and errors. */
async function look({width, colors, scripts}: Look): Promise<{context: BrowserContext; page: Page; trouble: string[]}> {
  const context = await browser.newContext({
    viewport: {width, height: 900},
    colorScheme: colors,
    reducedMotion: 'reduce',
  });
  const trouble: string[] = [];
  context.on('request', (request) => {
    if (!request.url().startsWith(site.origin)) trouble.push(`asked for ${request.url()}`);
  });
  // The scripts are removed from the page rather than disabled, because axe itself is a script.
  if (scripts === 'without') {
    await context.route(`${site.origin}/**`, async (route) => {
      if (route.request().resourceType() !== 'document') return route.continue();
      const reply = await route.fetch();
      const body = (await reply.text()).replaceAll(/<script[^>]*>.*?<\/script>/gs, '');
      return route.fulfill({response: reply, body});
    });
  }
  const page = await context.newPage();
  page.on('pageerror', (error) => trouble.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('404')) trouble.push(message.text());
  });
  return {context, page, trouble};
}

test('a report opens from its files: pages are found, styled and linked, and a comparison says what it lacks', {
  skip,
}, async () => {
  const {folder} = await makeSite('sample');
  const {context, page} = await look({width: 1440, colors: 'light', scripts: 'with'});
  const trouble: string[] = [];
  page.on('pageerror', (error) => trouble.push(error.message));
  await page.goto(pathToFileURL(join(folder, 'index.html')).href);
  const font = await page.evaluate<string>('getComputedStyle(document.body).fontFamily');
  assert.match(font, /Public Sans/);
  await page.getByRole('link', {name: 'Schools', exact: true}).click();
  assert.equal(await page.locator('h1').count(), 1);
  await page.getByRole('checkbox').first().check();
  await page.getByText('a browser loads no data into a page opened from a file').waitFor();
  await page.locator('table[data-schools] tbody a').first().click();
  await page.getByRole('link', {name: /Rollcall/}).click();
  assert.equal(page.url(), pathToFileURL(join(folder, 'index.html')).href);
  await context.close();
  assert.deepEqual(trouble, []);
});

const looks: Look[] = [
  {width: 390, colors: 'light', scripts: 'with'},
  {width: 390, colors: 'dark', scripts: 'without'},
  {width: 1280, colors: 'light', scripts: 'without'},
  {width: 1280, colors: 'dark', scripts: 'with'},
];
/** Widths at which nothing overflows either. */
const otherWidths: Record<number, number> = {390: 360, 1280: 1440};

for (const each of looks) {
  const {width, colors, scripts} = each;
  test(`every kind of page at ${width} px, ${colors}, ${scripts} scripts: axe finds nothing, nothing overflows, no other host is contacted`, {
    skip,
  }, async () => {
    const {context, page, trouble} = await look(each);
    const found: string[] = [];
    for (const path of kinds) {
      await page.goto(`${site.origin}/sub/path${path}`);
      for (const at of [otherWidths[width] ?? width, width]) {
        await page.setViewportSize({width: at, height: 900});
        const wide = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
        if (wide > 0) found.push(`${path} is ${wide} px too wide at ${at} px`);
      }
      // Collapsed parts are checked too.
      await page.evaluate('for (const details of document.querySelectorAll("details")) details.open = true');
      const {violations} = await new AxeBuilder({page}).analyze();
      for (const {id, nodes} of violations)
        found.push(`${path}: ${id}: ${nodes[0]?.html.slice(0, 160)} ${nodes[0]?.failureSummary}`);
    }
    await context.close();
    assert.deepEqual([...found, ...trouble], []);
  });
}

test('the pages use the fonts of the site', {skip}, async () => {
  const {context, page} = await look({width: 1440, colors: 'light', scripts: 'with'});
  await page.goto(`${site.origin}/sub/path/`);
  const loaded = await page.evaluate<string[]>(
    '[...document.fonts].filter(({status}) => status === "loaded").map(({family}) => family.replaceAll(\'"\', ""))',
  );
  await context.close();
  assert.deepEqual([...new Set(loaded)].sort(), ['Besley', 'Public Sans']);
});

/** Presses Tab until an element that matches the selector has the focus. */
async function tabTo(page: Page, selector: string, most = 60): Promise<void> {
  for (let presses = 0; presses < most; presses++) {
    await page.keyboard.press('Tab');
    if (await page.evaluate<boolean>(`document.activeElement.matches(${JSON.stringify(selector)})`)) return;
  }
  assert.fail(`Tab doesn't lead to ${selector}`);
}

const shownRows = (page: Page) => page.locator('table.schools tbody tr:not([hidden])').count();

test('the keyboard alone can skip to the content, search, filter, sort, compare four schools and share the address', {
  skip,
}, async () => {
  const {context, page, trouble} = await look({width: 1440, colors: 'light', scripts: 'with'});
  await page.goto(`${site.origin}/sub/path/schools/`);
  const all = await shownRows(page);
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate('document.activeElement.textContent'), 'Skip to the content');
  const skipLink = page.locator('.skip');
  assert.ok(((await skipLink.boundingBox())?.y ?? -1) >= 0, 'the skip link shows where it has the focus');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate('document.activeElement.id'), 'content');

  await tabTo(page, '#q');
  await page.keyboard.type('androm');
  assert.equal(await shownRows(page), 2);
  assert.match((await page.locator('[data-status]').textContent()) ?? '', new RegExp(`2 of ${all} schools`));
  await tabTo(page, '#district');
  await page.keyboard.type('Draco');
  assert.equal(await shownRows(page), 1, 'the two schools of one name are in two districts');

  await tabTo(page, '.filters button[type="reset"]');
  await page.keyboard.press('Enter');
  assert.equal(await shownRows(page), all);

  await tabTo(page, 'th[data-sort="gap"] button');
  await page.keyboard.press('Enter');
  const gaps = async () =>
    (await page.locator('table.schools tbody tr td:nth-child(9)').allTextContents())
      .filter((text) => text !== '–')
      .map((text) => Number(text.replace('−', '-')));
  const up = await gaps();
  assert.ok(new Set(up).size > 10);
  assert.deepEqual(
    up,
    up.toSorted((a, b) => a - b),
  );
  assert.equal(await page.locator('th[data-sort="gap"]').getAttribute('aria-sort'), 'ascending');
  await page.keyboard.press('Enter');
  assert.deepEqual(await gaps(), up.toReversed());

  for (let chosen = 0; chosen < 5; chosen++) {
    await tabTo(page, '.pick input:not(:checked)');
    await page.keyboard.press('Space');
  }
  assert.equal(await page.locator('.pick input:checked').count(), 4, 'four at most');
  assert.match((await page.locator('[data-status]').textContent()) ?? '', /Four schools at most/);
  await page.locator('.compare .bar').first().waitFor();
  assert.equal(await page.locator('.compare thead th:not(.place)').count(), 4);

  const address = page.url();
  const other = await context.newPage();
  await other.goto(address);
  await other.locator('.compare .bar').first().waitFor();
  assert.equal(await other.locator('.compare thead th:not(.place)').count(), 4, 'the address carries the choice');
  assert.equal(await other.locator('th[data-sort="gap"]').getAttribute('aria-sort'), 'descending');
  assert.equal(await other.locator('.compare').innerText(), await page.locator('.compare').innerText());
  await context.close();
  assert.deepEqual(trouble, []);
});

test('each filter shows the matching schools, and the comparison shows the same figures as the list', {
  skip,
}, async () => {
  const {context, page} = await look({width: 1440, colors: 'light', scripts: 'with'});
  const ids = () =>
    page.locator('table.schools tbody tr:not([hidden])').evaluateAll((rows) => rows.map(({id}) => id.slice(1)).sort());
  await page.goto(`${site.origin}/sub/path/schools/?type=middle&district=99004`);
  assert.deepEqual(await ids(), ['99004-9031', '99004-9034'], 'a school of two types is found under both');
  await page.goto(`${site.origin}/sub/path/schools/?size=1000-`);
  assert.deepEqual(await ids(), ['99001-9006', '99001-9007', '99002-9021', '99004-9032']);
  await page.goto(`${site.origin}/sub/path/schools/?q=ALTAIS`);
  assert.deepEqual(await ids(), ['99004-9032']);
  await page.goto(`${site.origin}/sub/path/schools/?q=altias`);
  await page.getByText('1 of 32 schools shown.').waitFor();
  assert.deepEqual(await ids(), ['99004-9032'], 'a misspelled name');
  await page.goto(`${site.origin}/sub/path/schools/?compare=99001-9001`);
  await page.locator('.compare .bar').first().waitFor();
  const compared = await page.locator('.compare tbody tr td.number:not(.place)').allInnerTexts();
  const listed = await page.locator('#s99001-9001 td.number').allInnerTexts();
  assert.deepEqual(compared, listed);
  const races = await page.locator('.compare .bar').allInnerTexts();
  assert.equal(races.length, 48, 'eight categories, students and teachers; of the school, its district and the region');
  const places = await page.locator('.compare thead th.place').allInnerTexts();
  assert.equal(places[0], 'Lyra');
  const csv = decodeURIComponent((await page.locator('.compare [data-csv]').getAttribute('href')) ?? '');
  assert.match(csv, /"SAMPLE: invented schools and figures"\r\n"","Vega Elementary","Lyra",/);
  await page.goto(`${site.origin}/sub/path/schools/`);
  const box = page.locator('.pick input').nth(3);
  const before = await box.boundingBox();
  await box.check();
  await page.locator('.compare .bar').first().waitFor();
  assert.deepEqual(await box.boundingBox(), before, 'ticking moves nothing');
  assert.ok(((await page.locator('.compare').boundingBox())?.y ?? 900) < 900, 'the tray is in view');
  await page.goto(`${site.origin}/sub/path/schools/?compare=99001-9001,99004-9033,00905-0916`);
  await page.locator('.compare .bar').first().waitFor();
  const bars = await page.evaluate<[string, number, boolean][]>(
    `[...document.querySelectorAll('.compare .bar')].map(({firstElementChild: bar, textContent}) => [textContent, bar.getBoundingClientRect().width, bar.matches('.missing')])`,
  );
  const [longest = 0, most = 1] =
    bars
      .map(([text, width]) => [width, Number.parseFloat(text)] as const)
      .filter(([, share]) => share > 0)
      .toSorted(([, a], [, b]) => b - a)[0] ?? [];
  for (const [text, width, isMissing] of bars) {
    const share = Number.parseFloat(text);
    assert.equal(isMissing, Number.isNaN(share), text);
    if (!isMissing)
      assert.ok(Math.abs(width - (share * longest) / most) < 1.2, `${text}: ${width} px, one scale for all columns`);
  }
  await context.close();
});

test('a school is found by its name, an abbreviation, a misspelling, code, ZIP, street, city and district, from a file too', {
  skip,
}, async () => {
  const {folder} = await makeSite('sample');
  const {context, page} = await look({width: 360, colors: 'light', scripts: 'with'});
  const trouble: string[] = [];
  page.on('pageerror', (error) => trouble.push(error.message));
  await page.goto(pathToFileURL(join(folder, 'index.html')).href);
  const status = page.locator('.find [role="status"]');
  const suggest = async (text: string) => {
    await page.locator('#find').fill('');
    await page.locator('#find').fill(text);
    await page.waitForFunction('document.querySelector(".find [role=status]").textContent !== ""');
    return (
      await page.locator('.find [role="option"]').evaluateAll((all) => all.map((each) => each.dataset['id']))
    ).sort();
  };
  assert.deepEqual(await suggest('andromeda'), ['99002-9015', '99004-9028']);
  assert.deepEqual(await suggest('Andromda elem'), ['99002-9015', '99004-9028'], 'a letter is missing');
  assert.deepEqual(await suggest('aes'), ['99002-9015', '99004-9028'], 'initials');
  assert.deepEqual(await suggest('altias hs'), ['99004-9032'], 'two letters are exchanged, and the type is short');
  assert.deepEqual(await suggest('9027'), ['99003-9027'], 'a code');
  assert.deepEqual(await suggest('00003 high'), ['99003-9027'], 'a ZIP code');
  assert.deepEqual(await suggest('777 perihelion'), ['99001-9001'], 'a street');
  assert.deepEqual(await suggest('umbra middle'), ['00905-0914', '00905-0916'], 'a city');
  assert.deepEqual(await suggest('draco academy'), ['99004-9034'], 'a district');
  assert.deepEqual(await suggest('Sulfatt Primary'), ['99001-9003'], 'the nearest name');
  assert.equal(await status.textContent(), 'No school matches “Sulfatt Primary”. These names are nearest.');
  await context.close();
  assert.deepEqual(trouble, []);
});

test('the keyboard alone chooses a suggestion, and screen readers are told: the school’s page leads to its place in the charts', {
  skip,
}, async () => {
  const {context, page, trouble} = await look({width: 1440, colors: 'dark', scripts: 'with'});
  await page.goto(`${site.origin}/sub/path/`);
  await tabTo(page, '#find');
  const field = page.getByRole('combobox', {name: 'Find your school'});
  assert.equal(await field.getAttribute('aria-expanded'), 'false');
  await page.keyboard.type('andromeda');
  await page.getByRole('listbox', {name: 'Schools'}).waitFor();
  assert.equal(await field.getAttribute('aria-expanded'), 'true');
  assert.equal(await page.locator('.find [role="status"]').textContent(), '2 schools.');
  await page.keyboard.press('ArrowUp');
  const chosen = page.getByRole('option', {selected: true});
  assert.equal(await chosen.getAttribute('id'), await field.getAttribute('aria-activedescendant'));
  assert.match(await chosen.innerText(), /Draco/, 'the last one');
  const {violations} = await new AxeBuilder({page}).analyze();
  assert.deepEqual(
    violations.map(({id}) => id),
    [],
  );
  await page.keyboard.press('Escape');
  assert.equal(await field.getAttribute('aria-expanded'), 'false');
  assert.equal(await field.inputValue(), 'andromeda');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/schools\/99002-9015\/index\.html$/);
  await page.getByRole('link', {name: 'See it among all schools'}).click();
  await page.waitForURL(/\?school=99002-9015#schools$/);
  assert.match(
    await page.locator('p.own').first().innerText(),
    /^Marked: Andromeda Elementary School: students of color/,
  );
  assert.equal(await page.locator('.points .own:visible').count(), await page.locator('p.own:visible').count());
  await context.close();
  assert.deepEqual(trouble, []);
});

test('a dot of the scatter plot names its school and links to it', {skip}, async () => {
  const {context, page, trouble} = await look({width: 1440, colors: 'light', scripts: 'with'});
  await page.goto(`${site.origin}/sub/path/`);
  const dots = page.locator('[data-schools]:visible').first().locator('.points circle');
  assert.equal(await dots.count(), 30, 'the schools with both students and teachers');
  await dots.first().hover({force: true});
  const told = (await page.locator('.tip:visible').innerText()).match(
    /^(.+): students of color [\d.]+%, teachers of color [\d.]+% \(\d+ of \d+\)$/,
  );
  assert.ok(told);
  await dots.first().click({force: true});
  await page.waitForURL(/\/schools\/\d{5}-\d{4}\/index\.html$/);
  assert.equal(await page.locator('h1').innerText(), told[1]);
  await context.close();
  assert.deepEqual(trouble, []);
});

test('on a touch screen the first tap on a dot names its school, and the second opens its page', {skip}, async () => {
  const context = await browser.newContext({viewport: {width: 390, height: 900}, hasTouch: true, isMobile: true});
  const page = await context.newPage();
  await page.goto(`${site.origin}/sub/path/`);
  const dot = page.locator('.narrow[data-schools] .points circle').first();
  await dot.scrollIntoViewIfNeeded();
  const tap = async () => {
    const box = await dot.boundingBox();
    assert.ok(box);
    await page.touchscreen.tap(box.x + box.width / 2, box.y + box.height / 2);
  };
  await tap();
  const tip = page.locator('.tip:visible');
  await tip.waitFor();
  const name = (await tip.innerText()).replace(/:.*/s, '');
  assert.equal(new URL(page.url()).pathname, '/sub/path/', 'the first tap goes nowhere');
  await tap();
  await page.waitForURL(/\/schools\/\d{5}-\d{4}\/index\.html$/);
  assert.equal(await page.locator('h1').innerText(), name);
  await context.close();
});

test('a table that is wider than the screen says so and keeps the name of the row; one that fits does not', {
  skip,
}, async () => {
  const {context, page} = await look({width: 360, colors: 'light', scripts: 'with'});
  await page.goto(`${site.origin}/sub/path/districts/`);
  const left = (selector: string) =>
    page.evaluate<number>(`document.querySelector('.scroll ${selector}').getBoundingClientRect().left`);
  const before = {name: await left('tbody th'), head: await left('thead th'), figure: await left('tbody td')};
  await page.evaluate('document.querySelector(".scroll").scrollLeft = 150');
  assert.deepEqual(
    {name: await left('tbody th'), head: await left('thead th'), figure: await left('tbody td')},
    {...before, figure: before.figure - 150},
  );
  // Whether each table is wider than its room, and whether it says so.
  const read = `[...document.querySelectorAll('.scroll')].map((box) => [
    box.scrollWidth > box.clientWidth, parseFloat(getComputedStyle(box, '::before').height) > 10, box.getAttribute('aria-label') + ' ' + box.scrollWidth + ' ' + box.clientWidth])`;
  const kinds = new Set<string>();
  for (const width of [360, 1440]) {
    await page.setViewportSize({width, height: 900});
    for (const path of ['/', '/districts/', '/questions/7b/']) {
      await page.goto(`${site.origin}/sub/path${path}`);
      await page.evaluate(
        'for (const details of document.querySelectorAll("details")) details.open = true; new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))',
      );
      for (const [isWide, says, name] of await page.evaluate<[boolean, boolean, string][]>(read)) {
        assert.equal(says, isWide, `${path} at ${width} px: ${name}`);
        kinds.add(String(isWide));
      }
    }
  }
  assert.equal(kinds.size, 2, 'there are tables of both kinds');
  await context.close();
});

test('a chart is saved as SVG and PNG with its finding, source and address, and a table as CSV', {skip}, async () => {
  const {context, page, trouble} = await look({width: 1440, colors: 'light', scripts: 'with'});
  await page.goto(`${site.origin}/sub/path/`);
  const save = async (button: ReturnType<Page['locator']>) => {
    const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
    return {name: download.suggestedFilename(), bytes: readFileSync(await download.path())};
  };
  const figure = page
    .locator('figure')
    .filter({has: page.locator('.missing')})
    .first();
  const finding = (await figure.locator('.finding').innerText()).replace(/\s+/g, ' ');
  const svg = await save(figure.getByRole('button', {name: 'SVG'}));
  assert.match(svg.name, /^SAMPLE-.+\.svg$/);
  const drawn = svg.bytes.toString();
  const texts = [...drawn.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text).join(' ');
  assert.ok(texts.includes(finding), 'its finding');
  assert.match(texts, /Source: /);
  assert.ok(texts.includes(`${site.origin}/sub/path/`), 'its address');
  assert.match(texts, /SAMPLE: invented figures/);
  assert.doesNotMatch(drawn, /var\(|currentColor/, 'its colors need no page');
  assert.match(drawn, /data:font\/woff2/, 'nor does its font');
  const png = await save(figure.getByRole('button', {name: 'PNG'}));
  assert.equal(png.bytes.subarray(1, 4).toString(), 'PNG');
  const [, width = 0] = /<svg [^>]*? width="([\d.]+)"/.exec(drawn) ?? [];
  assert.equal(png.bytes.readUInt32BE(16), 3 * Number(width));
  // The file opens by itself: it is well-formed, and shows the texts.
  const alone = await context.newPage();
  await alone.goto(`data:image/svg+xml;charset=utf-8,${encodeURIComponent(drawn)}`);
  assert.equal(await alone.locator('parsererror').count(), 0);
  await alone.close();
  await page.locator('.figure summary').first().click();
  const table = page.locator('.figure table').first();
  const csv = await save(table.getByRole('button', {name: 'CSV'}));
  const [header, ...rows] = parse(csv.bytes, {bom: true, relax_column_count: true, skip_empty_lines: true});
  const cells = await table.locator('thead th').allInnerTexts();
  assert.deepEqual(
    header,
    cells.map((text) => text.replace(/\s+/g, ' ').trim()),
  );
  const shown = await table.locator('tbody tr').first().locator('th, td').allInnerTexts();
  assert.deepEqual(
    rows[0],
    shown.map((text) => text.trim().replace('−', '-').replace(/^\+|,/g, '')),
  );
  await context.close();
  assert.deepEqual(trouble, []);
});

test('on paper a school is one sheet, and nothing is clipped on any page', {skip}, async () => {
  const {context, page} = await look({width: 1440, colors: 'light', scripts: 'with'});
  await page.goto(`${site.origin}/sub/path/schools/99001-9001/`);
  for (const format of ['Letter', 'A4']) {
    const sheet = await page.pdf({format});
    assert.equal(sheet.toString('latin1').match(/\/Type \/Page\b/g)?.length, 1, format);
  }
  // The width of a Letter page between its margins.
  await page.setViewportSize({width: 718, height: 900});
  await page.emulateMedia({media: 'print'});
  const clipped: string[] = [];
  for (const path of kinds) {
    await page.goto(`${site.origin}/sub/path${path}`);
    const wide = await page.evaluate<string[]>(
      '[...document.querySelectorAll("main *")].filter((each) => !each.closest("svg, .hidden-label") && each.getBoundingClientRect().width > 0 && each.getBoundingClientRect().right > innerWidth + 1).map((each) => each.tagName + " " + each.textContent.slice(0, 40))',
    );
    clipped.push(...wide.map((each) => `${path}: ${each}`));
  }
  await context.close();
  assert.deepEqual(clipped, []);
});

test('without scripts the list is complete, and no control is shown that would not work', {skip}, async () => {
  const context = await browser.newContext({javaScriptEnabled: false});
  const page = await context.newPage();
  await page.goto(`${site.origin}/sub/path/schools/?q=androm`);
  assert.equal(await page.locator('table.schools tbody tr').count(), 32);
  assert.equal(await page.locator('form:visible, button:visible, input:visible').count(), 0);
  await page.goto(`${site.origin}/sub/path/`);
  assert.equal(await page.locator('form:visible, button:visible, input:visible').count(), 0);
  await page.locator('.figure summary').first().click();
  assert.equal(await page.locator('details table').first().isVisible(), true);
  await context.close();
});

test('a printed page has no navigation, and is black on white even in dark mode', {skip}, async () => {
  const {context, page} = await look({width: 1440, colors: 'dark', scripts: 'with'});
  await page.emulateMedia({media: 'print', colorScheme: 'dark'});
  await page.goto(`${site.origin}/sub/path/schools/99001-9001/`);
  assert.equal(await page.locator('.pages').isVisible(), false);
  const colors = await page.evaluate(
    '(({backgroundColor, color}) => [backgroundColor, color])(getComputedStyle(document.body))',
  );
  assert.deepEqual(colors, ['rgb(255, 255, 255)', 'rgb(0, 0, 0)']);
  assert.equal(await page.locator('.sample').isVisible(), true);
  await context.close();
});
