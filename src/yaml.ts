import {CORE_SCHEMA, defineScalarTag, load, NOT_RESOLVED, Schema, YAMLException} from 'js-yaml';
import {Failure} from './failure.ts';

/**
 * Parses YAML that people write. Rejects unquoted values that YAML 1.1, which dbt reads, and YAML 1.2 interpret differently.
 *
 * @param path the file's name in error messages
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

/** Octal numbers, dates, times of day, yes and no, powers of ten; and 1.0, which JavaScript doesn't tell from 1. */
const isAmbiguous =
  /^(?:[-+]?0\d[\d_]*|\d[\d_]*_[\d_]*|\d{4}-\d\d?-\d\d?.*|\d+(?::\d+)+|[-+]?\d+\.0*|[-+]?[\d.]+e[-+]?\d+|yes|no|on|off)$/i;

const ambiguous = defineScalarTag('tag:rollcall,ambiguous', {
  implicit: true,
  resolve: (source) => {
    if (!isAmbiguous.test(source)) return NOT_RESOLVED;
    throw new YAMLException(`YAML readers disagree on what ${source} means. Put it in quotes`);
  },
  identify: () => false,
});
const schema = new Schema([ambiguous, ...CORE_SCHEMA.tags]);
