import fc, {type Arbitrary, type LetrecTypedTie} from 'fast-check';

/** A template with the macros and vars that it has. */
export interface Case {
  template: string;
  macros: string;
  vars: Record<string, unknown>;
  /** Whether it is rendered as templates in ymls are: to a value. */
  native: boolean;
}

/*
 * Templates of what the runner supports. Each kind of expression is mostly made of others that fit, so that most of them can be
 * rendered; some don't, as `1 + 'a'`, and have to fail on both sides.
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

/** Puts together what is generated and what stands between. */
function of(strings: TemplateStringsArray, ...parts: Arbitrary<string>[]): Arbitrary<string> {
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

/** How deep expressions stand within each other. */
const depthSize = 'small';

const {any, condition, nodes} = fc.letrec<Kinds>((tie: LetrecTypedTie<Kinds>) => {
  const whole = (): Arbitrary<string> => tie('whole');
  const number = (): Arbitrary<string> => tie('number');
  const text = (): Arbitrary<string> => tie('text');
  const bool = (): Arbitrary<string> => tie('condition');
  const list = (): Arbitrary<string> => tie('list');
  const dict = (): Arbitrary<string> => tie('dict');
  const anything = (): Arbitrary<string> => tie('any');
  const tag = (inside: Arbitrary<string>) => of`{%${dash}${space}${inside}${space}${dash}%}`;
  return {
    whole: fc.oneof(
      {depthSize},
      {weight: 4, arbitrary: constant('0', '1', '2', '3', '7', '-7', '-1', '10', 'x', "var('small')")},
      of`${whole()} ${constant('+', '-', '*', '//', '%')} ${whole()}`,
      of`(${whole()} ${constant('+', '-', '*', '//', '%')} ${whole()})`,
      of`(${constant('x', '2', '-3', '10', "var('small')")} ** ${constant('0', '2', '3', '-1')})`,
      of`-${constant('x', '3', '(4)')}`,
      of`${list()} | length`,
      of`${text()} | length`,
      of`(${whole()} if ${bool()} else ${whole()})`,
      of`(${whole()}) | abs`,
      of`dict_of.${constant('a', 'b')}`,
      of`[${whole()}, ${whole()}] | ${constant('max', 'min', 'first', 'last')}`,
    ),
    number: fc.oneof(
      {depthSize},
      {weight: 3, arbitrary: whole()},
      {
        weight: 3,
        arbitrary: constant('1.0', '0.5', '2.50', '-0.25', '-0.0', '1234567.125', 'half', "var('part')", 'true'),
      },
      of`(${number()} ${constant('+', '-', '*', '/', '//', '%')} ${number()})`,
      of`${number()} / ${number()}`,
      of`-(${number()})`,
      of`0.1 * ${number()}`,
      of`10000000000.0 * (${number()})`,
      of`(${number()}) / 100000`,
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
      of`${text()} ~ ${anything()}`,
      of`(${number()}) ~ ${text()}`,
      of`${text()} | ${constant('upper', 'lower', 'trim', 'capitalize', 'string', 'reverse', "replace('a', 'xy')")}`,
      of`${list()} | join(${constant("', '", "''", "' and '")})`,
      of`(${text()} ~ ' c ').${constant('upper()', 'lower()', 'strip()', "replace(' ', '_')", "split(' ')[0]")}`,
      of`${constant("'-'", "', '")}.join([${text()}, ${text()}])`,
      of`${text()} * ${constant('0', '2')}`,
      of`(${text()} + ${text()})[${constant('0:2', '1:', ':-1', ':')}]`,
      of`${constant('twice', 'total', 'nested')}(${anything()})`,
      of`twice(${anything()}, by=${anything()})`,
      of`total(${whole()}, ${constant('c=', 'b=')}${text()})`,
    ),
    condition: fc.oneof(
      {depthSize},
      {
        weight: 2,
        arbitrary: constant('true', 'false', 'True', 'x', 's', 'nothing', "var('yes')", 'not_there is defined'),
      },
      of`${number()} ${constant('<', '<=', '>', '>=', '==', '!=')} ${number()}`,
      of`(${text()} ${constant('<', '<=', '==', '!=')} ${text()})`,
      of`${anything()} ${constant('==', '!=')} ${anything()}`,
      of`(${list()}) == ${list()}`,
      of`${whole()} ${constant('in', 'not in')} ${list()}`,
      of`${text()} in ${text()}`,
      of`${text()} in ${dict()}`,
      of`(${anything()}) is ${constant('none', 'not none', 'string', 'number', 'integer', 'float', 'boolean', 'mapping', 'sequence', 'iterable', 'defined', 'true')}`,
      of`(${whole()}) is ${constant('odd', 'even', 'not odd')}`,
      of`${bool()} ${constant('and', 'or')} ${bool()}`,
      of`not ${bool()}`,
      of`not (${bool()})`,
      of`${text()}.${constant('startswith', 'endswith')}(${text()})`,
    ),
    list: fc.oneof(
      {depthSize},
      {
        weight: 2,
        arbitrary: constant('[]', '[1, 2, 3]', "['b', 'a', 'B']", 'items', "var('names')", '[1, 1.0, 1.5]', '[none]'),
      },
      of`[${anything()}, ${anything()}]`,
      of`(${list()} + ${list()})`,
      of`${list()} | list`,
      of`(${list()})[${constant('1:', ':1', '-2:')}]`,
      of`['c', ${text()}, 'a'] | ${constant('sort', 'sort(reverse=true)', 'unique | list', 'reverse | list')}`,
      of`[3, ${whole()}, 1] | sort`,
      of`range(${constant('0', '3', '1, 4', '5, 0, -2')}) | list`,
      of`${dict()}.${constant('keys', 'values', 'items')}() | list`,
      of`(${dict()}) | items | list`,
      of`list_of(${constant('0', '2')})`,
      of`(${text()}) | list`,
    ),
    dict: fc.oneof(
      {depthSize},
      {weight: 2, arbitrary: constant('{}', "{'a': 1}", 'dict_of', "var('of')", "{1: 'x', 'b': none}")},
      of`{'a': ${anything()}, 'k': ${anything()}}`,
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
      of`(${anything()}) | default(${text()})`,
      of`not_there | default(${anything()})`,
      of`${anything()} | default(${anything()}, true)`,
      of`${dict()}.get(${text()}, ${anything()})`,
      of`${dict()}[${constant("'a'", "'k'", '1')}]`,
      of`(${list()})[${constant('0', '-1', '1')}]`,
      of`chosen(${anything()})`,
      of`(${anything()}) if ${bool()} else (${anything()})`,
    ),
    nodes: fc
      .array(
        fc.oneof(
          {depthSize},
          {weight: 3, arbitrary: constant('a', ' ', '\n', '\n  ', 'select 1\n', '-- ', ', ', '\r\n', ' }', '{ ')},
          {weight: 3, arbitrary: of`{{${dash}${space}${anything()}${space}${dash}}}`},
          constant('{# c #}', '{#- c -#}', '{# {{ x }} #}', '{#- c #}\n', ' {# c -#}\n '),
          of`${tag(of`if ${bool()}`)}${tie('nodes')}${tag(constant('endif'))}`,
          of`${tag(of`if ${bool()}`)}${tie('nodes')}${tag(of`elif ${bool()}`)}${tie('nodes')}${tag(constant('else'))}${tie('nodes')}${tag(constant('endif'))}`,
          of`${tag(of`for each in ${list()}`)}${loopBody}${tie('nodes')}${tag(constant('endfor'))}`,
          of`${tag(of`for each in ${list()} if ${constant('each', 'each != 1', 'loop is defined', 'x')}`)}${loopBody}${tag(constant('else'))}none${tag(constant('endfor'))}`,
          of`${tag(of`for key, each in (${dict()}).items()`)}{{ key }}${loopBody}${tag(constant('endfor'))}`,
          tag(of`set ${constant('x', 's', 'made')} = ${anything()}`),
          of`${tag(constant('set s'))}${tie('nodes')}${tag(constant('endset'))}`,
          of`{% set ns = namespace(n=0) %}{% for i in ${list()} %}{% set ns.n = ns.n + loop.index %}{% set x = i %}{% endfor %}{{ ns.n }}{{ x }}`,
        ),
        {minLength: 1, maxLength: 5},
      )
      .map((parts) => parts.join('')),
  };
});

const start = `{% set x = 3 %}{% set s = 'sea' %}{% set nothing = none %}{% set half = 0.5 %}{% set items = [1, 'b', none] %}{% set dict_of = {'a': 5, 'b': -2} %}`;

/** So many templates; the same for the same seed. */
export function casesOf(seed: number, count: number): Case[] {
  const bodies = fc.oneof(
    {weight: 3, arbitrary: nodes},
    {weight: 2, arbitrary: any.map((expression) => `{{ ${expression} }}`)},
    condition.map((expression) => `{% if ${expression} %}\nyes{% else %}no\n{% endif %}`),
  );
  const templates = fc.sample(bodies, {seed, numRuns: count});
  // Text at both ends keeps white space there.
  const asSql = templates.map((body) => ({template: `${start}<${body}>`, macros, vars, native: false}));
  const asValues = fc
    .sample(any, {seed, numRuns: Math.ceil(count / 4)})
    .map((expression) => ({template: `{{ ${expression} }}`, macros, vars, native: true}));
  return [...asSql, ...asValues];
}
