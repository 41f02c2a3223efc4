import assert from 'node:assert/strict';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {test} from 'node:test';
import {measure} from '../../bench/measure.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';

const skip = process.platform === 'linux' ? false : 'the bench needs Linux';

/** A program that allocates so many megabytes and then writes its peak memory, as the system reports it, to a file. */
const taking = (megabytes: number, path: string, meanwhile: string) => `
  const taken = Buffer.alloc(${megabytes}e6, 1);
  new Promise((done) => {${meanwhile}}).then(() => {
    const [, kilobytes] = /VmHWM:\\s*(\\d+)/.exec(require('node:fs').readFileSync('/proc/self/status', 'utf8'));
    require('node:fs').writeFileSync(${JSON.stringify(path)}, kilobytes);
    process.exitCode = taken.length > 0 ? 0 : 1;
  });`;

test("measured memory is the peak of a program together with its children, in the system's own figures", {
  skip,
}, async () => {
  const folder = makeTemporaryFolder('measure');
  const [child, parent] = [join(folder, 'child'), join(folder, 'parent')];
  const starting = `require('node:child_process')
    .spawn(process.execPath, ['-e', ${JSON.stringify(taking(200, child, 'setTimeout(done, 500)'))}], {stdio: 'inherit'})
    .on('exit', done);`;
  const {peak, seconds, byProgram} = await measure(process.execPath, ['-e', taking(100, parent, starting)]);
  const most = async (path: string) => Number(await readFile(path, 'utf8')) * 1024;
  const together = (await most(child)) + (await most(parent));
  assert.ok(together > 300e6);
  assert.ok(peak > 0.85 * together && peak < 1.02 * together, `${peak} of ${together}`);
  assert.deepEqual([...byProgram], [['node', peak]]);
  assert.ok(seconds > 0.5);
});

test('measured processor time is that of a program and its children, not of this one', {skip}, async () => {
  const busy = 'for (let used = 0; used < 300_000; ) used = Object.values(process.cpuUsage()).reduce((a, b) => a + b);';
  const parent = `require('node:child_process').execFileSync(process.execPath, ['-e', ${JSON.stringify(busy)}]); ${busy}`;
  const [{cpuSeconds}, idle] = [await measure(process.execPath, ['-e', parent]), await measure('/bin/sleep', ['0.3'])];
  assert.ok(cpuSeconds >= 0.6 && cpuSeconds < 2, `${cpuSeconds}`);
  assert.ok(idle.cpuSeconds < 0.1, `${idle.cpuSeconds}`);
});

test('the error about a failed program includes its output', {skip}, async () => {
  const failing = measure(process.execPath, ['-e', 'console.error("not today"); process.exit(3)']);
  await assert.rejects(failing, /ended with 3:\nnot today/);
});
