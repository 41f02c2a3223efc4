/** The same data under other names and in other layouts gives the same answers. */
import assert from 'node:assert/strict';
import {copyFileSync, mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, before} from 'node:test';
import {
  findTrialFolder,
  hasTrialData,
  makeTemporaryFolder,
  removeTemporaryFolders,
  requireRollcall,
  testTrial,
} from './rollcall.ts';
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

/** Runs the folder in a new home directory, and returns every answer as JSON. */
async function answersFrom(folder: string, schoolList: string | null): Promise<string[]> {
  const home = makeTemporaryFolder();
  await requireRollcall(home, 'run', '--from', folder, ...(schoolList === null ? [] : ['--school-list', schoolList]));
  const answers = QUESTIONS.map((question) =>
    requireRollcall(home, 'answer', ...question.split(' '), '--format', 'json'),
  );
  // The files' names are in the origin alone.
  return (await Promise.all(answers)).map(({stdout}) => stdout.replaceAll(/,\n *"origin": .*/g, ''));
}

/** Makes a folder with the three OSPI files under meaningless names. */
function renamed(): string {
  const folder = makeTemporaryFolder();
  const sources = [files.teachers, ...files.enrollment.values()];
  const names = ['a.csv', 'b', 'c.txt'];
  assert.equal(sources.length, names.length);
  for (const [index, source] of sources.entries()) copyFileSync(source.path, join(folder, names[index] ?? ''));
  return folder;
}

/** Turns the fixed-width list into delimited text. Fields with the delimiter or a quote are quoted. */
function delimited(delimiter: string): string {
  const columns = Object.keys(files.list[0] ?? {});
  const quoted = (field: string) =>
    field.includes(delimiter) || field.includes('"') ? `"${field.replaceAll('"', '""')}"` : field;
  const lines = files.list.map((entry) => columns.map((column) => quoted(entry[column] ?? '')).join(delimiter));
  return `${[columns.join(delimiter), ...lines].join('\n')}\n`;
}

function listFile(name: string, content: string): string {
  const folder = makeTemporaryFolder();
  mkdirSync(folder, {recursive: true});
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

/** Asserts that the answers are equal; the message has the first lines that differ. */
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
  files = readTrialFiles(findTrialFolder());
  asPublished = await answersFrom(join(findTrialFolder(), 'ospi'), files.listPath);
  assert.ok(asPublished.every((answer) => JSON.parse(answer).length > 0));
});
after(removeTemporaryFolders);

testTrial('files with other names give the same answers', async () => {
  assertSameAnswers(await answersFrom(renamed(), files.listPath));
});

testTrial('a list in the same folder, under another name, gives the same answers', async () => {
  const folder = renamed();
  copyFileSync(files.listPath, join(folder, 'd.csv'));
  assertSameAnswers(await answersFrom(folder, null));
});

testTrial('a tab-delimited list gives the same answers', async () => {
  assertSameAnswers(await answersFrom(join(findTrialFolder(), 'ospi'), listFile('list.txt', delimited('\t'))));
});

testTrial('a comma-delimited list gives the same answers', async () => {
  assertSameAnswers(await answersFrom(join(findTrialFolder(), 'ospi'), listFile('list.csv', delimited(','))));
});

testTrial('a comma-delimited list saved by a spreadsheet (BOM, CRLF) gives the same answers', async () => {
  const content = `\uFEFF${delimited(',').replaceAll('\n', '\r\n')}`;
  assertSameAnswers(await answersFrom(join(findTrialFolder(), 'ospi'), listFile('list.csv', content)));
});
