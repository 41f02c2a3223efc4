import {html as markUp, raw as trust} from 'hono/html';
import type {HtmlEscapedString} from 'hono/utils/html';

/** Markup. What stands in it for a value has been escaped. */
export type Html = HtmlEscapedString;

/** What may stand in a template. Nothing is written for true, false, null and undefined, so `${isSmall && '*'}` works. */
type Value = string | number | boolean | null | undefined | readonly Value[];

/**
 * Makes markup of a template. Values are escaped, other markup is not, lists are joined.
 *
 * @example html`<ul>${schools.map(({name}) => html`<li>${name}</li>`)}</ul>`
 */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Html {
  const made = markUp(withoutIndentation(strings), ...values);
  if (made instanceof Promise) throw new TypeError('A page is made of values, not of promises.');
  return made;
}

/** Takes a string for markup, as it is: a chart's SVG, never what somebody has typed. */
export function raw(markup: string): Html {
  return trust(markup);
}

const seen = new WeakMap<TemplateStringsArray, TemplateStringsArray>();

/** Templates are indented for those who write them. Browsers don't need it. */
function withoutIndentation(strings: TemplateStringsArray): TemplateStringsArray {
  const known = seen.get(strings);
  if (known) return known;
  const shorter = Object.assign(
    strings.map((text) => text.replaceAll(/\s*\n\s*/g, '\n')),
    {raw: strings.raw},
  );
  seen.set(strings, shorter);
  return shorter;
}
