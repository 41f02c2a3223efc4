import * as v from 'valibot';
import {isOfYear} from '../answers/origins.ts';
import type {Database} from '../duckdb/database.ts';
import type {SchoolYear} from '../school-year.ts';
import {sources} from '../sources/sources.ts';
import {fewestShown} from '../words/fewest-shown.ts';
import {isConcerned} from './public.ts';
import type {School} from './schools.ts';

/** Reads rows of a landed file by their lines; undefined if it is no longer there. */
export type ReadPublishedRows = (
  sourceId: string,
  sha256: string,
  lines: ReadonlySet<number>,
) => Promise<
  | {
      header: readonly string[];
      positions: ReadonlyMap<string, readonly number[]>;
      rows: ReadonlyMap<number, readonly string[]>;
    }
  | undefined
>;

/** The publisher's own rows of a landed file: the cells that the figures of schools rest on, under the publisher's header. */
export interface SourceRows {
  header: string[];
  /** By line. */
  rows: Map<number, string[]>;
}

const concernedLabel = v.object({source_id: v.string(), label_key: v.string()});

/** Reads the publisher's rows that the report's schools rest on in its school year, by the hash of their file. */
export async function readSourceRows(
  db: Database,
  {schools, schoolYear}: {schools: readonly School[]; schoolYear: SchoolYear},
  read: ReadPublishedRows,
): Promise<Map<string, SourceRows>> {
  const wanted = Map.groupBy(
    schools.flatMap(({lines}) => lines.filter((of) => isOfYear(of.source_id, of.school_year, schoolYear))),
    ({landed_sha256}) => landed_sha256,
  );
  const concerned = await db.read(
    concernedLabel,
    `select source_id, label_key from seeds.demographic_labels where ${isConcerned}`,
  );
  const found = new Map<string, SourceRows>();
  for (const [sha256, all] of wanted) {
    const sourceId = all[0]?.source_id ?? '';
    const published = await read(sourceId, sha256, new Set(all.flatMap(({lines}) => lines)));
    if (published === undefined) continue;
    const isConcernedLabel = (label: string) =>
      concerned.some(
        (of) => of.source_id === sourceId && of.label_key === label.toLowerCase().replaceAll(/[^a-z0-9]/g, ''),
      );
    found.set(sha256, selectCells(sourceId, published, isConcernedLabel));
  }
  return found;
}

/**
 * Selects the cells that figures rest on: what says whose row it is, and the counts of everybody, of races and of genders. Small
 * counts that a public report doesn't repeat (decision 44) are left out.
 */
function selectCells(
  sourceId: string,
  {header, positions, rows}: NonNullable<Awaited<ReturnType<ReadPublishedRows>>>,
  isConcernedLabel: (label: string) => boolean,
): SourceRows {
  const source = sources.find(({id}) => id === sourceId);
  const {pivot, groups} = source ?? {};
  const counts = pivot
    ? [pivot.whole, ...pivot.breakdowns.flatMap(({isPair, parts}) => (isPair ? [] : parts))]
    : groups
      ? [groups.count, groups.whole]
      : (source?.columns ?? []).map(({id}) => id);
  const ids = [...new Set(['school_name', ...(source?.key ?? []), ...counts])];
  const shown = ids.flatMap((id) => positions.get(id) ?? []);
  const isFew = (text: string | undefined) => Number(text) >= 1 && Number(text) < fewestShown;
  const cell = (cells: readonly string[], id: string | undefined) =>
    (positions.get(id ?? '') ?? []).map((position) => cells[position] ?? '').find((text) => text !== '');
  const isLeftOut = (cells: readonly string[]) =>
    groups !== undefined && isConcernedLabel(cell(cells, groups.label) ?? '') && isFew(cell(cells, groups.count));
  return {
    header: shown.map((position) => header[position] ?? ''),
    rows: new Map(
      [...rows]
        .filter(([, cells]) => !isLeftOut(cells))
        .map(([line, cells]) => [
          line,
          shown.map((position) => {
            const text = cells[position] ?? '';
            return pivot && isConcernedLabel(header[position] ?? '') && isFew(text) ? '(left out)' : text;
          }),
        ]),
    ),
  };
}
