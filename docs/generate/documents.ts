import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {open} from '../../src/duckdb/database.ts';
import {projectFolder} from '../../src/project-folder.ts';
import {readCatalog} from '../../src/report/catalog.ts';
import {writeDictionary} from './dictionary.ts';
import {drawFlow} from './flow.ts';
import {drawKeys} from './keys.ts';
import {drawModels} from './models.ts';

/**
 * Makes every document that is generated from the project: its path relative to the checkout, and its text.
 *
 * @param warehouse a build of the sample, for the types of the columns
 */
export async function makeDocuments(warehouse: string): Promise<Map<string, string>> {
  const db = await open(warehouse, {readOnly: true});
  const catalog = await readCatalog(db);
  db.close();
  return new Map([
    ['docs/dictionary.md', writeDictionary(catalog, await readNames())],
    ...makeDiagram(
      'flow',
      'From the sources to the marts',
      'How the sources are standardized and kept apart from the core models: [decision 5](../decisions/0005-sources-apart-from-core.md).',
      drawFlow(catalog),
    ),
    ...makeDiagram(
      'keys',
      'The tables of the core and their keys',
      'The key of each table, and the columns that refer to other tables. All columns are in the [dictionary](../dictionary.md).',
      await drawKeys(catalog),
    ),
    ...makeDiagram(
      'models',
      'The models and their inputs',
      'Every model by its layer. `npx rollcall lineage TABLE.COLUMN` shows the same for a column.',
      await drawModels(catalog),
    ),
  ]);
}

/** Makes a diagram: a picture for an A4 page, and a page with the picture and its Mermaid. */
function makeDiagram(
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

/** Reads the section on names in CONTRIBUTING.md. */
async function readNames(): Promise<string> {
  const text = await readFile(join(projectFolder, 'CONTRIBUTING.md'), 'utf8');
  return /^## Names\n\n(.*?)\n+(?=## )/ms.exec(text)?.[1]?.trim() ?? '';
}
