import assert from 'node:assert/strict';
import {test} from 'node:test';
import {collectMacros, createCallable, render, renderNative, returnValue} from '../../src/dbt/jinja/render.ts';
import {parse} from '../../src/dbt/jinja/syntax.ts';
import {JinjaError, toText, toValue, type Value} from '../../src/dbt/jinja/values.ts';

const vars = new Map<string, Value>([
  ['n', 10n],
  ['t', '10'],
]);
const globals = new Map<string, Value>([['var', ([name = null]) => vars.get(toText(name)) ?? null]]);

/** Templates with their output in dbt-core 1.10.23. `npm run parity:dbt` compares hundreds more. */
const rendered: [what: string, template: string, text: string][] = [
  ['a line after a tag', "-- {% if var('n') %}\nwhere a\n{% endif %}\nx", '-- \nwhere a\n\nx'],
  ['a loop', "{% for x in [1,2] %}\n  {{ x }}{{ ',' if not loop.last }}\n{% endfor %}\ny", '\n  1,\n\n  2\n\ny'],
  ['comments', '{# a #}\nb {#- c -#} d', '\nbd'],
  ['the line at the end', 'a\n\n', 'a\n'],
  ['lines of Windows', 'a\r\nb', 'a\nb'],
  ['division', '{{ -7 % 3 }} {{ 7 % -3 }} {{ -7 // 2 }} {{ 7 / 2 }} {{ 6 / 2 }}', '2 -2 -4 3.5 3.0'],
  ['numbers and texts', "{{ var('n') == '10' }} {{ var('t') == 10 }} {{ var('n') == 10.0 }}", 'False False True'],
  ['fractions', '{{ 1.0 }} {{ 10000000000000000.0 }} {{ 0.00001 }} {{ 1.50 }}', '1.0 1e+16 1e-05 1.5'],
  ['lists', "{{ [] == [] }} {{ {'a': [1]} == {'a': [1.0]} }}", 'True True'],
  ['lists as text', `{{ [1, 'a', none, true, 1.0] }} {{ {'a': "it's"} }}`, `[1, 'a', None, True, 1.0] {'a': "it's"}`],
  ['what a loop sets', '{% for x in [1,2] %}{% set y = x %}{% endfor %}{{ y is defined }}', 'False'],
  ['an if without else', "{{ 'a' if false }}|", '|'],
  ['booleans and none', "{{ true + 1 }} {{ 'ab' * 2 }} {{ none }}", '2 abab None'],
];

for (const [what, template, text] of rendered) {
  test(`rendered as in dbt: ${what}`, () => assert.equal(render(parse(template), globals), text));
}

/** Templates that would render differently in dbt, or fail there, with the error that refuses them. */
const refused: [template: string, says: RegExp][] = [
  ['{{ nothing }}', /"nothing" is not defined/],
  ["{{ {'a': 1}['b'] }}", /the key "b" is not defined/],
  ["{{ 1 + 'a' }}", /a number \+ a text can't be calculated/],
  ['{{ 1 + 2 ~ 3 }}', /"~" binds more closely than "\+" and "-": write brackets/],
  ['{{ 1 < 3 > 2 }}', /compare two things at a time/],
  ['{{ [1 2] }}', /between "1" and "2" a comma or an operator is missing/],
  ['{{ 007 }}', /007 begins with 0/],
  ['{{ 12345678901234567890 }}', /is too large/],
  ['{{ (-1) ** 2 }}', /can't be calculated here/],
  ['{{ 7.5 // 2 }}', /\/\/ is for whole numbers/],
  ['{{ 1.5 | round }}', /the filter "round" is not supported; there are as_bool, /],
  ['{{ 3 is divisibleby }}', /the test "is divisibleby" is not supported; there are boolean, /],
  ["{{ 'a'.title() }}", /a text has no "title" here/],
  ['{% if 1 if 2 else 3 %}{% endif %}', /an "if" within "if" needs brackets/],
  ["{{ 'a' | replace('a', 'b').upper() }}", /result needs brackets/],
  ['{{ range(3) }}', /a range can't be printed/],
  ["{{ 'a' if true if false }}", /two "if" in a row need brackets/],
  ["{{ 'a' ~ not 1 }}", /"not" can't stand after "~"/],
  ['{{ [1, and 2] }}', /"and" can't stand after ","/],
  ['{{ loop }}', /"loop" is not defined/],
  ['{% for x in [1] %}{{ loop.cycle }}{% endfor %}', /loop has no "cycle" here; it has first, index/],
  ['{% macro m() %}{% endmacro %}', /the macro m is defined in a template: move it into a file in macros\//],
  ['{% generation %}', /"generation" is not a tag/],
  ['{% for x in [1] %}{% break %}{% endfor %}', /not supported: Break/],
];

for (const [template, says] of refused) {
  test(`refused by name: ${template}`, () => {
    assert.throws(
      () => render(parse(template), globals),
      (error) => error instanceof JinjaError && says.test(error.message),
    );
  });
}

test('a macro ends when it returns a value, and does not see the variables of its caller', () => {
  const macros = collectMacros(
    parse(`{# a comment #}
{% macro pair(x, y=x) %}before{{ return([x, y]) }}after{% endmacro %}
{% macro seen() %}{{ made is defined }}{% endmacro %}`),
  );
  const all = new Map<string, Value>([['return', returnValue]]);
  for (const [name, macro] of macros) all.set(name, createCallable(macro, all));
  const text = render(parse('{% set made = 1 %}{{ pair(1)[1] + pair(2, y=3) | length }} {{ seen() }}'), all);
  assert.equal(text, '3 False');
  assert.throws(() => collectMacros(parse('{% set made = 1 %}')), /dbt ignores everything outside macros/);
  assert.throws(() => render(parse('{{ pair(1, 2, 3) }}'), all), /the macro pair takes 2 arguments at most/);
  assert.throws(() => render(parse('{{ pair(1, z=3) }}'), all), /the macro pair takes no "z"/);
});

test('a single expression in a yml gives a value; a constant one is refused, because dbt turns it into text', () => {
  assert.deepEqual(renderNative(parse("{{ [var('n'), 1.0] }}"), globals), [10n, 1]);
  assert.equal(renderNative(parse("{{ var('n') }} rows"), globals), '10 rows');
  assert.equal(renderNative(parse("{{ 'a' }}"), globals), 'a');
  assert.throws(() => renderNative(parse('{{ 5 }}'), globals), /needs no braces/);
});

test('whole numbers in YAML are whole numbers in Jinja', () => {
  assert.deepEqual(toValue([1, 1.5, null, {a: true}]), [1n, 1.5, null, new Map([['a', true]])]);
});
