import {
  type Callable,
  compareValues,
  countItems,
  describeType,
  Fields,
  isTruthy,
  JinjaError,
  listItems,
  Missing,
  Series,
  Tuple,
  toKey,
  toNumber,
  toText,
  type Value,
} from './values.ts';

/* The supported filters, tests and functions of Jinja, and methods of Python's types. */

/** The arguments of a call, by parameter. */
type BoundArguments<Name extends string> = Partial<Record<Name, Value | undefined>>;

/**
 * Matches the arguments of a call with its parameters.
 *
 * @throws JinjaError if there are too many arguments, or one has an unknown name or is passed twice
 */
export function bindArguments<Name extends string>(
  what: string,
  parameters: readonly Name[],
  positional: readonly Value[],
  named: ReadonlyMap<string, Value>,
): BoundArguments<Name> {
  const found: BoundArguments<Name> = {};
  for (const [index, value] of positional.entries()) {
    const name = parameters[index];
    if (name === undefined) throw new JinjaError(`${what} takes ${parameters.length} arguments at most`);
    found[name] = value;
  }
  for (const [key, value] of named) {
    const name = parameters.find((parameter) => parameter === key);
    if (name === undefined || found[name] !== undefined) {
      throw new JinjaError(`${what} ${name === undefined ? 'takes no' : 'is given twice its'} "${key}"`);
    }
    found[name] = value;
  }
  return found;
}

function expectText(what: string, value: Value | undefined): string {
  if (typeof value === 'string') return value;
  throw new JinjaError(`${what} takes a text${value === undefined ? '' : `, not ${describeType(value)}`}`);
}

function sortValues(values: readonly Value[], isReversed: boolean): Value[] {
  const compare = (a: Value, b: Value) => compareValues(foldCase(a), foldCase(b));
  return values.toSorted((a, b) => (isReversed ? compare(b, a) : compare(a, b)));
}

function foldCase(value: Value): Value {
  return typeof value === 'string' ? value.toLowerCase() : value;
}

type Filter = (value: Value, positional: Value[], named: ReadonlyMap<string, Value>) => Value;

/** Defines a filter, whose arguments may be passed by position or by name. */
function defineFilter<Name extends string>(
  what: string,
  parameters: readonly Name[],
  apply: (value: Value, args: BoundArguments<Name>) => Value,
): Filter {
  return (value, positional, named) => {
    if (value instanceof Missing && what !== 'default' && !value.isSilent) {
      throw new JinjaError(`${value.what} is not defined, and is given to "| ${what}"`);
    }
    return apply(value, bindArguments(`"| ${what}"`, parameters, positional, named));
  };
}

const defaultFilter = defineFilter(
  'default',
  ['default_value', 'boolean'],
  (value, {default_value: otherwise = '', boolean = false}) =>
    value instanceof Missing || (isTruthy(boolean) && !isTruthy(value)) ? otherwise : value,
);
const lengthFilter = defineFilter('length', [], countItems);
const defineIdentity = (what: string) => defineFilter(what, [], (value) => value);
const defineCase = (what: string, change: (text: string) => string) =>
  defineFilter(what, [], (value) => change(toText(value)));

function orMissing(value: Value | undefined, what: string): Value {
  return value === undefined ? new Missing(what) : value;
}

export const filters: ReadonlyMap<string, Filter> = new Map(
  Object.entries({
    count: lengthFilter,
    d: defaultFilter,
    default: defaultFilter,
    first: defineFilter('first', [], (value) => orMissing(listItems(value)[0], 'the first of nothing')),
    join: defineFilter('join', ['d'], (value, {d = ''}) => listItems(value).map(toText).join(toText(d))),
    last: defineFilter('last', [], (value) => orMissing(listItems(value).at(-1), 'the last of nothing')),
    length: lengthFilter,
    list: defineFilter('list', [], (value) => [...listItems(value)]),
    lower: defineCase('lower', (all) => all.toLowerCase()),
    replace: defineFilter('replace', ['old', 'new'], (value, args) =>
      toText(value).replaceAll(expectText('"| replace"', args.old), () => expectText('"| replace"', args.new)),
    ),
    sort: defineFilter('sort', ['reverse'], (value, {reverse = false}) =>
      sortValues(listItems(value), isTruthy(reverse)),
    ),
    string: defineFilter('string', [], toText),
    trim: defineFilter('trim', [], (value) => toText(value).trim()),
    upper: defineCase('upper', (all) => all.toUpperCase()),
    as_text: defineIdentity('as_text'),
    as_bool: defineIdentity('as_bool'),
    as_native: defineIdentity('as_native'),
    as_number: defineIdentity('as_number'),
  }),
);

const tests: Record<string, (value: Value) => boolean> = {
  defined: (value) => !(value instanceof Missing),
  undefined: (value) => value instanceof Missing,
  none: (value) => value === null,
  string: (value) => typeof value === 'string',
  number: (value) => toNumber(value) !== undefined,
  integer: (value) => typeof value === 'bigint',
  float: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
  true: (value) => value === true,
  false: (value) => value === false,
  mapping: (value) => value instanceof Map,
  iterable: (value) => isSequence(value) || value instanceof Series,
  sequence: isSequence,
};

function isSequence(value: Value): boolean {
  return typeof value === 'string' || Array.isArray(value) || value instanceof Tuple || value instanceof Map;
}

/**
 * Applies the test of `{{ value is name }}`.
 *
 * @throws JinjaError if the test is not supported, or the value is undefined
 */
export function applyTest(name: string, value: Value): boolean {
  const test = tests[name];
  if (test === undefined) {
    throw new JinjaError(`the test "is ${name}" is not supported; there are ${listNames(tests)}`);
  }
  if (value instanceof Missing && !name.endsWith('defined'))
    throw new JinjaError(`${value.what} is not defined: ask "is defined" before`);
  return test(value);
}

export function listNames(named: Record<string, unknown> | ReadonlyMap<string, unknown>): string {
  return (named instanceof Map ? [...named.keys()] : Object.keys(named)).toSorted().join(', ');
}

/** Jinja's functions, available in every template. */
export const functions: ReadonlyMap<string, Value> = new Map<string, Value>([
  [
    'range',
    (positional, named) => {
      if (named.size > 0 || positional.length === 0 || positional.length > 3) {
        throw new JinjaError('range takes one, two or three whole numbers');
      }
      const numbers = positional.map((value) => {
        if (typeof value === 'bigint') return Number(value);
        throw new JinjaError(`range takes whole numbers, not ${describeType(value)}`);
      });
      const [start = 0, stop = 0, step = 1] = numbers.length === 1 ? [0, ...numbers] : numbers;
      if (step === 0) throw new JinjaError('range takes steps other than 0');
      const length = Math.max(0, Math.ceil((stop - start) / step));
      if (length > 100_000) throw new JinjaError('range has 100,000 numbers at most');
      return new Series(
        'a range',
        Array.from({length}, (_, index) => BigInt(start + index * step)),
      );
    },
  ],
  [
    'namespace',
    (positional, named) => {
      if (positional.length > 0) throw new JinjaError('namespace takes arguments by name');
      return new Fields('a namespace', Object.fromEntries(named), true);
    },
  ],
]);

/** A method takes as many arguments as the function has parameters beside the value. */
type Method<Of> = (of: Of, ...args: (Value | undefined)[]) => Value;

const textMethods: Record<string, Method<string>> = {
  upper: (of) => of.toUpperCase(),
  lower: (of) => of.toLowerCase(),
  strip: (of) => of.trim(),
  startswith: (of, start) => of.startsWith(expectText('startswith', start)),
  endswith: (of, end) => of.endsWith(expectText('endswith', end)),
  replace: (of, old, by) => of.replaceAll(expectText('replace', old), () => expectText('replace', by)),
  join: (of, items) =>
    listItems(items ?? null)
      .map((item) => expectText('join', item))
      .join(of),
  split: (of, separator) => {
    const by = expectText('split', separator);
    if (by === '') throw new JinjaError('split takes a text that is not empty');
    return of.split(by);
  },
};

const listMethods: Record<string, Method<Value[]>> = {
  append: (of, item) => {
    if (item === undefined) throw new JinjaError('append takes an item');
    of.push(item);
    return null;
  },
  extend: (of, items) => {
    of.push(...listItems(items ?? null));
    return null;
  },
};

const dictMethods: Record<string, Method<Extract<Value, Map<unknown, unknown>>>> = {
  get: (of, key, otherwise) => {
    const value = of.get(toKey(key ?? null));
    return value === undefined ? (otherwise ?? null) : value;
  },
  items: (of) =>
    new Series(
      'the items of a dict',
      [...of].map((pair) => new Tuple(pair)),
    ),
  keys: (of) => new Series('the keys of a dict', [...of.keys()]),
  values: (of) => new Series('the values of a dict', [...of.values()]),
  update: (of, other) => {
    if (!(other instanceof Map)) throw new JinjaError('update takes a dict');
    for (const [key, value] of other) of.set(key, value);
    return null;
  },
};

function bindMethod<Of extends Value>(methods: Record<string, Method<Of>>, name: string, of: Of): Callable | undefined {
  const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
  return (
    method &&
    ((positional, named) => {
      if (named.size > 0 || positional.length >= method.length) {
        throw new JinjaError(`the method "${name}" does not take these arguments here`);
      }
      return method(of, ...positional);
    })
  );
}

/** Returns a method bound to a value; undefined if the value has no supported method of this name. */
export function findMethod(value: Value, name: string): Callable | undefined {
  if (typeof value === 'string') return bindMethod(textMethods, name, value);
  if (Array.isArray(value)) return bindMethod(listMethods, name, value);
  return value instanceof Map ? bindMethod(dictMethods, name, value) : undefined;
}

/** Methods of Python's dict, which Jinja finds before a key of the same name. */
export const reserved: ReadonlySet<string> = new Set(
  'clear copy fromkeys get items keys pop popitem setdefault update values'.split(' '),
);
