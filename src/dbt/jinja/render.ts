import {applyTest, bindArguments, filters, findMethod, functions, listNames, reserved} from './builtins.ts';
import type {Assignment, Expression, Loop, Macro, Node, Slice, Template} from './syntax.ts';
import {
  areEqual,
  type Callable,
  calculate,
  compareValues,
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

/** Variables, with those of the enclosing scope. */
class Scope {
  readonly #values = new Map<string, Value>();
  readonly #around: Scope | Globals;

  constructor(around: Scope | Globals) {
    this.#around = around;
  }

  get(name: string): Value | undefined {
    const value = this.#values.get(name);
    return value === undefined ? this.#around.get(name) : value;
  }

  set(name: string, value: Value): void {
    this.#values.set(name, value);
  }
}

/** The names available in every template of a project: macros, functions, `target`. */
export interface Globals {
  get(name: string): Value | undefined;
}

/** Thrown by `return(…)`; carries the value that the macro returns in place of text. */
class ReturnSignal {
  readonly value: Value;
  constructor(value: Value) {
    this.value = value;
  }
}

const constants: ReadonlyMap<string, Value> = new Map<string, Value>([
  ...(['true', 'True'] as const).map((name) => [name, true] as const),
  ...(['false', 'False'] as const).map((name) => [name, false] as const),
  ...(['none', 'None'] as const).map((name) => [name, null] as const),
]);

/** `return(…)`: ends the calling macro with a value. */
export const returnValue: Callable = (positional, named) => {
  const {data} = bindArguments('return', ['data'], positional, named);
  if (data === undefined) throw new JinjaError('return takes a value');
  throw new ReturnSignal(data);
};

/** @throws JinjaError if the template can't be rendered, or dbt would render it differently */
export function render(template: Template, globals: Globals): string {
  try {
    return renderNodes(template, new Scope(globals));
  } catch (error) {
    if (error instanceof ReturnSignal) throw new JinjaError('return(…) is for macros');
    throw explainOverflow(error);
  }
}

/**
 * Renders a template in a yml as dbt does: a template that is a single expression yields the expression's value, not text.
 *
 * @throws JinjaError if that value is a constant, which dbt would turn into text
 */
export function renderNative(template: Template, globals: Globals): Value {
  const [only, ...others] = template;
  if (only === undefined || others.length > 0 || isStatement(only)) return render(template, globals);
  let isConstant = true;
  const get = (name: string) => {
    isConstant = false;
    return globals.get(name);
  };
  try {
    const value = evaluate(only, new Scope({get}));
    if (!isConstant || typeof value === 'string') return value;
  } catch (error) {
    throw explainOverflow(error);
  }
  throw new JinjaError('a constant needs no braces: write it as plain YAML');
}

function explainOverflow(error: unknown): unknown {
  return error instanceof RangeError ? new JinjaError('the macros call each other without end') : error;
}

/**
 * Collects the macros of a file.
 *
 * @throws JinjaError if the file has anything beside macros, which dbt would ignore
 */
export function collectMacros(template: Template): Map<string, Macro> {
  const macros = new Map<string, Macro>();
  for (const node of template) {
    if (node.type === 'Macro') macros.set(node.name.value, node);
    else if (node.type !== 'Comment' && !(node.type === 'StringLiteral' && node.value.trim() === '')) {
      throw new JinjaError('dbt ignores everything outside macros and tests: remove it, or move it into one');
    }
  }
  return macros;
}

/** Creates a function from a macro. It sees only its parameters and the globals. */
export function createCallable({name: {value: name}, args, body}: Macro, globals: Globals): Callable {
  const what = `the macro ${name}`;
  const names = args.map((arg) => (arg.type === 'Identifier' ? arg.value : arg.key.value));
  return (positional, named) => {
    const scope = new Scope(globals);
    const found = bindArguments(what, names, positional, named);
    for (const [index, arg] of args.entries()) {
      const parameter = names[index] ?? '';
      const value = found[parameter];
      if (value !== undefined) scope.set(parameter, value);
      else if (arg.type !== 'Identifier') scope.set(parameter, evaluate(arg.value, scope));
      else scope.set(parameter, new Missing(`"${parameter}" of ${what}`));
    }
    try {
      return renderNodes(body, scope);
    } catch (error) {
      if (error instanceof ReturnSignal) return error.value;
      throw error;
    }
  };
}

function isStatement(node: Node): node is Exclude<Node, Expression> {
  return ['Macro', 'For', 'Set', 'If', 'Comment'].includes(node.type);
}

function renderNodes(nodes: readonly Node[], scope: Scope): string {
  return nodes.map((node) => renderNode(node, scope)).join('');
}

function renderNode(node: Node, scope: Scope): string {
  switch (node.type) {
    case 'Comment':
      return '';
    case 'If':
      return renderNodes(isTruthy(evaluate(node.test, scope)) ? node.body : node.alternate, scope);
    case 'For':
      return renderLoop(node, scope);
    case 'Set':
      assign(node, scope);
      return '';
    case 'Macro':
      throw new JinjaError(`the macro ${node.name.value} is defined in a template: move it into a file in macros/`);
    default:
      return toText(evaluate(node, scope));
  }
}

function assign({assignee, value, body}: Assignment, scope: Scope): void {
  const assigned = value === null ? renderNodes(body, new Scope(scope)) : evaluate(value, scope);
  if (assignee.type === 'MemberExpression' && !assignee.computed && assignee.property.type === 'Identifier') {
    const object = evaluate(assignee.object, scope);
    if (!(object instanceof Fields && object.isOpen)) throw new JinjaError('only a namespace can be given attributes');
    object.attributes.set(assignee.property.value, assigned);
  } else bind(assignee, assigned, scope);
}

function bind(target: Expression, value: Value, scope: Scope): void {
  if (target.type === 'Identifier') {
    if (constants.has(target.value)) throw new JinjaError(`"${target.value}" can't be set`);
    scope.set(target.value, value);
  } else if (target.type === 'TupleLiteral') {
    const items = listItems(value);
    if (items.length !== target.value.length) {
      throw new JinjaError(`${target.value.length} names are set to ${items.length} values`);
    }
    for (const [index, each] of target.value.entries()) bind(each, items[index] ?? null, scope);
  } else throw new JinjaError('"set" takes names, with "=" or until "endset"');
}

function renderLoop({loopvar, iterable, body, defaultBlock}: Loop, scope: Scope): string {
  const of = iterable.type === 'SelectExpression' ? iterable.lhs : iterable;
  const scoped = listItems(evaluate(of, scope)).map((item) => {
    const inner = new Scope(scope);
    bind(loopvar, item, inner);
    return inner;
  });
  const test = iterable.type === 'SelectExpression' ? iterable.test : undefined;
  const chosen = test === undefined ? scoped : scoped.filter((inner) => isTruthy(evaluate(test, inner)));
  if (chosen.length === 0) return renderNodes(defaultBlock, new Scope(scope));
  return chosen
    .map((inner, index) => {
      inner.set(
        'loop',
        new Fields('loop', {
          index: BigInt(index + 1),
          index0: BigInt(index),
          revindex: BigInt(chosen.length - index),
          revindex0: BigInt(chosen.length - index - 1),
          first: index === 0,
          last: index === chosen.length - 1,
          length: BigInt(chosen.length),
        }),
      );
      return renderNodes(body, inner);
    })
    .join('');
}

function evaluate(node: Expression, scope: Scope): Value {
  switch (node.type) {
    case 'IntegerLiteral':
      return BigInt(node.value);
    case 'FloatLiteral':
    case 'StringLiteral':
      return node.value;
    case 'ArrayLiteral':
      return node.value.map((each) => evaluate(each, scope));
    case 'TupleLiteral':
      return new Tuple(node.value.map((each) => evaluate(each, scope)));
    case 'ObjectLiteral':
      return new Map([...node.value].map(([key, value]) => [toKey(evaluate(key, scope)), evaluate(value, scope)]));
    case 'Identifier':
      return lookUp(node.value, scope);
    case 'MemberExpression':
      return evaluateMember(node, scope);
    case 'CallExpression': {
      const callee = evaluate(node.callee, scope);
      if (typeof callee === 'function') return callee(...evaluateArguments(node.args, scope));
      throw new JinjaError(
        callee instanceof Missing
          ? `there is no macro or function ${callee.what}`
          : `${describeType(callee)} can't be called`,
      );
    }
    case 'FilterExpression': {
      const {filter} = node;
      const [name, args] = filter.type === 'CallExpression' ? [filter.callee, filter.args] : [filter, []];
      const apply = name.type === 'Identifier' ? filters.get(name.value) : undefined;
      if (apply) return apply(evaluate(node.operand, scope), ...evaluateArguments(args, scope));
      const called = name.type === 'Identifier' ? `the filter "${name.value}"` : 'what stands after the filter';
      throw new JinjaError(`${called} is not supported; there are ${listNames(filters)}`);
    }
    case 'TestExpression':
      return applyTest(node.test.value, evaluate(node.operand, scope)) !== node.negate;
    case 'Ternary':
      return evaluate(isTruthy(evaluate(node.condition, scope)) ? node.trueExpr : node.falseExpr, scope);
    case 'SelectExpression':
      return isTruthy(evaluate(node.test, scope))
        ? evaluate(node.lhs, scope)
        : new Missing('what an if without else is', true);
    case 'UnaryExpression':
      return applyUnary(node.operator.value, evaluate(node.argument, scope));
    case 'BinaryExpression':
      return evaluateBinary(node.operator.value, node.left, node.right, scope);
    default:
      throw new JinjaError(`this is not supported: ${node.type}`);
  }
}

function lookUp(name: string, scope: Scope): Value {
  if (['varargs', 'kwargs', 'caller', 'self', 'super'].includes(name)) {
    throw new JinjaError(`"${name}" is not supported: give the macro parameters by name`);
  }
  for (const values of [constants, scope, functions]) {
    const value = values.get(name);
    if (value !== undefined) return value;
  }
  return new Missing(`"${name}"`);
}

function evaluateArguments(args: readonly Expression[], scope: Scope): [Value[], Map<string, Value>] {
  const positional: Value[] = [];
  const byName = new Map<string, Value>();
  for (const arg of args) {
    if (arg.type === 'KeywordArgumentExpression') byName.set(arg.key.value, evaluate(arg.value, scope));
    else positional.push(evaluate(arg, scope));
  }
  return [positional, byName];
}

function evaluateMember(
  {object, property, computed}: Extract<Expression, {type: 'MemberExpression'}>,
  scope: Scope,
): Value {
  const of = evaluate(object, scope);
  if (of instanceof Missing) throw new JinjaError(`${of.what} is not defined, and has no members`);
  if (property.type === 'SliceExpression') return takeSlice(of, property, scope);
  const key = computed || property.type !== 'Identifier' ? evaluate(property, scope) : property.value;
  if (typeof key === 'string' && key.startsWith('_'))
    throw new JinjaError(`"${key}": what begins with _ is Python's own`);
  if (of instanceof Fields) {
    const value = of.attributes.get(String(key));
    if (value !== undefined) return value;
    throw new JinjaError(`${of.what} has no "${toText(key)}" here; it has ${listNames(of.attributes)}`);
  }
  if (typeof key === 'string') {
    const isMethod = !computed && !(of instanceof Map && !reserved.has(key));
    const method = isMethod ? findMethod(of, key) : undefined;
    if (method) return method;
    if (!(of instanceof Map) || (reserved.has(key) && !of.has(key))) {
      throw new JinjaError(`${describeType(of)} has no "${key}" here`);
    }
    if (isMethod) throw new JinjaError(`a dict has a method "${key}", which is not supported`);
  }
  if (of instanceof Map) {
    const value = of.get(toKey(key));
    return value === undefined ? new Missing(`the key "${toText(key)}"`) : value;
  }
  const index = toNumber(key);
  if (typeof index !== 'bigint' || of instanceof Series)
    throw new JinjaError(`${describeType(of)} has no [${describeType(key)}]`);
  const item = listItems(of).at(Number(index));
  return item === undefined ? new Missing(`the item ${index}`) : item;
}

function takeSlice(of: Value, {start, stop, step}: Slice, scope: Scope): Value {
  const bound = (end: Expression | undefined) => {
    const value = end === undefined ? null : evaluate(end, scope);
    if (value !== null && typeof value !== 'bigint') throw new JinjaError('a slice takes whole numbers');
    return value === null ? undefined : Number(value);
  };
  if (step !== undefined) throw new JinjaError('a slice with steps is not supported');
  if (of instanceof Map || of instanceof Series) throw new JinjaError(`${describeType(of)} has no slices`);
  const items = listItems(of).slice(bound(start), bound(stop));
  if (typeof of === 'string') return items.join('');
  return of instanceof Tuple ? new Tuple(items) : items;
}

function applyUnary(operator: string, value: Value): Value {
  if (operator === 'not') return !isTruthy(value);
  const number = toNumber(value);
  if (number === undefined) throw new JinjaError(`${describeType(value)} has no sign`);
  return operator === '-' ? -number : number;
}

function evaluateBinary(operator: string, left: Expression, right: Expression, scope: Scope): Value {
  const a = evaluate(left, scope);
  if (operator === 'and') return isTruthy(a) ? evaluate(right, scope) : a;
  if (operator === 'or') return isTruthy(a) ? a : evaluate(right, scope);
  const b = evaluate(right, scope);
  switch (operator) {
    case '==':
      return areEqual(a, b);
    case '!=':
      return !areEqual(a, b);
    case '<':
      return compareValues(a, b) < 0;
    case '<=':
      return compareValues(a, b) <= 0;
    case '>':
      return compareValues(a, b) > 0;
    case '>=':
      return compareValues(a, b) >= 0;
    case 'in':
      return isIn(a, b);
    case 'not in':
      return !isIn(a, b);
    case '~':
      return toText(a) + toText(b);
    default:
      return calculate(operator, a, b);
  }
}

function isIn(item: Value, of: Value): boolean {
  if (typeof of !== 'string') return listItems(of).some((each) => areEqual(each, item));
  if (typeof item === 'string') return of.includes(item);
  throw new JinjaError(`${describeType(item)} is not looked for in a text`);
}
