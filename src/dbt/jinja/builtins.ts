import {
  areEqual,
  type Callable,
  Fields,
  isTrue,
  itemsOf,
  JinjaError,
  keyOf,
  lengthOf,
  Missing,
  nameOfType,
  numberIn,
  order,
  Series,
  Tuple,
  textOf,
  type Value,
} from './values.ts';

/* The filters, tests, functions and methods of Jinja and of Python's types that templates have here. */

/** What a function is called with, by the names of its parameters; undefined where it is given none. */
export type Given<Name extends string> = Record<Name, Value | undefined>;

/**
 * What stands for each parameter.
 *
 * @throws JinjaError where there is more, or of another name
 */
export function given<Name extends string>(
  what: string,
  parameters: readonly Name[],
  positional: readonly Value[],
  named: ReadonlyMap<string, Value>,
): Partial<Given<Name>> {
  const found: Partial<Given<Name>> = {};
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

function text(what: string, value: Value | undefined, otherwise?: string): string {
  if (value === undefined && otherwise !== undefined) return otherwise;
  if (typeof value === 'string') return value;
  throw new JinjaError(`${what} takes a text${value === undefined ? '' : `, not ${nameOfType(value)}`}`);
}

function sorted(values: readonly Value[], isReversed: boolean, isCaseSensitive: boolean): Value[] {
  const keys = new Map(values.map((value) => [value, isCaseSensitive ? value : foldedCase(value)]));
  const compare = (a: Value, b: Value) => order(keys.get(a) ?? null, keys.get(b) ?? null);
  return values.toSorted((a, b) => (isReversed ? compare(b, a) : compare(a, b)));
}

function foldedCase(value: Value): Value {
  return typeof value === 'string' ? value.toLowerCase() : value;
}

type Filter = (value: Value, positional: Value[], named: ReadonlyMap<string, Value>) => Value;

/** A filter of a value, and of arguments by name. */
function filter<Name extends string>(
  what: string,
  parameters: readonly Name[],
  apply: (value: Value, args: Partial<Given<Name>>) => Value,
): Filter {
  return (value, positional, named) => {
    if (value instanceof Missing && what !== 'default' && !value.isSilent) {
      throw new JinjaError(`${value.what} is not defined, and is given to "| ${what}"`);
    }
    return apply(value, given(`"| ${what}"`, parameters, positional, named));
  };
}

const byDefault = filter(
  'default',
  ['default_value', 'boolean'],
  (value, {default_value: otherwise = '', boolean = false}) =>
    value instanceof Missing || (isTrue(boolean) && !isTrue(value)) ? otherwise : value,
);
const length = filter('length', [], lengthOf);
const same = (what: string) => filter(what, [], (value) => value);
const cased = (what: string, change: (text: string) => string) => filter(what, [], (value) => change(textOf(value)));

function extreme(what: string, isMore: (comparison: number) => boolean): Filter {
  return filter(what, ['case_sensitive'], (value, {case_sensitive: isCaseSensitive = false}) => {
    const items = itemsOf(value);
    const key = (item: Value) => (isTrue(isCaseSensitive) ? item : foldedCase(item));
    const [first] = items;
    if (first === undefined) return new Missing(`the ${what} of nothing`);
    return items.reduce((best, item) => (isMore(order(key(item), key(best))) ? item : best), first);
  });
}

function orMissing(value: Value | undefined, what: string): Value {
  return value === undefined ? new Missing(what) : value;
}

export const filters: ReadonlyMap<string, Filter> = new Map(
  Object.entries({
    abs: filter('abs', [], (value) => {
      const number = numberIn(value);
      if (number === undefined) throw new JinjaError(`"| abs" takes a number, not ${nameOfType(value)}`);
      return typeof number === 'bigint' ? (number < 0n ? -number : number) : Math.abs(number);
    }),
    capitalize: cased('capitalize', ([first = '', ...rest]) => first.toUpperCase() + rest.join('').toLowerCase()),
    count: length,
    d: byDefault,
    default: byDefault,
    first: filter('first', [], (value) => orMissing(itemsOf(value)[0], 'the first of nothing')),
    items: filter('items', [], (value) => new Series('"| items"', pairs(value), {isOnce: true})),
    join: filter('join', ['d'], (value, {d = ''}) => itemsOf(value).map(textOf).join(textOf(d))),
    last: filter('last', [], (value) => {
      if (value instanceof Series && !value.hasLength) throw new JinjaError(`${value.what} has no last`);
      return orMissing(itemsOf(value).at(-1), 'the last of nothing');
    }),
    length,
    list: filter('list', [], (value) => [...itemsOf(value)]),
    lower: cased('lower', (all) => all.toLowerCase()),
    max: extreme('max', (comparison) => comparison > 0),
    min: extreme('min', (comparison) => comparison < 0),
    replace: filter('replace', ['old', 'new'], (value, args) =>
      textOf(value).replaceAll(text('"| replace"', args.old), () => text('"| replace"', args.new)),
    ),
    reverse: filter('reverse', [], (value) =>
      typeof value === 'string'
        ? [...value].toReversed().join('')
        : new Series('"| reverse"', itemsOf(value).toReversed(), {isOnce: true}),
    ),
    sort: filter(
      'sort',
      ['reverse', 'case_sensitive'],
      (value, {reverse = false, case_sensitive: isCaseSensitive = false}) =>
        sorted(itemsOf(value), isTrue(reverse), isTrue(isCaseSensitive)),
    ),
    string: filter('string', [], textOf),
    trim: filter('trim', [], (value) => textOf(value).trim()),
    unique: filter('unique', ['case_sensitive'], (value, {case_sensitive: isCaseSensitive = false}) => {
      const key = (item: Value) => {
        if (typeof item === 'object' && item !== null) throw new JinjaError(`"| unique" takes plain values`);
        return isTrue(isCaseSensitive) ? item : foldedCase(item);
      };
      const kept: Value[] = [];
      for (const item of itemsOf(value)) if (!kept.some((each) => areEqual(key(each), key(item)))) kept.push(item);
      return new Series('"| unique"', kept, {isOnce: true});
    }),
    upper: cased('upper', (all) => all.toUpperCase()),
    as_text: same('as_text'),
    as_bool: same('as_bool'),
    as_native: same('as_native'),
    as_number: same('as_number'),
    is_list: filter('is_list', [], Array.isArray),
  }),
);

function pairs(value: Value): Value[] {
  if (value instanceof Map) return [...value].map(([key, each]) => new Tuple([key, each]));
  throw new JinjaError(`${nameOfType(value)} has no items: a dict has`);
}

/** Tests that may be asked of what is not there. */
const ofMissing: Record<string, (value: Value) => boolean> = {
  defined: (value) => !(value instanceof Missing),
  undefined: (value) => value instanceof Missing,
};

const ofValues: Record<string, (value: Value) => boolean> = {
  none: (value) => value === null,
  string: (value) => typeof value === 'string',
  number: (value) => numberIn(value) !== undefined,
  integer: (value) => typeof value === 'bigint',
  float: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
  true: (value) => value === true,
  false: (value) => value === false,
  mapping: (value) => value instanceof Map,
  iterable: (value) => isSequence(value) || value instanceof Series,
  sequence: isSequence,
  odd: (value) => remainderOf2(value) === 1n,
  even: (value) => remainderOf2(value) === 0n,
};

function isSequence(value: Value): boolean {
  return typeof value === 'string' || Array.isArray(value) || value instanceof Tuple || value instanceof Map;
}

function remainderOf2(value: Value): bigint {
  const number = numberIn(value);
  if (typeof number !== 'bigint') throw new JinjaError(`"is odd" and "is even" take a whole number`);
  return ((number % 2n) + 2n) % 2n;
}

/** @throws JinjaError where there is no such test here */
export function isSo(name: string, value: Value): boolean {
  const early = ofMissing[name];
  if (early) return early(value);
  const test = ofValues[name];
  if (test === undefined) {
    throw new JinjaError(`the test "is ${name}" is not supported; there are ${listed({...ofMissing, ...ofValues})}`);
  }
  if (value instanceof Missing) throw new JinjaError(`${value.what} is not defined: ask "is defined" before`);
  return test(value);
}

export function listed(named: Record<string, unknown> | ReadonlyMap<string, unknown>): string {
  return (named instanceof Map ? [...named.keys()] : Object.keys(named)).toSorted().join(', ');
}

/** Functions of Jinja that every template has. */
export const functions: ReadonlyMap<string, Value> = new Map<string, Value>([
  [
    'range',
    (positional, named) => {
      if (named.size > 0 || positional.length === 0 || positional.length > 3) {
        throw new JinjaError('range takes one, two or three whole numbers');
      }
      const numbers = positional.map((value) => {
        if (typeof value === 'bigint') return Number(value);
        throw new JinjaError(`range takes whole numbers, not ${nameOfType(value)}`);
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

type Method<Of> = (of: Of, positional: Value[]) => Value;

const textMethods: Record<string, Method<string>> = {
  upper: (of) => of.toUpperCase(),
  lower: (of) => of.toLowerCase(),
  strip: (of) => of.trim(),
  startswith: (of, [start]) => of.startsWith(text('startswith', start)),
  endswith: (of, [end]) => of.endsWith(text('endswith', end)),
  replace: (of, [old, by]) => of.replaceAll(text('replace', old), () => text('replace', by)),
  join: (of, [items = null]) =>
    itemsOf(items)
      .map((item) => text('join', item))
      .join(of),
  split: (of, [separator]) => {
    const by = text('split', separator);
    if (by === '') throw new JinjaError('split takes a text that is not empty');
    return of.split(by);
  },
};

const listMethods: Record<string, Method<Value[]>> = {
  append: (of, [item]) => {
    if (item === undefined) throw new JinjaError('append takes an item');
    of.push(item);
    return null;
  },
  extend: (of, [items = null]) => {
    of.push(...itemsOf(items));
    return null;
  },
};

const dictMethods: Record<string, Method<Extract<Value, Map<unknown, unknown>>>> = {
  get: (of, [key = null, otherwise = null]) => {
    const value = of.get(keyOf(key));
    return value === undefined ? otherwise : value;
  },
  items: (of) => new Series('the items of a dict', pairs(of)),
  keys: (of) => new Series('the keys of a dict', [...of.keys()]),
  values: (of) => new Series('the values of a dict', [...of.values()]),
  update: (of, [other]) => {
    if (!(other instanceof Map)) throw new JinjaError('update takes a dict');
    for (const [key, value] of other) of.set(key, value);
    return null;
  },
};

const arities: Record<string, number> = {
  upper: 0,
  lower: 0,
  strip: 0,
  items: 0,
  keys: 0,
  values: 0,
  replace: 2,
  get: 2,
};

function bound<Of extends Value>(methods: Record<string, Method<Of>>, name: string, of: Of): Callable | undefined {
  const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
  return (
    method &&
    ((positional, named) => {
      if (named.size > 0 || positional.length > (arities[name] ?? 1)) {
        throw new JinjaError(`the method "${name}" does not take these arguments here`);
      }
      return method(of, positional);
    })
  );
}

/** The method of a value; undefined where it has none of this name here. */
export function methodOf(value: Value, name: string): Callable | undefined {
  if (typeof value === 'string') return bound(textMethods, name, value);
  if (Array.isArray(value)) return bound(listMethods, name, value);
  return value instanceof Map ? bound(dictMethods, name, value) : undefined;
}

/** What Python's types have by name, and is found before a dict's own key. */
export const reserved: ReadonlySet<string> = new Set(
  'clear copy fromkeys get items keys pop popitem setdefault update values'.split(' '),
);
