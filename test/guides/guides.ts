import {execFile} from 'node:child_process';
import {mkdir, mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {delimiter, join} from 'node:path';
import {promisify} from 'node:util';
import {projectFolder} from '../../src/project-folder.ts';
import {canStart, install} from '../parity/programs.ts';
import {buildFrom} from '../support/pipeline.ts';
import {serveFolder} from '../support/site.ts';

/*
 * npm run guides [-- --write]
 *
 * Runs every code block of docs/using/ on the sample, in a folder for each page, and compares the output with
 * the text block that follows. With --write, it fills that block in. The notebooks run on the example of southern Seattle.
 */

const execute = promisify(execFile);
const folder = join(projectFolder, 'docs', 'using');
const separator = '\u241e';

interface Block {
  language: string;
  code: string;
  /** The expected output; undefined if the page gives none. */
  expected: string | undefined;
  /** The position of that output in the page. */
  at: [start: number, end: number] | undefined;
}

/** A code block, and the text block right after it. */
const blocks = /```(\w+)\n(.*?)```(?:\s*```text\n(.*?)```)?/gs;

function blocksOf(page: string): Block[] {
  return [...page.matchAll(blocks)].map((match) => {
    const [whole, language = '', code = '', expected] = match;
    const end = match.index + whole.length - '```'.length;
    return {language, code, expected, at: expected === undefined ? undefined : [end - expected.length, end]};
  });
}

/** How the blocks of a language are run: together if they build on each other. */
interface Runner {
  /** Why it can't be run here; undefined if it can. */
  missing?: string;
  run(codes: string[], at: {cwd: string; env: NodeJS.ProcessEnv}): Promise<string[]>;
}

const each = (run: (code: string, at: {cwd: string; env: NodeJS.ProcessEnv}) => Promise<string>): Runner['run'] => {
  return async (codes, at) => {
    const printed: string[] = [];
    for (const code of codes) printed.push(await run(code, at));
    return printed;
  };
};

const inOne =
  (program: string, args: string[], print: string): Runner['run'] =>
  async (codes, at) => {
    const script = codes.join(`\n${print}\n`);
    const {stdout} = await execute(program, [...args, script], at);
    return stdout.split(`${separator}\n`);
  };

const officeIsThere = await canStart('soffice', '--version');
const runners: Record<string, Runner> = {
  sh: {run: each(async (code, at) => (await execute('bash', ['-euo', 'pipefail', '-c', code], at)).stdout)},
  sql: {
    run: each(async (code, at) => (await execute('duckdb', ['-markdown', 'rollcall.duckdb', '-c', code], at)).stdout),
  },
  python: {run: inOne('python', ['-c'], `print("${separator}")`)},
  r: {
    ...((await canStart('Rscript', '--version')) ? {} : {missing: 'there is no R (apt-get install r-base-core)'}),
    run: inOne('Rscript', ['-e'], `cat("${separator}\\n")`),
  },
  javascript: {run: inOne(process.execPath, ['--input-type=module', '-e'], `console.log("${separator}")`)},
  excel: {
    ...(officeIsThere ? {} : {missing: 'there is no LibreOffice Calc (apt-get install libreoffice-calc)'}),
    run: each(async (code, at) => {
      await execute('python', [join(import.meta.dirname, 'formulas.py'), 'rollcall.xlsx', code, 'formulas.xlsx'], at);
      const profile = `-env:UserInstallation=file://${at.cwd}/profile`;
      await execute('soffice', ['--headless', profile, '--convert-to', 'csv', 'formulas.xlsx'], at);
      return readFile(join(at.cwd, 'formulas.csv'), 'utf8');
    }),
  },
};

/** Finds the programs that the pages use, by name. */
async function programsIn(work: string): Promise<string> {
  const shims = join(work, 'programs');
  await mkdir(shims);
  const rollcall = `exec "${process.execPath}" "${join(projectFolder, 'bin', 'rollcall.js')}" "$@"`;
  const scripts = {
    npx: `shift\n${rollcall}`,
    // The packages that a page tells people to install must be among the ones installed here.
    pip: 'shift\nexec python -m pip show --quiet "$@"',
  };
  for (const [name, script] of Object.entries(scripts))
    await writeFile(join(shims, name), `#!/bin/sh\n${script}\n`, {mode: 0o755});
  return shims;
}

/** The address of a report in the pages. */
const reportAddress = 'https://rollcall.example.org';
const isWriting = process.argv.includes('--write');
const work = await mkdtemp(join(tmpdir(), 'rollcall-guides-'));
let failures = 0;
try {
  const python = await install('readers', join(import.meta.dirname, '..', 'roundtrip'));
  const home = await buildFrom('sample');
  home.close();
  const path = [await programsIn(work), python, process.env['PATH']].join(delimiter);
  const env = {...process.env, PATH: path, ROLLCALL_HOME: home.home, NO_COLOR: '1', CI: '1'};
  const names = (await readdir(folder)).sort();
  const knitted = names.filter((name) => name.endsWith('.Rmd')).map(findKnitted);
  for (const name of names.filter((each) => each.endsWith('.md') && !knitted.includes(each))) {
    const page = await readFile(join(folder, name), 'utf8');
    const found = blocksOf(page);
    const cwd = join(work, name);
    await mkdir(cwd);
    // A page that writes a report reads it from an address, as people do.
    const server = await serveFolder(join(cwd, 'report'));
    const printed = new Map<Block, string>();
    for (const [language, ofLanguage] of Map.groupBy(found, ({language}) => language)) {
      const runner = runners[language];
      if (runner === undefined) throw new Error(`${name}: nobody runs blocks of ${language}`);
      if (runner.missing !== undefined) {
        process.stdout.write(`- ${name}: ${ofLanguage.length} blocks of ${language} are left out: ${runner.missing}\n`);
        continue;
      }
      const outputs = await runner.run(
        ofLanguage.map(({code}) => code.replaceAll(reportAddress, server.origin)),
        {cwd, env},
      );
      for (const [index, block] of ofLanguage.entries()) printed.set(block, trimmed(outputs[index] ?? ''));
    }
    server.close();
    let text = page;
    for (const [block, output] of [...printed].reverse()) {
      if (block.at === undefined || block.expected === output) continue;
      if (isWriting) {
        text = text.slice(0, block.at[0]) + output + text.slice(block.at[1]);
        continue;
      }
      failures++;
      process.stdout.write(`✗ ${name}: the page says\n${block.expected}but it prints\n${output}\n`);
    }
    if (text !== page) await writeFile(join(folder, name), text);
    process.stdout.write(`${printed.size} blocks of ${name} ran\n`);
  }
  const seattle = await buildFrom(join(projectFolder, 'examples', 'south-seattle'));
  seattle.close();
  const notebooks = join(work, 'notebooks');
  await mkdir(notebooks);
  const at = {cwd: notebooks, env: {...env, ROLLCALL_HOME: seattle.home}};
  await execute('npx', ['rollcall', 'export', '--to', 'tables'], at);
  for (const name of names.filter((each) => /\.(ipynb|Rmd)$/.test(each))) {
    const missing = name.endsWith('.Rmd') ? runners['r']?.missing : undefined;
    if (missing !== undefined) {
      process.stdout.write(`- ${name} is left out: ${missing}\n`);
      continue;
    }
    const difference = await (name.endsWith('.Rmd') ? knit(name, at) : runNotebook(name, at));
    if (difference !== undefined) failures++;
    process.stdout.write(difference === undefined ? `${name} ran\n` : `✗ ${name}: ${difference}\n`);
  }
  process.stdout.write(
    failures === 0 ? '✓ the guides do what they say\n' : `✗ ${failures} blocks print something else\n`,
  );
  process.exitCode = failures === 0 ? 0 : 1;
} finally {
  await rm(work, {recursive: true, force: true});
}

/** Runs a Python notebook. Returns the cells that print something else than the notebook has; undefined if none does. */
async function runNotebook(name: string, at: {cwd: string; env: NodeJS.ProcessEnv}): Promise<string | undefined> {
  const args = [
    join(import.meta.dirname, 'notebook.py'),
    join(folder, name),
    at.cwd,
    ...(isWriting ? ['--write'] : []),
  ];
  return execute('python', args, at).then(
    () => undefined,
    (error: {stdout: string; stderr: string}) => error.stdout || error.stderr,
  );
}

/** Knits an R notebook. Returns what it prints, if the page made from it has something else. */
async function knit(name: string, at: {cwd: string; env: NodeJS.ProcessEnv}): Promise<string | undefined> {
  const [made, page] = [join(at.cwd, findKnitted(name)), join(folder, findKnitted(name))];
  // By default, knitr works in the folder of the notebook, and prints errors into the page.
  const script =
    'knitr::opts_knit$set(root.dir = getwd()); knitr::opts_chunk$set(error = FALSE); invisible(knitr::knit(commandArgs(TRUE)[1], commandArgs(TRUE)[2], quiet = TRUE))';
  await execute('Rscript', ['-e', script, join(folder, name), made], at);
  const printed = await readFile(made, 'utf8');
  if (isWriting) await writeFile(page, printed);
  return printed === (await readFile(page, 'utf8')) ? undefined : `it prints\n${printed}`;
}

/** Names the page that is made from an R notebook. */
function findKnitted(notebook: string): string {
  return notebook.replace(/\.Rmd$/, '-r.md');
}

function trimmed(output: string): string {
  const lines = output.split('\n').map((line) => line.trimEnd());
  return `${lines.join('\n').replace(/^\n+/, '').trimEnd()}\n`.replace(/^\n$/, '');
}
