import {Template} from '@huggingface/jinja';
import {Failure} from '../../failure.ts';

/** The docs blocks of a project: a name, and the text that stands for it. */
export type Docs = Map<string, string>;

/**
 * Reads the `{% docs name %}` blocks of markdown files.
 *
 * @throws Failure where two blocks have the same name
 */
export function readDocs(files: readonly {path: string; text: string}[]): Docs {
  const docs: Docs = new Map();
  for (const {path, text} of files) {
    for (const [, name = '', block = ''] of text.matchAll(
      /\{%-?\s*docs\s+(\w+)\s*-?%\}(.*?)\{%-?\s*enddocs\s*-?%\}/gs,
    )) {
      if (docs.has(name))
        throw new Failure(`dbt/${path}: there is another docs block "${name}". Give one of them a name of its own.`);
      docs.set(name, block.trim());
    }
  }
  return docs;
}

/**
 * A description as its reader should see it: `{{ doc('name') }}` gives way to the block.
 *
 * @throws Failure where there is no such block
 */
export function resolved(description: string | undefined, docs: Docs, path: string): {description?: string} {
  if (description === undefined) return {};
  if (!description.includes('{{')) return {description: description.trim()};
  const doc = (...names: string[]) => {
    const name = names.at(-1) ?? '';
    const block = docs.get(name);
    if (block === undefined) {
      throw new Failure(
        `dbt/${path}: there is no docs block "${name}" in any .md file of the project. Write {% docs ${name} %}…{% enddocs %} there.`,
      );
    }
    return block;
  };
  try {
    return {description: new Template(description).render({doc}).trim()};
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(
      `dbt/${path}: the description "${description.trim()}": ${(error as Error).message}. Rollcall's runner knows doc('…') there.`,
    );
  }
}
