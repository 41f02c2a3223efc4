import assert from 'node:assert/strict';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {pathToFileURL} from 'node:url';
import {AxeBuilder} from '@axe-core/playwright';
import type {Browser, BrowserContext, Page} from 'playwright-core';
import {openBrowser, withoutBrowser} from '../support/browser.ts';
import {makeSite, serveFolder} from '../support/site.ts';

/** One of each kind: a school with everything, one of 8 students, one without teachers, one of two types without coordinates. */
const kinds = [
  '/',
  '/questions/',
  '/questions/7a/',
  '/questions/7b/',
  '/questions/7c/',
  '/questions/7d/',
  '/questions/7e/',
  '/questions/7f/',
  '/questions/access/',
  '/questions/access/black_african_american/',
  '/schools/',
  '/schools/?compare=99001-9001,99004-9033,00905-0916&sort=gap',
  '/schools/99001-9001/',
  '/schools/00905-0916/',
  '/schools/99004-9033/',
  '/schools/99004-9034/',
  '/districts/',
  '/districts/99002/',
  '/exploration/',
  '/methods/',
  '/methods/decisions/0007-suppressed-missing-zero/',
  '/data/',
  '/data/dictionary/',
  '/no-such-page/',
];

const skip = withoutBrowser;
let browser: Browser;
let site: Awaited<ReturnType<typeof serveFolder>>;
before(async () => {
  if (skip) return;
  const {folder} = await makeSite('sample', {base: '/sub/path'}); // for the page of a missing address
  site = await serveFolder(folder, '/sub/path');
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  site?.close();
});

interface Look {
  width: 360 | 1440;
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
  {width: 360, colors: 'light', scripts: 'with'},
  {width: 360, colors: 'dark', scripts: 'without'},
  {width: 1440, colors: 'light', scripts: 'without'},
  {width: 1440, colors: 'dark', scripts: 'with'},
];

for (const each of looks) {
  const {width, colors, scripts} = each;
  test(`every kind of page at ${width} px, ${colors}, ${scripts} scripts: axe finds nothing, nothing overflows, no other host is contacted`, {
    skip,
  }, async () => {
    const {context, page, trouble} = await look(each);
    const found: string[] = [];
    for (const path of kinds) {
      await page.goto(`${site.origin}/sub/path${path}`);
      const wide = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
      if (wide > 0) found.push(`${path} is ${wide} px too wide`);
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
  const widths = await page
    .locator('.compare .bar')
    .evaluateAll((bars) => bars.map((bar) => Math.round(bar.getBoundingClientRect().width)));
  assert.equal(new Set(widths).size, 1, 'one scale');
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
  const dots = page.locator('[data-schools] svg').first().locator('.points circle');
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

test('without scripts the list is complete, and no control is shown that would not work', {skip}, async () => {
  const context = await browser.newContext({javaScriptEnabled: false});
  const page = await context.newPage();
  await page.goto(`${site.origin}/sub/path/schools/?q=androm`);
  assert.equal(await page.locator('table.schools tbody tr').count(), 32);
  assert.equal(await page.locator('form:visible, button:visible, input:visible').count(), 0);
  await page.goto(`${site.origin}/sub/path/`);
  assert.equal(await page.locator('form:visible, button:visible, input:visible').count(), 0);
  await page.locator('details summary').first().click();
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
