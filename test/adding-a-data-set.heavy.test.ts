import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {cp, mkdir, readFile, symlink, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {test} from 'node:test';
import {promisify} from 'node:util';
import {projectFolder} from '../src/project-folder.ts';
import {makeTemporaryFolder} from './support/temporary.ts';

/** Follows docs/adding-a-data-set.md step by step, in a copy of the project. */

const guide = await readFile(join(projectFolder, 'docs/adding-a-data-set.md'), 'utf8');
const blocks = [...guide.matchAll(/^`([\w./-]+)`\n```(\w+)\n(.*?)\n```$/gms)].map(
  ([, path = '', language, text = '']) => ({
    path,
    language,
    text,
  }),
);

/** Applies a diff: lines with a leading space must exist, lines with a minus are removed, lines with a plus are inserted. */
function applyDiff(text: string, diff: string): string {
  const lines = text.split('\n');
  let at = -1;
  for (const line of diff.split('\n')) {
    if (line.startsWith('+')) {
      lines.splice(++at, 0, line.slice(1));
      continue;
    }
    const found = lines.indexOf(line.slice(1));
    assert.ok(found >= 0, `the guide's line is not in the file: ${line}`);
    if (line.startsWith('-')) lines.splice(found, 1);
    at = line.startsWith('-') ? found - 1 : found;
  }
  return lines.join('\n');
}

test('whoever follows the guide gets a new data set, from its declaration to a mart and a page', async () => {
  const folder = makeTemporaryFolder('copy');
  const left = ['node_modules', '.git', 'data'].map((name) => join(projectFolder, name));
  await cp(projectFolder, folder, {recursive: true, filter: (path) => !left.includes(path)});
  await symlink(join(projectFolder, 'node_modules'), join(folder, 'node_modules'));
  await cp(join(projectFolder, 'sample/files'), join(folder, 'downloads'), {recursive: true});
  assert.ok(blocks.length >= 13);
  for (const {path, language, text} of blocks) {
    const file = join(folder, path);
    await mkdir(dirname(file), {recursive: true});
    const contents = language === 'diff' ? applyDiff(await readFile(file, 'utf8'), text) : `${text}\n`;
    await writeFile(file, contents);
  }

  const rollcall = async (...args: string[]) =>
    promisify(execFile)(process.execPath, [join(folder, 'bin/rollcall.js'), ...args, '--home', join(folder, 'home')], {
      cwd: folder,
      env: {...process.env, NO_COLOR: '1'},
    });
  await rollcall('run', '--no-site', '--from', join(folder, 'downloads'));
  await rollcall('build', '--select', 'school_experience+');
  const query = /npx rollcall sql "(.+)"/.exec(guide)?.[1] ?? '';
  const printed = /```\n(school_name .+?)```/s.exec(guide)?.[1];
  assert.equal((await rollcall('sql', query)).stdout, printed);
  const {stdout} = await rollcall(
    'sql',
    `select line_number, reason from raw.rejected_row where source_id = 'ess-teacher-experience'`,
    '--json',
  );
  const [rejected, ...others] = JSON.parse(stdout) as {line_number: number; reason: string}[];
  assert.deepEqual(others, []);
  assert.equal(rejected?.line_number, 4);
  assert.match(rejected.reason, /^Inexperienced Teachers is "thirty"/);

  await rollcall('site', '--out', join(folder, 'report'));
  // The report opens with the newest year, of which the survey has nothing.
  assert.match(
    await readFile(join(folder, 'report/new-teachers/index.html'), 'utf8'),
    /can&#39;t be answered for 2022-23/,
  );
  const page = await readFile(join(folder, 'report/2020-21/new-teachers/index.html'), 'utf8');
  assert.match(page, /Up to 20\.0% of a school’s teachers are new/);
  const table = /<tbody>(.*?)<\/tbody>/s.exec(page)?.[1] ?? '';
  const rows = [...table.matchAll(/<tr>(.*?)<\/tr>/gs)].map(([, row = '']) =>
    [...row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/gs)].map(([, cell]) => cell?.trim()),
  );
  assert.deepEqual(rows, [
    ['Vega Elementary', '25', '5', '20.0%'],
    ['Altair Middle', '44', '–', '–'],
  ]);
  // The figures are the survey's: neither the state nor its site is credited, and the sample's mark doesn't hide whose they are.
  const [, caption = ''] = /<figcaption>(.*?)<\/figcaption>/s.exec(page) ?? [];
  assert.match(caption, /^Source: ESS, in files supplied by hand, 2020–21\./);
  const [, footer = ''] = /<footer>(.*?)<\/footer>/s.exec(page) ?? [];
  assert.match(footer, /Source: Teacher Experience 2020-21 \(ESS\), in files supplied by hand\./);
  assert.doesNotMatch(caption + footer, /OSPI|Report Card|data\.wa\.gov/);
  const {stderr} = await rollcall('explore', 'newcomers');
  assert.match(stderr, /^Source: Teacher Experience 2020-21 \(ESS\), as supplied in teacher-experience\.csv\.$/m);
  assert.doesNotMatch(stderr, /OSPI|Report Card/);
  const exported = join(folder, 'exported');
  await rollcall('export', '--to', exported, '--tables', 'school_experience');
  const readme = await readFile(join(exported, 'README.md'), 'utf8');
  assert.match(
    readme,
    /\| Teacher Experience 2020-21 \| Evergreen Staff Survey \(ESS\) \| As supplied in teacher-experience\.csv\. \|/,
  );

  const home = await readFile(join(folder, 'report/index.html'), 'utf8');
  assert.match(home, /<a href="new-teachers\/index.html"[^>]*>New teachers<\/a>/);
  const [, address = ''] = /<a href="[./]*(data\/files\/SAMPLE-newcomers-[^"]*\.csv)"/.exec(page) ?? [];
  const file = await readFile(join(folder, 'report', address), 'utf8');
  assert.match(file, /Vega Elementary,25,5,0\.2/);
});
