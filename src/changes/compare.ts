import {type Build, readBuild, requireBuild} from '../builds/find.ts';
import {type Part, parts} from '../builds/fingerprint.ts';
import {selectCompleted} from '../builds/publish.ts';
import {openBuild, requirePublished} from '../builds/published.ts';
import {literal, open} from '../duckdb/database.ts';
import {exit, Failure, getErrorMessage} from '../failure.ts';
import type {Home} from '../home.ts';
import {readPublications} from '../ledger/ledger.ts';
import {type AnswerChange, compareAnswers} from './changed-answers.ts';
import {type ChangedRows, compareRows} from './changed-rows.ts';
import {compareSchools, type SchoolChange} from './changed-schools.ts';

/** What differs between two builds. */
export interface Changes {
  from: Side;
  to: Side;
  /** Whether either build contains the sample. */
  isSample: boolean;
  /** What the later build is labeled with. */
  label?: string;
  /** Parts of the code that differ between the two. */
  code: Part[];
  rows: ChangedRows;
  answers: AnswerChange[];
  schools: SchoolChange[];
}

interface Side {
  build: string;
  builtAt: string;
  schoolYears: string[];
}

/**
 * Compares two builds, given by the start of their ids.
 *
 * @param from by default, the build that was published before `to`
 * @param to by default, the published build
 * @throws Failure if one of them is missing or damaged
 */
export async function compareById(home: Home, from?: string, to?: string): Promise<Changes> {
  const after = to === undefined ? await requirePublished(home) : await requireBuild(home, to);
  const before = from === undefined ? await findBuildBefore(home, after) : await requireBuild(home, from);
  return compareBuilds(before, after);
}

/** Finds the build that was published before another. */
async function findBuildBefore(home: Home, {id}: Build): Promise<Build> {
  const all = readPublications(home.ledger);
  const until = selectCompleted(all, id).slice(0, -1);
  for (const {build} of until.reverse()) {
    if (build === id) continue;
    const found = await readBuild(home, build).catch(() => undefined);
    if (found && 'manifest' in found) return found;
  }
  throw new Failure(
    `${home.folder}: no build that was published before ${id} is here, so there is nothing to compare it with. "npx rollcall history" lists the builds; name two: npx rollcall changes FROM TO.`,
    exit.usage,
  );
}

/** @throws Failure if the models of the two differ so much that they can't be compared */
export async function compareBuilds(before: Build, after: Build): Promise<Changes> {
  const [old, now] = [await openBuild(before), await openBuild(after)];
  const later = before.manifest.builtAt > after.manifest.builtAt ? 'before' : 'after';
  const db = await open();
  try {
    await db.run(`attach ${literal(before.warehouse)} as before (read_only)`);
    await db.run(`attach ${literal(after.warehouse)} as after (read_only)`);
    return {
      from: describeSide(before),
      to: describeSide(after),
      isSample: before.manifest.isSample || after.manifest.isSample,
      ...(after.manifest.label !== undefined && {label: after.manifest.label}),
      code: parts.filter((part) => before.manifest.code[part] !== after.manifest.code[part]),
      rows: await compareRows(db, before.manifest, after.manifest, later),
      answers: await compareAnswers({before: old, after: now, later}, after.manifest.thresholds),
      schools: await compareSchools(db),
    };
  } catch (error) {
    if (error instanceof Failure || before.manifest.code.models === after.manifest.code.models) throw error;
    const [line] = getErrorMessage(error).split('\n');
    throw new Failure(
      `Builds ${before.id} and ${after.id} can't be compared: their models differ, and one lacks what the other has (${line}).`,
    );
  } finally {
    db.close();
    old.close();
    now.close();
  }
}

function describeSide({id, manifest}: Build): Side {
  return {build: id, builtAt: manifest.builtAt, schoolYears: manifest.schoolYears};
}
