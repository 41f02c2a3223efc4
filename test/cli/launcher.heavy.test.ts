import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import {delimiter, join} from 'node:path';
import {test} from 'node:test';
import packageJson from '../../package.json' with {type: 'json'};
import {projectFolder} from '../../src/project-folder.ts';

/** The machine's own Node, beside the one that the project brings along. */
const systemNode = (process.env['PATH'] ?? '')
  .split(delimiter)
  .filter((folder) => !folder.includes('node_modules'))
  .map((folder) => join(folder, 'node'))
  .find((path) => existsSync(path));
const version = systemNode && execFileSync(systemNode, ['--version'], {encoding: 'utf8'}).trim();
const isOlder = version !== undefined && Number(/^v(\d+)/.exec(version)?.[1]) < 24;
const skip = !isOlder && `the Node of this machine (${version ?? 'none'}) is not older than 24`;

test('the command works where the system’s Node is older: it hands over to the Node of the project', {skip}, () => {
  const bin = join(projectFolder, 'bin', 'rollcall.js');
  const output = execFileSync(systemNode ?? '', [bin, '--help'], {encoding: 'utf8'});
  assert.match(output, /^Usage: rollcall/);
  assert.equal(execFileSync(systemNode ?? '', [bin, '--version'], {encoding: 'utf8'}), `${packageJson.version}\n`);
  assert.throws(
    () => execFileSync(systemNode ?? '', [bin, 'nonsense'], {stdio: 'pipe'}),
    (error: {status?: number}) => error.status === 2,
  );
});
