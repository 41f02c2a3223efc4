import {html as markUp, raw as trust} from 'hono/html';
import type {HtmlEscapedString} from 'hono/utils/html';
import {remember} from './remember.ts';

/** Markup. The values in it are escaped. */
export type Html = HtmlEscapedString;

/** A value in a template. True, false, null and undefined write nothing, so `${isSmall && '*'}` works. */
type Value = string | number | boolean | null | undefined | readonly Value[];

/**
 * Renders a template to markup. Escapes values, leaves other markup alone, and joins lists.
 *
 * @example html`<ul>${schools.map(({name}) => html`<li>${name}</li>`)}</ul>`
 */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Html {
  const made = markUp(dropIndentation(strings), ...values);
  if (made instanceof Promise) throw new TypeError('A template takes values, not promises.');
  return made;
}

/** Marks a string as markup: a chart's SVG, never text that somebody typed. */
export function raw(markup: string): Html {
  return trust(markup);
}

/** Drops the indentation of a template. Only its authors need it. */
const dropIndentation = remember(
  (strings: TemplateStringsArray): TemplateStringsArray =>
    Object.assign(
      strings.map((text) => text.replaceAll(/\s*\n\s*/g, '\n')),
      {raw: strings.raw},
    ),
);
