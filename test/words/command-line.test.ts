import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {test} from 'node:test';
import {quoteArgument} from '../../src/words/command-line.ts';

test('a shell reads a quoted argument as the text that was quoted; plain ones stay as they are', () => {
  assert.equal(quoteArgument('./data/demo'), './data/demo');
  for (const text of ['my home', 'env=prod?', "it's", '$HOME', '*', '', '~', 'a\\b'])
    assert.equal(execFileSync('/bin/sh', ['-c', `printf %s ${quoteArgument(text)}`], {encoding: 'utf8'}), text, text);
});
