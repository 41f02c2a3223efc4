import fc, {type Arbitrary, type LetrecTypedTie} from 'fast-check';

/** A template with its macros and vars. */
export interface Case {
  template: string;
  macros: string;
  vars: Record<string, unknown>;
  /** Whether it is rendered to a value, like a template in a yml. */
  native: boolean;
}

/*
 * Generates templates from the features that the runner supports. Each kind of expression mostly combines others of fitting
 * types, so that most can be rendered. Some, such as `1 + 'a'`, can't, and must fail on both sides.
 */

const vars = {
  small: 10,
  text: 'it’s "so"',
  part: 0.25,
  yes: true,
  nothing: null,
  names: ['b', 'a'],
  of: {a: 1, b: [2]},
};

const macros = `{% macro twice(x, by=2) -%}
    {{ x }} * {{ by }}
{%- endmacro %}

{# what comes between #}
{% macro total(a, b=a, c='z') %}({{ a }}+{{ b }}+{{ c }}){% endmacro %}
{% macro chosen(x) %}noise {{ return(x) }} more{% endmacro %}
{% macro list_of(n) %}
  {%- set out = [] -%}
  {%- for i in range(n) -%}{%- set _ = out.append(i) -%}{%- endfor -%}
  {{ return(out) }}
{% endmacro %}
{% macro nested(x) %}<{{ twice(x, by=total(1)) }}>{% endmacro %}`;

/** Joins generated parts and the text between them. */
function join(strings: TemplateStringsArray, ...parts: Arbitrary<string>[]): Arbitrary<string> {
  return fc.tuple(...parts).map((values) => String.raw({raw: strings}, ...values));
}

function constant(...texts: string[]): Arbitrary<string> {
  return fc.constantFrom(...texts);
}

const dash = constant('', '', '', '-');
const space = constant(' ', ' ', '', '\n  ');
const loopBody = constant(
  '{{ each }}',
  '{{ loop.index }}{{ "," if not loop.last }}',
  '{{ loop.index0 }}/{{ loop.length }}\n',
  '{% if loop.first %}first{% else %} {{ each }}{% endif %}',
  '{{ loop.revindex }}{{ loop.revindex0 }}',
  '{%- if not loop.last %}, {% endif -%}',
);
interface Kinds {
  whole: string;
  number: string;
  text: string;
  condition: string;
  list: string;
  dict: string;
  any: string;
  nodes: string;
}

/** How deep expressions are nested. */
const depthSize = 'small';

const {any, condition, nodes} = fc.letrec<Kinds>((tie: LetrecTypedTie<Kinds>) => {
  const whole = (): Arbitrary<string> => tie('whole');
  const number = (): Arbitrary<string> => tie('number');
  const text = (): Arbitrary<string> => tie('text');
  const bool = (): Arbitrary<string> => tie('condition');
  const list = (): Arbitrary<string> => tie('list');
  const dict = (): Arbitrary<string> => tie('dict');
  const anything = (): Arbitrary<string> => tie('any');
  const tag = (inside: Arbitrary<string>) => join`{%${dash}${space}${inside}${space}${dash}%}`;
  return {
    whole: fc.oneof(
      {depthSize},
      {weight: 4, arbitrary: constant('0', '1', '2', '3', '7', '-7', '-1', '10', 'x', "var('small')")},
      join`${whole()} ${constant('+', '-', '*', '//', '%')} ${whole()}`,
      join`(${whole()} ${constant('+', '-', '*', '//', '%')} ${whole()})`,
      join`(${constant('x', '2', '-3', '10', "var('small')")} ** ${constant('0', '2', '3', '-1')})`,
      join`-${constant('x', '3', '(4)')}`,
      join`${list()} | length`,
      join`${text()} | length`,
      join`(${whole()} if ${bool()} else ${whole()})`,
      join`dict_of.${constant('a', 'b')}`,
      join`[${whole()}, ${whole()}] | ${constant('first', 'last')}`,
    ),
    number: fc.oneof(
      {depthSize},
      {weight: 3, arbitrary: whole()},
      {
        weight: 3,
        arbitrary: constant('1.0', '0.5', '2.50', '-0.25', '-0.0', '1234567.125', 'half', "var('part')", 'true'),
      },
      join`(${number()} ${constant('+', '-', '*', '/')} ${number()})`,
      join`${number()} / ${number()}`,
      join`-(${number()})`,
      join`0.1 * ${number()}`,
      join`10000000000.0 * (${number()})`,
      join`(${number()}) / 100000`,
    ),
    text: fc.oneof(
      {depthSize},
      {
        weight: 4,
        arbitrary: constant(
          "'a'",
          '"b"',
          "''",
          "'it\\'s'",
          '"A b"',
          "'10'",
          's',
          "'a\\nb'",
          "'é'",
          "var('text')",
          "'a' 'b'",
        ),
      },
      join`${text()} ~ ${anything()}`,
      join`(${number()}) ~ ${text()}`,
      join`${text()} | ${constant('upper', 'lower', 'trim', 'string', "replace('a', 'xy')")}`,
      join`${list()} | join(${constant("', '", "''", "' and '")})`,
      join`(${text()} ~ ' c ').${constant('upper()', 'lower()', 'strip()', "replace(' ', '_')", "split(' ')[0]")}`,
      join`${constant("'-'", "', '")}.join([${text()}, ${text()}])`,
      join`${text()} * ${constant('0', '2')}`,
      join`(${text()} + ${text()})[${constant('0:2', '1:', ':-1', ':')}]`,
      join`${constant('twice', 'total', 'nested')}(${anything()})`,
      join`twice(${anything()}, by=${anything()})`,
      join`total(${whole()}, ${constant('c=', 'b=')}${text()})`,
    ),
    condition: fc.oneof(
      {depthSize},
      {
        weight: 2,
        arbitrary: constant('true', 'false', 'True', 'x', 's', 'nothing', "var('yes')", 'not_there is defined'),
      },
      join`${number()} ${constant('<', '<=', '>', '>=', '==', '!=')} ${number()}`,
      join`(${text()} ${constant('<', '<=', '==', '!=')} ${text()})`,
      join`${anything()} ${constant('==', '!=')} ${anything()}`,
      join`(${list()}) == ${list()}`,
      join`${whole()} ${constant('in', 'not in')} ${list()}`,
      join`${text()} in ${text()}`,
      join`${text()} in ${dict()}`,
      join`(${anything()}) is ${constant('none', 'not none', 'string', 'number', 'integer', 'float', 'boolean', 'mapping', 'sequence', 'iterable', 'defined', 'true')}`,
      join`${bool()} ${constant('and', 'or')} ${bool()}`,
      join`not ${bool()}`,
      join`not (${bool()})`,
      join`${text()}.${constant('startswith', 'endswith')}(${text()})`,
    ),
    list: fc.oneof(
      {depthSize},
      {
        weight: 2,
        arbitrary: constant('[]', '[1, 2, 3]', "['b', 'a', 'B']", 'items', "var('names')", '[1, 1.0, 1.5]', '[none]'),
      },
      join`[${anything()}, ${anything()}]`,
      join`(${list()} + ${list()})`,
      join`${list()} | list`,
      join`(${list()})[${constant('1:', ':1', '-2:')}]`,
      join`['c', ${text()}, 'a'] | ${constant('sort', 'sort(reverse=true)')}`,
      join`[3, ${whole()}, 1] | sort`,
      join`range(${constant('0', '3', '1, 4', '5, 0, -2')}) | list`,
      join`${dict()}.${constant('keys', 'values', 'items')}() | list`,
      join`list_of(${constant('0', '2')})`,
      join`(${text()}) | list`,
    ),
    dict: fc.oneof(
      {depthSize},
      {weight: 2, arbitrary: constant('{}', "{'a': 1}", 'dict_of', "var('of')", "{1: 'x', 'b': none}")},
      join`{'a': ${anything()}, 'k': ${anything()}}`,
    ),
    any: fc.oneof(
      {depthSize},
      whole(),
      number(),
      text(),
      bool(),
      list(),
      dict(),
      constant(
        'none',
        'None',
        'nothing',
        "(1, 'a')",
        'items | first',
        'not_there',
        'chosen([1, none])',
        "'y' if false",
      ),
      join`(${anything()}) | default(${text()})`,
      join`not_there | default(${anything()})`,
      join`${anything()} | default(${anything()}, true)`,
      join`${dict()}.get(${text()}, ${anything()})`,
      join`${dict()}[${constant("'a'", "'k'", '1')}]`,
      join`(${list()})[${constant('0', '-1', '1')}]`,
      join`chosen(${anything()})`,
      join`(${anything()}) if ${bool()} else (${anything()})`,
    ),
    nodes: fc
      .array(
        fc.oneof(
          {depthSize},
          {weight: 3, arbitrary: constant('a', ' ', '\n', '\n  ', 'select 1\n', '-- ', ', ', '\r\n', ' }', '{ ')},
          {weight: 3, arbitrary: join`{{${dash}${space}${anything()}${space}${dash}}}`},
          constant('{# c #}', '{#- c -#}', '{# {{ x }} #}', '{#- c #}\n', ' {# c -#}\n '),
          join`${tag(join`if ${bool()}`)}${tie('nodes')}${tag(constant('endif'))}`,
          join`${tag(join`if ${bool()}`)}${tie('nodes')}${tag(join`elif ${bool()}`)}${tie('nodes')}${tag(constant('else'))}${tie('nodes')}${tag(constant('endif'))}`,
          join`${tag(join`for each in ${list()}`)}${loopBody}${tie('nodes')}${tag(constant('endfor'))}`,
          join`${tag(join`for each in ${list()} if ${constant('each', 'each != 1', 'loop is defined', 'x')}`)}${loopBody}${tag(constant('else'))}none${tag(constant('endfor'))}`,
          join`${tag(join`for key, each in (${dict()}).items()`)}{{ key }}${loopBody}${tag(constant('endfor'))}`,
          tag(join`set ${constant('x', 's', 'made')} = ${anything()}`),
          join`${tag(constant('set s'))}${tie('nodes')}${tag(constant('endset'))}`,
          join`{% set ns = namespace(n=0) %}{% for i in ${list()} %}{% set ns.n = ns.n + loop.index %}{% set x = i %}{% endfor %}{{ ns.n }}{{ x }}`,
        ),
        {minLength: 1, maxLength: 5},
      )
      .map((parts) => parts.join('')),
  };
});

const start = `{% set x = 3 %}{% set s = 'sea' %}{% set nothing = none %}{% set half = 0.5 %}{% set items = [1, 'b', none] %}{% set dict_of = {'a': 5, 'b': -2} %}`;

/** Generates so many templates, the same ones for the same seed. */
export function generateCases(seed: number, count: number): Case[] {
  const bodies = fc.oneof(
    {weight: 3, arbitrary: nodes},
    {weight: 2, arbitrary: any.map((expression) => `{{ ${expression} }}`)},
    condition.map((expression) => `{% if ${expression} %}\nyes{% else %}no\n{% endif %}`),
  );
  const templates = fc.sample(bodies, {seed, numRuns: count});
  // Text at both ends preserves the white space there.
  const asSql = templates.map((body) => ({template: `${start}<${body}>`, macros, vars, native: false}));
  const asValues = fc
    .sample(any, {seed, numRuns: Math.ceil(count / 4)})
    .map((expression) => ({template: `{{ ${expression} }}`, macros, vars, native: true}));
  return [...asSql, ...asValues];
}
