import assert from 'node:assert/strict';
import {execFileSync, spawnSync} from 'node:child_process';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {stripVTControlCharacters} from 'node:util';
import {rollcall} from '../support/command.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';
import {skipWithout} from '../support/tools.ts';

/* Each shell completes a line with what `rollcall completions` prints for it. */

function without(shell: string): string | false {
  return skipWithout(spawnSync(shell, ['--version']).status === 0, `${shell} is not installed`);
}

async function writeScript(shell: string): Promise<string> {
  const {code, stdout, stderr} = await rollcall(['completions', shell]);
  assert.equal(code, 0, stderr);
  const path = join(makeTemporaryFolder('completions'), `rollcall.${shell}`);
  writeFileSync(path, stdout);
  return path;
}

/** A line as it is typed, what the shell offers for its last word, and what it must not offer. */
const typed: [line: string, offers: string[], not: string][] = [
  ['rollcall an', ['answer'], 'plan'],
  ['rollcall answer te', ['teacher-groups', 'teachers-of-color'], 'schools'],
  ['rollcall sql --format a', ['arrow'], 'table'],
  ['rollcall sql --pa', ['--param'], '--limit'],
  ['rollcall export --ye', ['--year'], '--to'],
];

test('bash completes commands, questions, options and formats', {skip: without('bash')}, async () => {
  const script = await writeScript('bash');
  const complete = `source "$0"; line=($1); COMP_WORDS=("\${line[@]}"); COMP_CWORD=$((\${#line[@]} - 1)); _rollcall; echo "\${COMPREPLY[*]}"`;
  for (const [line, offers] of typed) {
    const printed = execFileSync('bash', ['-c', complete, script, line], {encoding: 'utf8'});
    assert.deepEqual(printed.trim().split(' '), offers, line);
  }
});

test('fish completes the same', {skip: without('fish')}, async () => {
  const script = await writeScript('fish');
  for (const [line, offers, not] of typed) {
    const printed = execFileSync('fish', ['-c', `source ${script}; complete -C '${line}'`], {encoding: 'utf8'});
    const words = printed
      .trim()
      .split('\n')
      .map((each) => each.split('\t')[0]);
    assert.ok(offers.every((offer) => words.includes(offer)) && !words.includes(not), `${line}: ${words.join(' ')}`);
  }
});

test('zsh completes the same', {skip: without('zsh')}, async () => {
  const script = await writeScript('zsh');
  // Only a line with one way to end is completed at once. Then the line is printed instead of run.
  for (const [line, [offer = '']] of typed.filter(([, offers]) => offers.length === 1)) {
    // In the keys of Emacs, since npm names vi as the editor, whose keys would be used.
    const session = `zmodload zsh/zpty; zpty shell zsh -f -i; zpty -w shell 'PS1=; bindkey -e; autoload -Uz compinit; compinit -u -D; source ${script}'
      zpty -w -n shell $'${line}\\t\\C-aprint -r -- got: \\C-m'; zpty -w shell 'exit'; zpty -r shell seen '*got: rollcall*exit*'; print -r -- $seen`;
    const printed = execFileSync('zsh', ['-f', '-c', session], {encoding: 'utf8', timeout: 60_000});
    const lines = stripVTControlCharacters(printed).split(/[\r\n]+/);
    const whole = `got: ${line.slice(0, line.lastIndexOf(' '))} ${offer}`;
    assert.ok(
      lines.some((each) => each.trim().startsWith(whole)),
      `${whole}\n${printed}`,
    );
  }
});
