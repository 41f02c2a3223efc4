import {Failure} from '../failure.ts';
import {type Column, normalizeName, type Source} from '../sources/source.ts';
import {type Landed, shortenHash} from './land.ts';
import {type HeaderMatch, matchHeader} from './recognize.ts';

/**
 * Compares a landed file's header with its source's declaration.
 *
 * @throws Failure if a column is missing or occurs twice
 */
export function checkContract(source: Source, landed: Landed): HeaderMatch {
  const match = matchHeader(source, landed.layout.header);
  const {missing, unknown, twice} = match;
  const place = `${[source.id, ...landed.schoolYears].join(' ')} (${landed.fileName})`;
  const kept = `Landed file ${shortenHash(landed)} is kept; the published build is unchanged.`;
  if (missing.length > 0) {
    const names = missing.map((column) => `"${column.label}" (looked for: ${listNames(column)})`).join(', ');
    const candidates = unknown.map(({label}) => `"${label}"`).join(', ');
    throw new Failure(
      `${place}, line ${landed.headerLine}: ${missing.length === 1 ? 'column' : 'columns'} ${names} ${missing.length === 1 ? 'is' : 'are'} missing${
        candidates ? `; the file has ${candidates}, which Rollcall does not know` : ''
      }. ${source.feeds.join(', ')} can't be made without ${missing.length === 1 ? 'it' : 'them'}. ${kept} If the publisher renamed it, add the name to src/sources/${source.id}.ts.`,
    );
  }
  if (twice.length > 0) {
    throw new Failure(
      `${place}, line ${landed.headerLine}: column ${twice.map((label) => `"${label}"`).join(', ')} occurs twice, and nothing says which is right. ${kept} Take one of the two out, or download the file again.`,
    );
  }
  return match;
}

function listNames(column: Column): string {
  const names = [column.label, column.id, ...(column.aliases ?? [])];
  return names
    .filter((name, index) => names.findIndex((other) => normalizeName(other) === normalizeName(name)) === index)
    .join(', ');
}
