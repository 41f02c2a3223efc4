import {parse as parseTokens, tokenize} from '@huggingface/jinja';
import {getErrorMessage} from '../../failure.ts';
import {JinjaError} from './values.ts';

/* Parses templates with a library, and refuses whatever the library reads differently from dbt's Jinja. */

interface Name {
  type: 'Identifier';
  value: string;
}
interface KeywordArgument {
  type: 'KeywordArgumentExpression';
  key: Name;
  value: Expression;
}
interface Call {
  type: 'CallExpression';
  callee: Expression;
  args: Expression[];
}
export interface Macro {
  type: 'Macro';
  name: Name;
  args: (Name | KeywordArgument)[];
  body: Node[];
}
export interface Slice {
  type: 'SliceExpression';
  start: Expression | undefined;
  stop: Expression | undefined;
  step: Expression | undefined;
}
export interface Loop {
  type: 'For';
  loopvar: Expression;
  iterable: Expression;
  body: Node[];
  defaultBlock: Node[];
}
export interface Assignment {
  type: 'Set';
  assignee: Expression;
  value: Expression | null;
  body: Node[];
}

export type Expression =
  | Name
  | KeywordArgument
  | Call
  | Slice
  | {type: 'IntegerLiteral' | 'FloatLiteral'; value: number}
  | {type: 'StringLiteral'; value: string}
  | {type: 'ArrayLiteral' | 'TupleLiteral'; value: Expression[]}
  | {type: 'ObjectLiteral'; value: Map<Expression, Expression>}
  | {type: 'MemberExpression'; object: Expression; property: Expression; computed: boolean}
  | {type: 'BinaryExpression'; operator: {value: string}; left: Expression; right: Expression}
  | {type: 'UnaryExpression'; operator: {value: string}; argument: Expression}
  | {type: 'FilterExpression'; operand: Expression; filter: Name | Call}
  | {type: 'TestExpression'; operand: Expression; negate: boolean; test: Name}
  | {type: 'SelectExpression'; lhs: Expression; test: Expression}
  | {type: 'Ternary'; condition: Expression; trueExpr: Expression; falseExpr: Expression};

export type Node =
  | Expression
  | Macro
  | Loop
  | Assignment
  | {type: 'If'; test: Expression; body: Node[]; alternate: Node[]}
  | {type: 'Comment'};

/** A parsed template. Text between tags is a string literal. */
export type Template = readonly Node[];

/** @throws JinjaError if the text is not valid Jinja, or would mean something else in dbt */
export function parse(source: string): Template {
  // The library silently removes this tag.
  if (/\{%-?\s*(?:end)?generation\b/.test(source)) throw new JinjaError('"generation" is not a tag');
  const text = source.replaceAll(/\r\n?/g, '\n');
  try {
    const tokens = tokenize(text);
    assertUnambiguous(tokens);
    return parseTokens(tokens).body.filter(isNode);
  } catch (error) {
    // The library throws errors of several classes: the template is at fault.
    throw error instanceof JinjaError ? error : new JinjaError(getErrorMessage(error));
  }
}

/** Narrows the library's single node class to the types above. The evaluation refuses nodes of any other type. */
function isNode(node: {type: string}): node is Node {
  return node.type !== 'Statement';
}

type Token = ReturnType<typeof tokenize>[number];

const keywords = new Set(['if', 'elif', 'else', 'for', 'in', 'is', 'not', 'and', 'or', 'set', 'macro']);
const operands = new Set(['NumericLiteral', 'StringLiteral', 'CloseParen', 'CloseSquareBracket', 'CloseCurlyBracket']);

/** The tokens between two brackets, commas or words such as `and`. */
interface Segment {
  hasSum: boolean;
  hasComparison: boolean;
  /** Whether it is an argument of a filter. */
  isOfFilter: boolean;
  /** Whether it contains an inline if. */
  hasIf: boolean;
}

/**
 * Refuses what the library parses differently from Jinja: `~` after `+`, chained comparisons, missing commas. The tree doesn't
 * show brackets, so this checks the tokens.
 */
function assertUnambiguous(tokens: readonly Token[]): void {
  const startSegment = (isOfFilter = false): Segment => ({
    hasSum: false,
    hasComparison: false,
    isOfFilter,
    hasIf: false,
  });
  let segments = [startSegment()];
  let tag = '';
  let isLoop = false;
  for (const [index, token] of tokens.entries()) {
    const {type, value} = token;
    const before = tokens[index - 1];
    const segment = segments.at(-1) ?? startSegment();
    const restart = (hasIf = false) => segments.splice(-1, 1, {...startSegment(segment.isOfFilter), hasIf});
    if (type === 'OpenStatement' || type === 'OpenExpression') {
      segments = [startSegment()];
      tag = type === 'OpenStatement' ? (tokens[index + 1]?.value ?? '') : '';
      isLoop = tag === 'for';
    } else if (startsOperand(token) && before && isOperand(before, tokens[index - 2])) {
      if (type !== 'StringLiteral' || before.type !== 'StringLiteral') {
        throw new JinjaError(`between "${before.value}" and "${value}" a comma or an operator is missing`);
      }
    }
    if (type === 'Identifier' && before && !isPlaced(value, before, tokens[index - 2])) {
      throw new JinjaError(`"${value}" can't stand after "${before.value}"`);
    }
    if (type === 'OpenParen' || type === 'OpenSquareBracket' || type === 'OpenCurlyBracket') {
      segments.push(startSegment(type === 'OpenParen' && tokens[index - 2]?.type === 'Pipe'));
    } else if (type === 'CloseParen' || type === 'CloseSquareBracket' || type === 'CloseCurlyBracket') {
      segments.pop();
      if (segment.isOfFilter && ['Dot', 'OpenSquareBracket'].includes(tokens[index + 1]?.type ?? '')) {
        throw new JinjaError("a member of a filter's result needs brackets: (x | first).y");
      }
    } else if (type === 'Comma' || type === 'Colon' || type === 'Equals') restart();
    else if (type === 'NumericLiteral') assertNumber(value);
    else if (type === 'AdditiveBinaryOperator' && before && isOperand(before, tokens[index - 2])) {
      if (value !== '~') segment.hasSum = true;
      else if (segment.hasSum) throw new JinjaError('"~" binds more closely than "+" and "-": write brackets');
    } else if (type === 'ComparisonBinaryOperator' || (type === 'Identifier' && value === 'in')) {
      if (isLoop && value === 'in') isLoop = false;
      else if (segment.hasComparison) throw new JinjaError('compare two things at a time, with "and" between');
      else segment.hasComparison = true;
      segment.hasSum = false;
    } else if (type === 'Identifier' && ['and', 'or', 'if', 'elif', 'else'].includes(value)) {
      const isInline = segments.length === 1 && before?.type !== 'OpenStatement';
      if (isInline && (tag === 'for' ? value === 'else' : value === 'if' && (tag === 'if' || tag === 'elif'))) {
        throw new JinjaError(`an "if" within "${tag}" needs brackets`);
      }
      if (value === 'if' && segment.hasIf) throw new JinjaError('two "if" in a row need brackets');
      restart(value === 'if' ? before?.type !== 'OpenStatement' : value !== 'else' && segment.hasIf);
    } else if (type === 'Identifier' && value === 'not') segment.hasSum = false;
  }
}

function startsOperand({type, value}: Token): boolean {
  if (type === 'Identifier') return !keywords.has(value);
  return type === 'NumericLiteral' || type === 'StringLiteral' || type === 'OpenCurlyBracket';
}

/** @param before the token before it: the first word of a tag is not an operand */
function isOperand({type, value}: Token, before: Token | undefined): boolean {
  if (type === 'Identifier') return !keywords.has(value) && before?.type !== 'OpenStatement';
  return operands.has(type);
}

/** Returns whether a word may follow the tokens before it: `and` needs an operand, `not` can't follow an operator. */
function isPlaced(word: string, before: Token, beforeIt: Token | undefined): boolean {
  if (word === 'not') return !/Operator$/.test(before.type) && before.value !== 'in';
  if (!['and', 'or', 'if', 'else', 'in', 'is'].includes(word) || before.type === 'OpenStatement') return true;
  return isOperand(before, beforeIt) || (word === 'in' && before.value === 'not');
}

function assertNumber(text: string): void {
  if (/^[-+]?0\d/.test(text)) throw new JinjaError(`${text} begins with 0: write it without, or as text`);
  if (!text.includes('.') && !Number.isSafeInteger(Number(text))) {
    throw new JinjaError(`the number ${text} is too large: write it as text`);
  }
}
