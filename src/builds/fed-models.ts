import {readdirSync} from 'node:fs';
import {join, parse} from 'node:path';
import {Failure} from '../failure.ts';
import {projectFolder} from '../project-folder.ts';
import type {Source} from '../sources/source.ts';
import {sources} from '../sources/sources.ts';
import {near} from '../suggest-names.ts';

/**
 * Asserts that the models exist that the sources say they feed. Looks at the names of files only, so that a run can begin with it.
 *
 * @throws Failure that names the declaration and the model
 */
export function assertFedModels(declared: readonly Pick<Source, 'id' | 'feeds'>[] = sources): void {
  const files = readdirSync(join(projectFolder, 'dbt', 'models'), {encoding: 'utf8', recursive: true}).map((path) =>
    parse(path),
  );
  const models = files.filter(({ext}) => ext === '.sql').map(({name}) => name);
  for (const {id, feeds} of declared) {
    const absent = feeds.find((model) => !models.includes(model));
    if (absent === undefined) continue;
    const likely = near(absent, models);
    throw new Failure(
      `src/sources/${id}.ts: feeds names the model ${absent}, which is not in dbt/models/${likely.length > 0 ? ` (near it: ${likely.join(', ')})` : ''}. Correct the name, or write the model.`,
    );
  }
}
