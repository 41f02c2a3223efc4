import {execFile} from 'node:child_process';
import {mkdtemp, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {projectFolder} from '../src/project-folder.ts';
import {documents, fillIn, onExamples} from './printed.ts';

// Fills in what commands print in the documents: npm run readme

const run = onExamples(
  async (args) => {
    const program = join(projectFolder, 'bin', 'rollcall.js');
    const {stdout} = await promisify(execFile)(process.execPath, [program, ...args], {
      env: {...process.env, NO_COLOR: '1'},
    });
    return stdout;
  },
  await mkdtemp(join(tmpdir(), 'rollcall-docs-')),
);
for (const document of documents) await writeFile(join(projectFolder, document), await fillIn(document, run));
