import assert from 'node:assert/strict';
import {test} from 'node:test';
import {Failure} from '../src/failure.ts';
import {parseYaml} from '../src/yaml.ts';

test('a mistake in YAML is reported with its file, its line and its kind', () => {
  for (const [text, told] of [
    ['a: [1, 2\nb: 3', /^f\.yml: line 2: /],
    ['a: 1\nb: 2\na: 3', /^f\.yml: line 3: duplicated mapping key\.$/],
    ['a: &x 1\nb: *y', /^f\.yml: line 2: unidentified alias "y"\.$/],
    ['a: b: c', /^f\.yml: line 1: /],
    ['# nothing\n', /^f\.yml: .*empty\.$/],
  ] as const) {
    assert.throws(
      () => parseYaml(text, 'f.yml', 2),
      (error) => {
        assert.ok(error instanceof Failure);
        assert.match(error.message, told);
        return error.exitCode === 2;
      },
    );
  }
});

test('a value that YAML 1.1 and 1.2 read differently is refused without quotes, and is text with them', () => {
  for (const value of ['007', '1_000', '2020-01-01', '12:30', 'yes', 'Off', '1.0', '-2.', '1e3', '1.5e+3']) {
    assert.throws(
      () => parseYaml(`a: ${value}`, 'f.yml'),
      /YAML readers disagree on what .* means\. Put it in quotes\.$/,
      value,
    );
    assert.deepEqual(parseYaml(`a: "${value}"`, 'f.yml'), {a: value});
  }
});

test('values that both versions read alike are accepted', () => {
  const text = 'a: 1\nb: [true, null, ~, 1.5, 2019-20, "x"]\nc: |\n  two\n  lines\nd:\n  e: >-\n    one\n    line\n';
  assert.deepEqual(parseYaml(text, 'f.yml'), {
    a: 1,
    b: [true, null, null, 1.5, '2019-20', 'x'],
    c: 'two\nlines\n',
    d: {e: 'one line'},
  });
});
