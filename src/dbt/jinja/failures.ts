import {Failure} from '../../failure.ts';
import {JinjaError} from './values.ts';

/**
 * Converts a JinjaError of `work` to a Failure.
 *
 * @param path the file, relative to dbt/, and optionally the place in it
 * @throws Failure if the template is invalid, or dbt would render it differently
 */
export function explainTemplateErrors<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof JinjaError)) throw error;
    throw new Failure(`dbt/${path}: ${error.message}. Rollcall's runner renders Jinja as dbt does, or not at all.`);
  }
}
