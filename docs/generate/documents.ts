import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {projectFolder} from '../../src/project-folder.ts';
import {readCatalog} from './catalog.ts';
import {dictionary} from './dictionary.ts';
import {flow} from './flow.ts';
import {keyDiagram} from './keys.ts';
import {modelGraph} from './models.ts';

/**
 * Every document that is generated from the project: its path from the checkout on, and its text.
 *
 * @param warehouse a build of the sample, for the types of the columns
 */
export async function documents(warehouse: string): Promise<Map<string, string>> {
  const catalog = await readCatalog(warehouse);
  return new Map([
    ['docs/dictionary.md', dictionary(catalog, await names())],
    ...diagram(
      'flow',
      'From the sources to the marts',
      'How the sources are standardized and kept apart from the core models: [decision 5](../decisions/0005-sources-apart-from-core.md).',
      flow(catalog),
    ),
    ...diagram(
      'keys',
      'The tables of the core and their keys',
      'The key of each table, and the columns that refer to other tables. All columns are in the [dictionary](../dictionary.md).',
      await keyDiagram(catalog),
    ),
    ...diagram(
      'models',
      'The models and their inputs',
      'Every model by its layer. `npx rollcall lineage TABLE.COLUMN` shows the same for a column.',
      await modelGraph(catalog),
    ),
  ]);
}

/** A diagram as a picture for a page of A4, and a page that shows it beside its Mermaid. */
function diagram(
  name: string,
  title: string,
  say: string,
  {svg, mermaid}: {svg: string; mermaid: string},
): [path: string, text: string][] {
  const text = `# ${title}

${say} \`npm run docs\` generates this page from the project.

![${title}](${name}.svg)

[The picture alone](${name}.svg) prints on an A4 page. Nearly the same as Mermaid, for use elsewhere:

\`\`\`mermaid
${mermaid}
\`\`\`
`;
  return [
    [`docs/diagrams/${name}.svg`, svg],
    [`docs/diagrams/${name}.md`, text],
  ];
}

/** What CONTRIBUTING.md says of names. */
async function names(): Promise<string> {
  const text = await readFile(join(projectFolder, 'CONTRIBUTING.md'), 'utf8');
  return /^## Names\n\n(.*?)\n+(?=## )/ms.exec(text)?.[1]?.trim() ?? '';
}
