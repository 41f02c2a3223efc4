import * as v from 'valibot';
import {countRow, type Database, identifier, literal} from '../duckdb/database.ts';
import {Failure} from '../failure.ts';
import type {Correction} from '../sources/corrections.ts';
import type {Source} from '../sources/source.ts';
import type {RejectKind} from '../words/rejects.ts';
import type {Landed} from './land.ts';

const zeroTwin: RejectKind = 'zero_twin';
const repetition: RejectKind = 'repetition';

/**
 * Rejects rows that repeat the key of another row, and counts them by kind:
 * - zero twins, if corrections.yml lists them: All Students is 0, and every other count is 0 or the same as in the row with the
 *   figures (in the enrollment file of 2019-20, 6 of the 384 twins still have their foster care count);
 * - repetitions: the same figures again.
 *
 * @throws Failure if two rows give different figures for one key
 */
export async function rejectDuplicates(
  db: Database,
  source: Source,
  landed: Landed,
  corrections: readonly Correction[],
): Promise<Record<string, number>> {
  const kinds = new Map(source.columns.map(({id, kind}) => [id, kind]));
  const key = source.key.map((id) => (kinds.get(id) === 'label' ? `name_key(${identifier(id)})` : identifier(id)));
  // Two rows with the same key must agree on these.
  const figures = source.columns.filter(({kind}) => kind === 'count' || kind === 'flag');
  const list = `[${figures.map(({id}) => `cast(${identifier(id)} as integer)`).join(', ')}]`;
  const {n} = await db.readOne(
    countRow,
    `select count(*) as n from (select 1 from parsed where reason is null group by ${key.join(', ')} having count(*) > 1)`,
  );
  if (n === 0) return {};
  const whole = source.pivot ? identifier(source.pivot.whole) : 'null';
  const isCorrected = corrections
    .filter((correction) => correction.source === source.id)
    .flatMap((correction) => (correction.action === 'set_aside_zero_twins' ? [correction.where] : []))
    .map(({school_years: years}) => (years ? `school_year in (${years.map(literal).join(', ')})` : 'true'))
    .concat('false')
    .join(' or ');
  await db.run(`create temp table duplicate as
    select
      line_number, line_of_first,
      is_corrected and whole = 0 and whole_of_first > 0 and list_max(list_transform(
        list_zip(figures, figures_of_first),
        lambda pair: case when coalesce(pair[1], 0) in (0, pair[2]) then 0 else 1 end
      )) = 0 as is_zero_twin,
      figures = figures_of_first as is_repetition
    from (
      select line_number, whole, figures, is_corrected, first(line_number) over same as line_of_first,
        first(whole) over same as whole_of_first, first(figures) over same as figures_of_first
      from (
        select line_number, ${whole} as whole, (${isCorrected}) as is_corrected, ${list} as figures, {${key.map((part, n) => `k${n}: ${part}`).join(', ')}} as key,
          count(*) over (partition by ${key.join(', ')}) as rows_of_key
        from parsed where reason is null
      )
      where rows_of_key > 1
      window same as (partition by key order by coalesce(whole, 0) = 0, line_number
        rows between unbounded preceding and unbounded following)
    )
    where line_number <> line_of_first`);
  const keyInWords = source.key.map((id) => `${literal(`${id} `)} || coalesce(${identifier(id)}::varchar, '(none)')`);
  const [conflict] = await db.read(
    v.object({line: v.number(), first: v.number(), key: v.string()}),
    `select line_number as line, line_of_first as first, concat_ws(', ', ${keyInWords.join(', ')}) as key
      from duplicate join parsed using (line_number)
      where not is_zero_twin and not is_repetition order by line_number limit 1`,
  );
  if (conflict) {
    throw new Failure(
      `${landed.fileName}, lines ${conflict.first} and ${conflict.line}: two rows give different figures for one key (${conflict.key}), and nothing says which is right. The published build is unchanged. Download the file again; if the publisher's file has both, take the wrong row out.`,
    );
  }
  await db.run(`update parsed
    set kind = case when is_zero_twin then ${literal(zeroTwin)} else ${literal(repetition)} end,
      reason = case when is_zero_twin then 'zero twin of line ' || line_of_first
      else 'repeats line ' || line_of_first end,
      content = to_json({${source.columns.map(({id}) => `${id}: ${identifier(id)}`).join(', ')}})
    from duplicate where parsed.line_number = duplicate.line_number`);
  return db.readOne(
    v.object({zero_twins: v.number(), repetitions: v.number()}),
    `select count(*) filter (is_zero_twin) as zero_twins, count(*) filter (not is_zero_twin) as repetitions from duplicate`,
  );
}
