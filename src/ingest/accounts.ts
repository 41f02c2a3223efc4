import * as v from 'valibot';
import {countRow, type Database, literal} from '../duckdb/database.ts';
import {Failure} from '../failure.ts';
import type {Source} from '../sources/source.ts';
import {type Landed, shortenHash} from './land.ts';
import {surplusCells} from './scan.ts';

/** The share of rejects from which the file itself counts as broken. Up to `fewRejects` rejects are always tolerated. */
const tolerableRejects = 0.05;
const fewRejects = 10;

/** @throws Failure if the last line is less than a row and not terminated: the file was cut off */
export async function assertNotCut(db: Database, landed: Landed): Promise<void> {
  if (landed.endsWithLineBreak) return;
  const [cut] = await db.read(
    v.object({line: v.number(), content: v.nullable(v.string())}),
    `select line_number as line, left(content, 60) as content from skipped_line
      where reason is not null and reason <> ${literal(surplusCells)} and line_number > coalesce((select max(line_number) from parsed), 0)
      order by line_number desc limit 1`,
  );
  if (cut) {
    throw new Failure(
      `${landed.fileName}, line ${cut.line}: the file ends in the middle of a row ("${cut.content}…"). It was cut off; download it again. Landed file ${shortenHash(landed)} is kept; the published build is unchanged.`,
    );
  }
}

/**
 * Checks that every record but the header is a row, a reject or furniture. If not, a misplaced quotation mark merged rows.
 *
 * @throws Failure that names the line
 */
export async function assertEveryLineAccountedFor(db: Database, landed: Landed): Promise<void> {
  const {n} = await db.readOne(
    countRow,
    `select (select count(*) from parsed) + (select count(*) from skipped_line where content <> '') as n`,
  );
  const accounted = n + 1;
  if (accounted === landed.filledLines) return;
  const place = await db.readOne(
    v.object({line: v.nullable(v.number())}),
    `select min(line_number) as line from (
      select line_number from skipped_line where contains(content, chr(10))
      union all select line_number from parsed where contains(cast(to_json(parsed) as varchar), '\\n'))`,
  );
  throw new Failure(
    `${landed.fileName}${place.line === null ? '' : `, line ${place.line}`}: ${landed.filledLines} rows, but only ${accounted} could be told apart: a quotation mark is opened in a line and not closed in it. Fix that line or download the file again. Landed file ${shortenHash(landed)} is kept; the published build is unchanged.`,
  );
}

/** @throws Failure if no usable row is left, or too many rows are rejects */
export async function assertUsable(db: Database, source: Source, landed: Landed): Promise<void> {
  const {loaded, rejected} = await db.readOne(
    v.object({loaded: v.number(), rejected: v.number()}),
    `select
        (select count(*) from parsed where reason is null) as loaded,
        (select count(*) from parsed where reason is not null and kind is null)
          + (select count(*) from skipped_line where reason is not null) as rejected`,
  );
  if (loaded > 0 && (rejected <= fewRejects || rejected / (loaded + rejected) <= tolerableRejects)) return;
  if (loaded + rejected === 0) {
    throw new Failure(
      `${landed.fileName}: it has a header and no rows. Download it again. The published build is unchanged.`,
    );
  }
  const first = await db.readOne(
    v.object({line: v.number(), reason: v.string()}),
    `select line_number as line, reason from (
        select line_number, reason from parsed where reason is not null
        union all select line_number, reason from skipped_line where reason is not null
      ) order by line_number limit 1`,
  );
  throw new Failure(
    `${landed.fileName}: ${rejected} of ${loaded + rejected} rows can't be used as ${source.title}; the first is line ${first.line}: ${first.reason}. ${source.feeds.join(', ')} can't be made of it. Landed file ${shortenHash(landed)} is kept; the published build is unchanged. If the publisher changed the column, change src/sources/${source.id}.ts.`,
  );
}
