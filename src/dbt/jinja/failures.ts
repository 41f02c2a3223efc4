import {Failure} from '../../failure.ts';
import {JinjaError} from './values.ts';

/**
 * Does something with a template of a file.
 *
 * @param path the file, below dbt/, and what of it is meant
 * @throws Failure that names it, where the template is wrong or would come out otherwise in dbt
 */
export function explainTemplateErrors<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof JinjaError)) throw error;
    throw new Failure(`dbt/${path}: ${error.message}. Rollcall's runner renders Jinja as dbt does, or not at all.`);
  }
}
