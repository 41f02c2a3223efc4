import {execFile} from 'node:child_process';
import {mkdtemp, readFile, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';

// Fills in the output of the commands on the sample below each `<!-- rollcall … -->` in the README and the exploration: npm run readme

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const rollcall = async (...args: string[]) =>
  (
    await promisify(execFile)(process.execPath, [at('../bin/rollcall.js'), ...args], {
      env: {...process.env, NO_COLOR: '1'},
    })
  ).stdout;

const home = await mkdtemp(join(tmpdir(), 'rollcall-readme-'));
await rollcall('run', '--from', 'sample', '--no-site', '--home', home);
for (const path of ['../README.md', 'exploration.md']) {
  let text = await readFile(at(path), 'utf8');
  for (const [block, command = ''] of text.matchAll(/<!-- rollcall (.+?) -->\n```\n.*?```/gs)) {
    const printed = await rollcall(...command.split(' '), '--home', home);
    text = text.replace(block, () => `<!-- rollcall ${command} -->\n\`\`\`\n${printed}\`\`\``);
  }
  await writeFile(at(path), text);
}
