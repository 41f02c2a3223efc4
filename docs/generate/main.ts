import {mkdtemp, readdir, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {writeAtomically} from '../../src/files.ts';
import {locateHome} from '../../src/home.ts';
import {projectFolder} from '../../src/project-folder.ts';
import {run} from '../../src/runs/run.ts';
import {makeDocuments} from './documents.ts';

// Regenerates docs/dictionary.md and docs/diagrams/ from the project: npm run docs

const home = await mkdtemp(join(tmpdir(), 'rollcall-docs-'));
const {warehouse} = await run(
  {home: locateHome(home), from: 'sample'},
  {note: () => {}, step: async (_, work) => (await work(() => {})).result},
);
const made = await makeDocuments(warehouse);
for (const [path, text] of made) await writeAtomically(join(projectFolder, path), text);
for (const name of await readdir(join(projectFolder, 'docs/diagrams'))) {
  if (!made.has(`docs/diagrams/${name}`)) await rm(join(projectFolder, 'docs/diagrams', name));
}
await rm(home, {recursive: true});
