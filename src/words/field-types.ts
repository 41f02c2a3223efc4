import {Failure} from '../failure.ts';

/** The types of a data package, which JSON Schema shares, by DuckDB's names. */
const fieldTypes: Record<string, string> = {
  VARCHAR: 'string',
  BOOLEAN: 'boolean',
  TINYINT: 'integer',
  SMALLINT: 'integer',
  INTEGER: 'integer',
  BIGINT: 'integer',
  HUGEINT: 'integer',
  FLOAT: 'number',
  DOUBLE: 'number',
  DECIMAL: 'number',
  DATE: 'date',
  TIMESTAMP: 'datetime',
  JSON: 'object',
};

/**
 * Names the type of a column as a data package does.
 *
 * @param column its name and DuckDB's name for its type
 * @throws Failure (exit 1) if a data package has no name for the type
 */
export function nameFieldType({name, type}: {name: string; type: string}): string {
  const known = fieldTypes[type.replace(/\(.*/, '')];
  if (known !== undefined) return known;
  throw new Failure(
    `The column ${name} has the type ${type}, which can't be exported. Cast it in its model, or leave the table out with --tables.`,
  );
}
