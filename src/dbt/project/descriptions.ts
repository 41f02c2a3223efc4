import {Failure} from '../../failure.ts';
import {explainTemplateErrors} from '../jinja/failures.ts';
import {render} from '../jinja/render.ts';
import {parse} from '../jinja/syntax.ts';
import {type Callable, toText} from '../jinja/values.ts';

/** The docs blocks of a project: text by name. */
export type Docs = Map<string, string>;

/**
 * Reads the `{% docs name %}` blocks of markdown files.
 *
 * @throws Failure if two blocks have the same name
 */
export function readDocs(files: readonly {path: string; text: string}[]): Docs {
  const docs: Docs = new Map();
  for (const {path, text} of files) {
    for (const [, name = '', block = ''] of text.matchAll(
      /\{%-?\s*docs\s+(\w+)\s*-?%\}(.*?)\{%-?\s*enddocs\s*-?%\}/gs,
    )) {
      if (docs.has(name)) throw new Failure(`dbt/${path}: there is another docs block "${name}". Rename one of them.`);
      docs.set(name, block.trim());
    }
  }
  return docs;
}

/**
 * Renders a description: replaces `{{ doc('name') }}` by the docs block.
 *
 * @throws Failure if there is no such block
 */
export function resolveDescription(description: string | undefined, docs: Docs, path: string): {description?: string} {
  if (description === undefined) return {};
  if (!description.includes('{{')) return {description: description.trim()};
  const doc: Callable = (names) => {
    const name = toText(names.at(-1) ?? null);
    const block = docs.get(name);
    if (block === undefined) {
      throw new Failure(
        `dbt/${path}: there is no docs block "${name}" in any .md file of the project. Write {% docs ${name} %}…{% enddocs %} there.`,
      );
    }
    return block;
  };
  const place = `${path}: the description "${description.trim()}"`;
  return {description: explainTemplateErrors(place, () => render(parse(description), new Map([['doc', doc]]))).trim()};
}
