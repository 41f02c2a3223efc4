import {redact} from '../secrets.ts';

/** Characters that a terminal obeys instead of showing, or that change the order in which others are shown. */
const unseen = /(?![\n\t\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
/** The colors of `styleText`. */
const style = new RegExp(`(${String.fromCharCode(27)}\\[\\d{1,2}m)`);

/**
 * Makes a text safe for a terminal, a log or a mail: it has no secrets, and control characters and direction overrides, which a file
 * may contain, are written out as `\u{202e}`.
 *
 * @param hasStyle whether the text has colors of its own, which are kept
 */
export function cleanText(text: string, {hasStyle = false} = {}): string {
  if (!hasStyle) return writeOut(redact(text));
  return redact(text)
    .split(style)
    .map((part, index) => (index % 2 === 1 ? part : writeOut(part)))
    .join('');
}

function writeOut(text: string): string {
  return text.replace(unseen, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}

/** Formats a value as JSON whose texts are clean. */
export function formatCleanJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === 'string' ? cleanText(part) : part));
}

/** Formats a value as JSON for programs. Nothing in it is lost, and nothing in it controls a terminal. */
export function formatExactJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(unseen, (character) =>
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

/** How a text begins that a spreadsheet takes for a formula, which can call programs; full-width signs count. */
export const formulaStart = '^[=+\\-@\t\r\uff1d\uff0b\uff0d\uff20]';
/** How a number looks. It is no formula, though it may begin with a sign. */
export const plainNumber = '^[+-]?[0-9]+(\\.[0-9]+)?$';
const [isStart, isNumber] = [new RegExp(formulaStart), new RegExp(plainNumber)];

/** Writes a text as a cell of a CSV: one that a spreadsheet would take for a formula gets an apostrophe before it. */
export function guardCell(text: string): string {
  return isStart.test(text) && !isNumber.test(text) ? `'${text}` : text;
}
