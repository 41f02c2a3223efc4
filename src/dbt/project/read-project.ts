import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {readExposure, readSingularTest, readUnitTest} from './declarations.ts';
import {readDocs, resolveDescription} from './descriptions.ts';
import type {Project} from './project.ts';
import {readProjectFiles} from './project-files.ts';
import {parseYml, projectFile, properties} from './properties.ts';
import {assertGroups, assertNames, readModel, readSeed, readSources} from './read-tables.ts';
import {createRefusal} from './refusals.ts';

/**
 * Reads a dbt project from its folder.
 *
 * @throws Failure that names the file and the key if the project uses something the runner doesn't support
 */
export async function readProject(folder: string): Promise<Project> {
  const settings = parseYml(projectFile, await readFile(join(folder, 'dbt_project.yml'), 'utf8'), 'dbt_project.yml');
  const files = await readProjectFiles(folder);
  const below = (start: string, ending: string) =>
    files.filter(({path}) => path.startsWith(start) && path.endsWith(ending));
  const docs = readDocs(below('', '.md'));
  const ymls = [...below('models', '.yml'), ...below('seeds', '.yml')].map(({path, text}) => ({
    path,
    ...parseYml(properties, text, path),
  }));
  const definitions = {settings, ymls, docs};
  const models = below('models', '.sql').map((file) => readModel(file, definitions));
  const seeds = below('seeds', '.csv').map((file) => readSeed(file, definitions));
  const sources = readSources(definitions);
  const tables = [...models.map(({model}) => model), ...seeds.map(({seed}) => seed)];
  assertNames(tables, definitions);
  const groups = ymls.flatMap(({path, groups: declared}) =>
    declared.map(({name, owner, description, config}) => ({
      name,
      owner,
      ...resolveDescription(description, docs, path),
      path,
      meta: config.meta,
    })),
  );
  assertGroups(tables, groups);
  if (typeof settings.vars[settings.name] === 'object') {
    throw createRefusal('dbt_project.yml', `vars: ${settings.name}`, 'vars of a package');
  }
  const generic = 'data-tests/generic/';
  const singular = below('data-tests', '.sql').filter(({path}) => !path.startsWith(generic));
  return {
    folder,
    name: settings.name,
    vars: settings.vars,
    models: models.map(({model}) => model),
    seeds: seeds.map(({seed}) => seed),
    sources: new Map(sources.map(({table}) => [`${table.source}.${table.name}`, table])),
    macros: [...below('macros', '.sql'), ...below(generic, '.sql')],
    tests: [...singular.map(readSingularTest), ...[...models, ...seeds, ...sources].flatMap(({tests}) => tests)],
    unitTests: ymls.flatMap(({path, unit_tests: declared}) => declared.map((each) => readUnitTest(each, path, docs))),
    exposures: ymls.flatMap(({path, exposures}) => exposures.map((each) => readExposure(each, path, docs))),
    groups,
  };
}
