import {execFile} from 'node:child_process';
import {mkdtemp, readFile, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {promisify} from 'node:util';
import {chromium} from 'playwright-core';
import {projectFolder} from '../src/project-folder.ts';
import {readPictured} from './pictured.ts';

// Takes the picture of the report in the README, on the example of southern Seattle, and notes the words in it: npm run picture

const home = await mkdtemp(join(tmpdir(), 'rollcall-picture-'));
const program = join(projectFolder, 'bin', 'rollcall.js');
await promisify(execFile)(process.execPath, [program, 'demo', '--home', home], {maxBuffer: 1 << 24});
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
const page = await browser.newPage({viewport: {width: 1200, height: 960}, colorScheme: 'light'});
const report = join(home, 'published', 'site', 'index.html');
await page.goto(pathToFileURL(report).href);
await page.screenshot({path: join(projectFolder, 'docs', 'report.png')});
await writeFile(join(projectFolder, 'docs', 'report.txt'), readPictured(await readFile(report, 'utf8')));
await browser.close();
