import {CORE_SCHEMA, defineScalarTag, load, NOT_RESOLVED, Schema, YAMLException} from 'js-yaml';
import {Failure} from './failure.ts';

/**
 * Reads a YAML file that people write. A value without quotes that YAML 1.1, which dbt reads, and YAML 1.2 take for different
 * things is refused.
 *
 * @param path what the file is called in an error
 * @throws Failure that names the file, and the line or the value
 */
export function parseYaml(text: string, path: string, exitCode?: number): unknown {
  try {
    return load(text, {schema});
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const line = error.mark === undefined ? '' : `line ${error.mark.line + 1}: `;
    throw new Failure(`${path}: ${line}${error.reason}.`, exitCode);
  }
}

/** Octal numbers, dates, times of day, yes and no, powers of ten; and 1.0, which is 1 in JavaScript and not in Python. */
const isAmbiguous =
  /^(?:[-+]?0\d[\d_]*|\d[\d_]*_[\d_]*|\d{4}-\d\d?-\d\d?.*|\d+(?::\d+)+|[-+]?\d+\.0*|[-+]?[\d.]+e[-+]?\d+|yes|no|on|off)$/i;

const ambiguous = defineScalarTag('tag:rollcall,ambiguous', {
  implicit: true,
  resolve: (source) => {
    if (!isAmbiguous.test(source)) return NOT_RESOLVED;
    throw new YAMLException(`${source} is not the same to every reader of YAML. Put it in quotes`);
  },
  identify: () => false,
});
const schema = new Schema([ambiguous, ...CORE_SCHEMA.tags]);
