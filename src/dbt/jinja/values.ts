/*
 * Values in templates, which follow Python, since dbt's Jinja runs in it. An int is a bigint and a float is a number, because 1.0
 * does not print like 1.
 */

export type Value =
  | null
  | boolean
  | bigint
  | number
  | string
  | Value[]
  | Map<Key, Value>
  | Tuple
  | Series
  | Fields
  | Missing
  | Callable;

export type Key = string | bigint;

/** A function or macro, called with arguments by position and by name. */
export type Callable = (positional: Value[], named: ReadonlyMap<string, Value>) => Value;

export class Tuple {
  readonly items: readonly Value[];
  constructor(items: readonly Value[]) {
    this.items = items;
  }
}

/** An iterable that can't be printed: a range, the items of a dict. */
export class Series {
  readonly what: string;
  readonly items: readonly Value[];
  constructor(what: string, items: readonly Value[]) {
    this.what = what;
    this.items = items;
  }
}

/** An object with attributes, such as `loop` and `target`. */
export class Fields {
  readonly what: string;
  readonly attributes: Map<string, Value>;
  /** Whether `set` may assign attributes. */
  readonly isOpen: boolean;

  constructor(what: string, attributes: Record<string, Value>, isOpen = false) {
    this.what = what;
    this.attributes = new Map(Object.entries(attributes));
    this.isOpen = isOpen;
  }
}

/** An undefined value. It is false, and may be tested or replaced by a default. */
export class Missing {
  readonly what: string;
  /** Whether it prints as an empty text, as a false inline if without else does. */
  readonly isSilent: boolean;

  constructor(what: string, isSilent = false) {
    this.what = what;
    this.isSilent = isSilent;
  }
}

/** An error in a template. Its message is a sentence without the period. */
export class JinjaError extends Error {}

/** Converts a value from YAML or the runner. */
export function toValue(plain: unknown): Value {
  if (plain === null || plain === undefined) return null;
  if (typeof plain === 'number') return Number.isSafeInteger(plain) ? BigInt(plain) : plain;
  if (typeof plain === 'string' || typeof plain === 'boolean' || typeof plain === 'bigint') return plain;
  if (Array.isArray(plain)) return plain.map(toValue);
  if (typeof plain === 'object') return new Map(Object.entries(plain).map(([key, value]) => [key, toValue(value)]));
  throw new JinjaError(`a ${typeof plain} is no value of a template`);
}

/** Converts a value to plain JavaScript, for settings and arguments of tests. */
export function toPlain(value: Value): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(toPlain);
  if (value instanceof Tuple) return value.items.map(toPlain);
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, each]) => [String(key), toPlain(each)]));
  if (value === null || typeof value !== 'object') return value;
  throw new JinjaError(`${describeType(value)} is no plain value`);
}

export function isTruthy(value: Value): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof Map) return value.size > 0;
  if (value instanceof Tuple || value instanceof Series) return value.items.length > 0;
  if (value instanceof Missing) return false;
  return typeof value === 'object' || typeof value === 'function' ? value !== null : Boolean(value);
}

/** Converts a value to the text that Python's str() gives. */
export function toText(value: Value): string {
  if (typeof value === 'string') return value;
  if (value instanceof Missing && value.isSilent) return '';
  return represent(value);
}

/** Converts a value to the text that Python's repr() gives, as in a printed list. */
function represent(value: Value): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return formatFloat(value);
  if (typeof value === 'string') return quoteText(value);
  if (Array.isArray(value)) return `[${value.map(represent).join(', ')}]`;
  if (value instanceof Tuple) return `(${value.items.map(represent).join(', ')}${value.items.length === 1 ? ',' : ''})`;
  if (value instanceof Map)
    return `{${[...value].map(([key, each]) => `${represent(key)}: ${represent(each)}`).join(', ')}}`;
  if (value instanceof Missing) throw new JinjaError(`${value.what} is not defined`);
  throw new JinjaError(`${describeType(value)} can't be printed`);
}

/** Formats a float: the shortest exact digits, as in JavaScript, with exponents where Python uses them. */
function formatFloat(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0.0';
  const [digits = '', exponent = ''] = value.toExponential().split('e');
  const power = Number(exponent);
  if (value !== 0 && (power < -4 || power >= 16)) {
    return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  }
  const text = power < 0 ? value.toFixed(Math.max(0, digits.replace(/^-?\d\.?/, '').length - power)) : String(value);
  return text.includes('.') ? text : `${text}.0`;
}

function quoteText(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t');
  if (/(?! )[\p{C}\p{Z}]/u.test(escaped))
    throw new JinjaError('a list with control characters in its text can’t be printed');
  if (!escaped.includes("'")) return `'${escaped}'`;
  return escaped.includes('"') ? `'${escaped.replaceAll("'", "\\'")}'` : `"${escaped}"`;
}

export function describeType(value: Value): string {
  if (value === null) return 'none';
  if (value instanceof Missing) return value.what;
  if (value instanceof Series || value instanceof Fields) return value.what;
  if (value instanceof Tuple) return 'a tuple';
  if (value instanceof Map) return 'a dict';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'function') return 'a macro or function';
  if (typeof value === 'boolean') return 'a boolean';
  return typeof value === 'string' ? 'a text' : 'a number';
}

/** Returns a number, or a boolean as 0 or 1 as in Python; undefined for anything else. */
export function toNumber(value: Value): bigint | number | undefined {
  if (typeof value === 'boolean') return value ? 1n : 0n;
  return typeof value === 'bigint' || typeof value === 'number' ? value : undefined;
}

/** @throws JinjaError if one of them is undefined or can't be compared */
export function areEqual(a: Value, b: Value): boolean {
  for (const value of [a, b]) {
    if (value instanceof Missing) throw new JinjaError(`${value.what} is not defined, and is compared`);
    if (value instanceof Series || value instanceof Fields || typeof value === 'function') {
      throw new JinjaError(`${describeType(value)} can't be compared`);
    }
  }
  const [x, y] = [toNumber(a), toNumber(b)];
  // The comparison of a bigint with a number is exact.
  if (x !== undefined && y !== undefined) return x <= y && x >= y;
  if (Array.isArray(a) && Array.isArray(b)) return areEqualLists(a, b);
  if (a instanceof Tuple && b instanceof Tuple) return areEqualLists(a.items, b.items);
  if (a instanceof Map && b instanceof Map) {
    return a.size === b.size && [...a].every(([key, value]) => b.has(key) && areEqual(value, b.get(key) ?? null));
  }
  return a === b;
}

function areEqualLists(a: readonly Value[], b: readonly Value[]): boolean {
  return a.length === b.length && a.every((each, index) => areEqual(each, b[index] ?? null));
}

/**
 * Returns a number below 0 if a comes before b, and above 0 if it comes after.
 *
 * @throws JinjaError unless both are numbers or both are texts
 */
export function compareValues(a: Value, b: Value): number {
  const [x, y] = [toNumber(a), toNumber(b)];
  if (x !== undefined && y !== undefined) return x < y ? -1 : x > y ? 1 : 0;
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  throw new JinjaError(`${describeType(a)} and ${describeType(b)} have no order`);
}

/** Lists the items of a list or tuple, the characters of a text, or the keys of a dict. */
export function listItems(value: Value): readonly Value[] {
  if (Array.isArray(value)) return value;
  if (value instanceof Tuple || value instanceof Series) return value.items;
  if (value instanceof Map) return [...value.keys()];
  if (typeof value === 'string') return [...value];
  if (value instanceof Missing && value.isSilent) return [];
  throw new JinjaError(
    value instanceof Missing ? `${value.what} is not defined` : `${describeType(value)} has no items to go through`,
  );
}

export function countItems(value: Value): bigint {
  return BigInt(listItems(value).length);
}

/** @throws JinjaError if the value can't be a key: it is neither a text nor a whole number */
export function toKey(value: Value): Key {
  if (typeof value === 'string' || typeof value === 'bigint') return value;
  throw new JinjaError(`${describeType(value)} can't be a key: keys are texts and whole numbers`);
}

/** @throws JinjaError if the operator doesn't support the two values */
export function calculate(operator: string, a: Value, b: Value): Value {
  const [x, y] = [toNumber(a), toNumber(b)];
  if (x !== undefined && y !== undefined) return calculateNumbers(operator, x, y);
  if (operator === '+') {
    if (typeof a === 'string' && typeof b === 'string') return a + b;
    if (Array.isArray(a) && Array.isArray(b)) return [...a, ...b];
  }
  if (operator === '*' && typeof a === 'string' && typeof y === 'bigint') return a.repeat(Math.max(0, Number(y)));
  throw new JinjaError(`${describeType(a)} ${operator} ${describeType(b)} can't be calculated`);
}

function calculateNumbers(operator: string, a: bigint | number, b: bigint | number): Value {
  if (['/', '//', '%'].includes(operator) && Number(b) === 0) throw new JinjaError(`a division by zero: ${operator}`);
  if (typeof a === 'bigint' && typeof b === 'bigint' && operator !== '/') return calculateWholes(operator, a, b);
  const [x, y] = [toFloat(a), toFloat(b)];
  switch (operator) {
    case '+':
      return x + y;
    case '-':
      return x - y;
    case '*':
      return x * y;
    case '/':
      return x / y;
    default:
      throw new JinjaError(`${operator} is for whole numbers`);
  }
}

function calculateWholes(operator: string, a: bigint, b: bigint): bigint {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '%':
      return ((a % b) + b) % b;
    case '//':
      return (a - (((a % b) + b) % b)) / b;
    default:
      // Jinja applies the sign of a constant to the power: (-1) ** 2 is -1 there.
      if (a < 0n || b < 0n || b > 1000n) throw new JinjaError(`${a} ** ${b} can't be calculated here`);
      return a ** b;
  }
}

function toFloat(value: bigint | number): number {
  if (typeof value === 'number') return value;
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new JinjaError(`${value} is too large a number to calculate with fractions`);
  return number;
}
