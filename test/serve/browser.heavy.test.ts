import assert from 'node:assert/strict';
import {existsSync, readlinkSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, type TestContext, test} from 'node:test';
import {AxeBuilder} from '@axe-core/playwright';
import {type Browser, chromium, type Page} from 'playwright-core';
import {locateHome} from '../../src/home.ts';
import {enrollment, makeWorkspace, teachers, type Workspace} from '../support/workspace.ts';
import {startServer, token, waitUntil} from './server.ts';

/** The operations page in a real browser, on a real home directory, with real runs. */
const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const skip = existsSync(executablePath) ? false : `no browser at ${executablePath}; CHROMIUM names one`;
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const timeout = 120_000;

let browser: Browser | undefined;
before(async () => {
  if (!skip) browser = await chromium.launch({executablePath, args});
});
after(() => browser?.close());

async function open(
  t: TestContext,
  {width = 1440, javaScriptEnabled = true, colorScheme = 'light' as 'light' | 'dark'} = {},
): Promise<{page: Page; space: Workspace; errors: string[]}> {
  const space = await makeWorkspace(t);
  const {url} = await startServer(t, locateHome(space.home));
  const context = await browser?.newContext({viewport: {width, height: 900}, javaScriptEnabled, colorScheme});
  if (!context) throw new Error('no browser');
  t.after(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(timeout);
  const errors: string[] = [];
  page.on('pageerror', ({message}) => errors.push(message));
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  await page.goto(`${url}/operations`);
  return {page, space, errors};
}

async function enter(page: Page, value = token.value) {
  await page.getByLabel('Token').fill(value);
  await page.getByRole('button', {name: 'Enter'}).click();
}

const published = (space: Workspace) => readlinkSync(join(space.home, 'published')).split('/').at(-1);

async function assertAccessible(page: Page, where: string) {
  const {violations} = await new AxeBuilder({page}).analyze();
  assert.deepEqual(
    violations.map(({id, nodes}) => `${where}: ${id}: ${nodes.map(({html}) => html).join(' ')}`),
    [],
  );
}

test('the page follows a run that was started elsewhere without a reload, and can roll back a build', {
  skip,
}, async (t) => {
  const {page, space, errors} = await open(t);
  await page.evaluate("document.documentElement.dataset['stayed'] = 'yes'");
  assert.equal(await page.getByRole('button', {name: 'Run now'}).count(), 0, 'no button without the token');
  const before = published(space);
  space.edit(teachers, (text) => text.replaceAll('Vega Elementary', 'Vega Primary'));
  const run = space.run();
  await page.locator('#latest .outcome.busy').first().waitFor();
  await page.locator('#latest .steps b', {hasText: 'reshape'}).waitFor();
  assert.equal((await run).code, 0);
  const now = published(space) ?? '';
  assert.notEqual(now, before);
  await page.locator('#state code', {hasText: now}).waitFor();
  await page.locator('#latest .steps b', {hasText: 'publish'}).waitFor();
  assert.equal(await page.evaluate("document.documentElement.dataset['stayed']"), 'yes');

  await enter(page);
  await page.getByRole('button', {name: `Publish build ${before}`}).click();
  await page.locator('#state code', {hasText: before ?? ''}).waitFor();
  assert.equal(published(space), before);
  await page.locator('#builds tr', {hasText: now}).getByText('rolled back from').waitFor();
  await page.locator('#changes', {hasText: `Rolled back from build ${now} to build ${before}.`}).waitFor();
  assert.deepEqual(errors, []);
});

test('a wrong token is reported; with the right one a run starts, with the requested options', {skip}, async (t) => {
  const {page} = await open(t, {width: 360});
  await enter(page, 'not the token');
  await page.getByRole('alert').filter({hasText: 'This token is wrong.'}).waitFor();
  await enter(page);
  await page.getByLabel('School years').fill('2020-21');
  await page.getByLabel('Only').selectOption('ospi-teachers');
  await page.getByRole('button', {name: 'Run now'}).click();
  await page.locator('#latest .command', {hasText: /^run --from \S+ --years 2020-21 --only ospi-teachers$/}).waitFor();
  await page.locator('#latest .outcome', {hasText: 'unchanged'}).waitFor();
  await page.getByRole('button', {name: 'Leave'}).click();
  await page.getByLabel('Token').waitFor();
});

test('a failed check is shown with its rows, and the published build stays', {skip}, async (t) => {
  const {page, space} = await open(t);
  const before = published(space);
  space.editSheet(teachers, (sheet) => {
    const count = sheet.header.indexOf('TeacherCount');
    for (const row of sheet.rows) row[count] = '999';
  });
  const {code} = await space.run();
  assert.equal(code, 1);
  await page.locator('#latest .error').waitFor();
  const failed = page.locator('#checks details', {has: page.locator('.outcome.bad')}).first();
  await failed.locator('summary').click();
  await failed.locator('.rows li').first().waitFor();
  assert.equal(published(space), before);
});

for (const width of [360, 1440]) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`at ${width} pixels, ${colorScheme}: nothing overflows the page, and axe finds nothing`, {skip}, async (t) => {
      const {page} = await open(t, {width, colorScheme});
      const visit = async (where: string) => {
        assert.ok(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), where);
        await assertAccessible(page, where);
      };
      await visit('from outside');
      await enter(page);
      await page.getByRole('button', {name: 'Run now'}).waitFor();
      for (const details of await page.locator('details').all())
        await details.evaluate((node) => node.setAttribute('open', ''));
      await visit('with the token');
      await page.getByRole('link', {name: /with its log/}).click();
      await page.getByRole('heading', {name: 'Log'}).waitFor();
      await visit('a run');
      await page.getByRole('link', {name: 'Operations'}).click();
      await page.getByRole('button', {name: 'What would it do?'}).click();
      await page.getByText('Nothing is done yet').waitFor();
      await visit('the plan');
    });
  }
}

/** Follows the links of the pages about operations, and takes two pages of each kind. */
async function findKinds(page: Page, start: string): Promise<string[]> {
  const taken = new Map<string, string[]>();
  const waiting = [start];
  for (const url of waiting) {
    await page.goto(url);
    const links = await page.locator('a[href^="/operations"]').evaluateAll((all) => all.map((link) => String(link)));
    for (const link of links) {
      const address = new URL(link);
      address.hash = '';
      const kind = address.pathname.replace(/(runs|checks)\/.*/, '$1/*').replaceAll(/\w+(?=\.)|(?<=\.)\w+/g, '*');
      const of = taken.get(kind) ?? [];
      if (of.length === 2 || of.includes(address.href)) continue;
      taken.set(kind, [...of, address.href]);
      waiting.push(address.href);
    }
  }
  return [...taken.values()].flat();
}

test('on every kind of page, nothing overflows and axe finds nothing; changes and lineage are pages', {
  skip,
}, async (t) => {
  const {page, space, errors} = await open(t);
  // The lineage of all models takes half a minute on a busy machine, and more than a test of one page should wait.
  page.setDefaultTimeout(5 * timeout);
  const start = page.url();
  space.editSheet(teachers, (sheet) => {
    const name = sheet.header.indexOf('SchoolName');
    for (const row of sheet.rows) row[name] = row[name]?.replace('Vega Elementary', 'Vega Primary') ?? '';
  });
  space.edit(enrollment, (text) => text.replaceAll('Vega Elementary', 'Vega Primary'));
  assert.equal((await space.run()).code, 0);
  const kinds = await findKinds(page, start);
  for (const kind of [
    /\/checks$/,
    /\/checks\//,
    /\/runs\//,
    /\/changes$/,
    /\/lineage$/,
    /\/lineage\/[\w]+\.[\w]+$/,
    /\/lineage\/(\w+\.){2}\w+$/,
  ])
    assert.ok(
      kinds.some((url) => kind.test(new URL(url).pathname)),
      String(kind),
    );
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({colorScheme});
    for (const width of [390, 1280]) {
      await page.setViewportSize({width, height: 900});
      for (const url of kinds) {
        await page.goto(url);
        await page.evaluate('for (const details of document.querySelectorAll("details")) details.open = true');
        assert.ok(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), `${url} at ${width}`);
        await assertAccessible(page, `${url} at ${width}, ${colorScheme}`);
      }
    }
  }
  const tops = '[...document.querySelectorAll("header nav a")].map((link) => link.getBoundingClientRect().top)';
  assert.equal(
    new Set(await page.evaluate<number[]>(tops)).size,
    1,
    'the links stand beside each other, as in the report',
  );
  const {origin} = new URL(start);
  await page.goto(`${origin}/operations/changes`);
  await page.locator('#schools tr', {hasText: 'Vega Primary'}).getByText('renamed').waitFor();
  await page.goto(`${origin}/operations/lineage/marts.schools`);
  await page.getByRole('rowheader', {name: 'teacher_count', exact: true}).getByRole('link').click();
  await page.locator('dl', {hasText: '“TeacherTotalCount” of Report Card Teacher Demographics'}).waitFor();
  const fonts = await page.evaluate<string[]>(
    '[...document.fonts].filter((font) => font.status === "loaded").map((font) => font.family.replaceAll(\'"\', ""))',
  );
  assert.deepEqual([...new Set(fonts)].sort(), ['Besley', 'Public Sans']);
  assert.deepEqual(errors, []);
});

test('without JavaScript, everything can still be read and done', {skip}, async (t) => {
  const {page} = await open(t, {javaScriptEnabled: false});
  await enter(page);
  await page.getByRole('button', {name: 'Run now'}).click();
  await waitUntil(async () => {
    await page.goto(page.url());
    return (await page.locator('#runs tbody tr').count()) === 2;
  });
  await page.getByRole('link', {name: 'The published build beside the one before'}).click();
  await page.getByRole('heading', {name: 'What changed'}).waitFor();
});
