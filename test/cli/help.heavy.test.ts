import assert from 'node:assert/strict';
import {test} from 'node:test';
import {rollcall} from '../support/command.ts';

test('the help of every command fits 80 columns', async () => {
  const {stdout} = await rollcall(['--help']);
  const commands = [...(/^Commands:\n(.*?)\n\n/ms.exec(stdout)?.[1] ?? '').matchAll(/^ {2}(\w+)/gm)].map(
    ([, name = '']) => name,
  );
  assert.ok(commands.includes('sql') && commands.includes('completions') && commands.length > 15);
  for (const command of ['', ...commands]) {
    const {code, stdout: help} = await rollcall([...(command === '' ? [] : [command]), '--help']);
    assert.equal(code, 0, command);
    assert.match(help, /^Usage: rollcall/);
    const wide = help.split('\n').filter((line) => line.length > 80);
    assert.deepEqual(wide, [], command);
  }
});
