import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {projectFolder} from '../src/project-folder.ts';

/**
 * What commands print, in documents. A block stands between `<!-- rollcall COMMAND -->` and `<!-- end -->`, and is about the example
 * of southern Seattle; `<!-- road-map-2020-21: rollcall COMMAND -->` is about another one.
 */
const block = /<!-- (?:([\w-]+): )?rollcall ([^>]+?) -->\n.*?<!-- end -->/gs;

/** The documents with blocks. */
export const documents = [
  'README.md',
  'docs/answers.md',
  'docs/exploration.md',
  'docs/representation.md',
  'docs/queries.md',
] as const;

/** Runs a command and returns what it prints. */
type Rollcall = (args: readonly string[]) => Promise<string>;

/** Makes a function that runs commands on the examples, each of which is built in a folder of its own when a command first needs it. */
export function onExamples(
  rollcall: Rollcall,
  folder: string,
): (example: string, args: readonly string[]) => Promise<string> {
  const homes = new Map<string, Promise<string>>();
  const makeHome = async (example: string) => {
    const home = join(folder, example);
    await rollcall(['run', '--from', join(projectFolder, 'examples', example), '--no-site', '--home', home]);
    return home;
  };
  return async (example, args) => {
    const home = homes.get(example) ?? makeHome(example);
    homes.set(example, home);
    return rollcall([...args, '--home', await home]);
  };
}

/** Returns a document with what its commands print now. */
export async function fillIn(document: string, run: ReturnType<typeof onExamples>): Promise<string> {
  let text = await readFile(join(projectFolder, document), 'utf8');
  for (const [whole, example = 'south-seattle', command = ''] of text.matchAll(block)) {
    const printed = (await run(example, splitArguments(command))).trimEnd();
    const shown = command.includes('--format md') ? `\n${printed}\n` : `\`\`\`\n${printed}\n\`\`\``;
    const head = whole.slice(0, whole.indexOf('\n'));
    text = text.replace(whole, () => `${head}\n${shown}\n<!-- end -->`);
  }
  return text;
}

/** Splits a command at its blanks, but not those between quotation marks. */
function splitArguments(command: string): string[] {
  return [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
}
