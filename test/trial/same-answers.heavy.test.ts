/** The same data under other names and in other layouts gives the same answers. */
import assert from 'node:assert/strict';
import {copyFileSync, mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, before} from 'node:test';
import {hasTrialData, mustRollcall, removeTemporaryFolders, temporaryFolder, trial, trialFolder} from './rollcall.ts';
import {readTrialFiles, type TrialFiles} from './source-files.ts';

const QUESTIONS = [
  'student-groups',
  'student-groups --group all',
  'student-groups --year 2019-20',
  'schools',
  'teacher-groups',
  'representation',
  'representation --by group',
  'teachers-of-color',
];

let files: TrialFiles;
let asPublished: string[] = [];

/** Every answer as JSON, from a run of its own. */
async function answersFrom(folder: string, schoolList: string | null): Promise<string[]> {
  const home = temporaryFolder();
  await mustRollcall(home, 'run', '--from', folder, ...(schoolList === null ? [] : ['--school-list', schoolList]));
  const answers = QUESTIONS.map((question) => mustRollcall(home, 'answer', ...question.split(' '), '--format', 'json'));
  return (await Promise.all(answers)).map(({stdout}) => stdout);
}

/** A folder with the three OSPI files under names that tell nothing. */
function renamed(): string {
  const folder = temporaryFolder();
  const sources = [files.teachers, ...files.enrollment.values()];
  const names = ['a.csv', 'b', 'c.txt'];
  assert.equal(sources.length, names.length);
  for (const [index, source] of sources.entries()) copyFileSync(source.path, join(folder, names[index] ?? ''));
  return folder;
}

/** The fixed-width list as delimited text; a field with the delimiter or a quote in it is quoted. */
function delimited(delimiter: string): string {
  const columns = Object.keys(files.list[0] ?? {});
  const quoted = (field: string) =>
    field.includes(delimiter) || field.includes('"') ? `"${field.replaceAll('"', '""')}"` : field;
  const lines = files.list.map((entry) => columns.map((column) => quoted(entry[column] ?? '')).join(delimiter));
  return `${[columns.join(delimiter), ...lines].join('\n')}\n`;
}

function listFile(name: string, content: string): string {
  const folder = temporaryFolder();
  mkdirSync(folder, {recursive: true});
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

/** Letter for letter; where not, the first lines that differ are told. */
function assertSameAnswers(answers: string[]) {
  for (const [index, question] of QUESTIONS.entries()) {
    const wanted = asPublished[index]?.split('\n') ?? [];
    const lines = answers[index]?.split('\n') ?? [];
    const differences = lines.flatMap((line, n) =>
      line === wanted[n] ? [] : [`line ${n + 1}: ${line}, was ${wanted[n]}`],
    );
    assert.deepEqual(differences.slice(0, 5), [], `${question}: ${differences.length} lines differ`);
    assert.equal(lines.length, wanted.length, question);
  }
}

before(async () => {
  if (!hasTrialData) return;
  files = readTrialFiles(trialFolder());
  asPublished = await answersFrom(join(trialFolder(), 'ospi'), files.listPath);
  assert.ok(asPublished.every((answer) => JSON.parse(answer).length > 0));
});
after(removeTemporaryFolders);

trial('the files have other names', async () => {
  assertSameAnswers(await answersFrom(renamed(), files.listPath));
});

trial('the list lies in the folder with them, under another name', async () => {
  const folder = renamed();
  copyFileSync(files.listPath, join(folder, 'd.csv'));
  assertSameAnswers(await answersFrom(folder, null));
});

trial('the list is tab-delimited', async () => {
  assertSameAnswers(await answersFrom(join(trialFolder(), 'ospi'), listFile('list.txt', delimited('\t'))));
});

trial('the list is comma-delimited', async () => {
  assertSameAnswers(await answersFrom(join(trialFolder(), 'ospi'), listFile('list.csv', delimited(','))));
});

trial('the list is comma-delimited, and a spreadsheet has saved it: BOM, CRLF', async () => {
  const content = `\uFEFF${delimited(',').replaceAll('\n', '\r\n')}`;
  assertSameAnswers(await answersFrom(join(trialFolder(), 'ospi'), listFile('list.csv', content)));
});
