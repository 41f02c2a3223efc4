import {readFileSync} from 'node:fs';
import {readdir} from 'node:fs/promises';
import {extname, join} from 'node:path';
import {Failure} from '../../failure.ts';
import {makeRelative} from '../../files.ts';
import {refuseFiles, refuseInTemplate, removeOtherEngines} from './refusals.ts';

export interface ProjectFile {
  /** Relative to the project's folder, with slashes. */
  path: string;
  text: string;
}

/** The folders of a project, and the file types read in each. */
const roots = {
  models: ['.sql', '.yml', '.md'],
  seeds: ['.csv', '.yml', '.md'],
  macros: ['.sql', '.md'],
  'data-tests': ['.sql', '.md'],
};

/**
 * Reads the files of a dbt project, folder by folder in alphabetical order. Reads each synchronously: handing a small file to another
 * thread takes longer than reading it.
 *
 * @throws Failure if a file, or something in its template, is not supported
 */
export async function readProjectFiles(folder: string): Promise<ProjectFile[]> {
  refuseFiles(await readdir(folder));
  const files: ProjectFile[] = [];
  for (const [root, endings] of Object.entries(roots)) {
    const entries = await readdir(join(folder, root), {withFileTypes: true, recursive: true}).catch(() => []);
    const paths = entries
      .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
      .map(({parentPath, name}) => makeRelative(folder, join(parentPath, name)));
    for (const path of paths.sort()) {
      if (!endings.includes(extname(path))) {
        throw new Failure(
          `dbt/${path}: Rollcall's runner supports ${endings.join(', ')} files in ${root}/, not this one. Move or remove it.`,
        );
      }
      const text = removeOtherEngines(readFileSync(join(folder, path), 'utf8'));
      if (path.endsWith('.sql')) refuseInTemplate(text, path);
      files.push({path, text});
    }
  }
  return files;
}
