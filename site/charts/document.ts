import type {PlotOptions} from '@observablehq/plot';

type Node = Element | string;

/** An element of a drawing. It has what Plot and D3 ask of a browser's element, and writes itself as markup. */
class Element {
  readonly name: string;
  parentNode: Element | null = null;
  readonly #attributes = new Map<string, string>();
  #children: Node[] = [];

  constructor(name: string) {
    this.name = name;
  }

  get ownerDocument() {
    return svgDocument;
  }

  get namespaceURI() {
    return 'http://www.w3.org/2000/svg';
  }

  setAttribute(name: string, value: unknown): void {
    this.#attributes.set(name, String(value));
  }

  removeAttribute(name: string): void {
    this.#attributes.delete(name);
  }

  appendChild(child: Element): Element {
    return this.insertBefore(child, null);
  }

  insertBefore(child: Element, before: Element | null): Element {
    child.parentNode = this;
    this.#children.splice(before === null ? this.#children.length : this.#children.indexOf(before), 0, child);
    return child;
  }

  set textContent(text: string) {
    this.#children = [text];
  }

  get innerHTML(): string {
    let markup = '';
    for (const child of this.#children) markup += typeof child === 'string' ? escapeMarkup(child) : child.toString();
    return markup;
  }

  toString(): string {
    let attributes = '';
    for (const [name, value] of this.#attributes) attributes = ` ${name}="${escapeMarkup(value)}"${attributes}`;
    const content = this.innerHTML;
    return `<${this.name}${attributes}${content === '' ? ' />' : `>${content}</${this.name}>`}`;
  }
}

const createElementNS = (_namespace: string, name: string) => new Element(name);

/**
 * The part of a browser's document that Plot draws with. It makes elements and nothing else: a whole document costs more than
 * everything else about a chart.
 */
export const svgDocument = {
  documentElement: {ownerDocument: {createElementNS}},
  createElementNS,
} as unknown as NonNullable<PlotOptions['document']>;

export function escapeMarkup(text: string): string {
  if (!/[&<>"]/.test(text)) return text;
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
