import type {Build} from '../builds/find.ts';
import {computeBuildId} from '../builds/fingerprint.ts';
import {Failure} from '../failure.ts';
import type {Incoming} from '../incoming/incoming.ts';
import {
  isOnline,
  isPublishedFrom,
  leaveOutRefused,
  type Refused,
  readRefused,
  rememberRefused,
} from '../incoming/refused.ts';
import {AuditFailure} from '../ledger/audit-failure.ts';
import type {SchoolYear} from '../school-year.ts';
import {formatCounted} from '../words/count.ts';
import type {RunOptions} from './options.ts';
import type {ExecutablePlan} from './plan.ts';

/** Files that break the contract of their source. The message describes all of them. */
export class ContractFailure extends Failure {
  readonly files: {sha256: string; why: string}[];

  constructor(message: string, files: {sha256: string; why: string}[], exitCode: number) {
    super(message, exitCode);
    this.files = files;
  }
}

/**
 * Refuses the school years whose files make a build fail.
 *
 * @returns whether a plan without them differs. It doesn't if the failure can't be traced to files, or if the published build is made
 *   of the same files, so that the code is at fault.
 */
export async function refuseFailing(
  {home}: RunOptions,
  {incoming, code}: Pick<ExecutablePlan, 'incoming' | 'code'>,
  error: unknown,
  published: Build | undefined,
): Promise<boolean> {
  const online = incoming.filter(isOnline);
  const failing = listFailing(online, error, published);
  const isNew = ({source, schoolYear, sha256}: Failing) => !isPublishedFrom({source, sha256}, schoolYear, published);
  if (
    failing.length === 0 ||
    !failing.every(({schoolYear}) => failing.some((each) => each.schoolYear === schoolYear && isNew(each)))
  )
    return false;
  const id = computeBuildId(code, []);
  const refused = failing.filter(isNew).map(({source, schoolYear, sha256, why}): Refused => {
    const ofYear = online.flatMap((file) => (file.schoolYears.includes(schoolYear) ? (file.sha256 ?? []) : []));
    return {source: source.id, schoolYear, sha256, beside: ofYear.filter((each) => each !== sha256), code: id, why};
  });
  if ((await leaveOutRefused(home, incoming, refused, published)) === undefined) return false;
  await rememberRefused(home, [...(await readRefused(home, id)), ...refused]);
  return true;
}

interface Failing extends Omit<Refused, 'source' | 'beside' | 'code'>, Pick<Incoming, 'source'> {}

/** Lists the school years of the files that a failure is about. If a test doesn't say, it is about what isn't published yet. */
function listFailing(online: readonly Incoming[], error: unknown, published: Build | undefined): Failing[] {
  const list = (isAbout: (file: Incoming, year: SchoolYear) => boolean, why: string) =>
    online.flatMap((file) =>
      file.schoolYears
        .filter((year) => isAbout(file, year))
        .flatMap((schoolYear) =>
          file.sha256 === null ? [] : [{source: file.source, schoolYear, sha256: file.sha256, why}],
        ),
    );
  if (error instanceof ContractFailure)
    return error.files.flatMap(({sha256, why}) => list((file) => file.sha256 === sha256, why));
  if (!(error instanceof AuditFailure)) return [];
  const checks = error.checks.filter(({status}) => status === 'error');
  if (checks.length > 0) {
    return checks.flatMap(({source, schoolYear, check, failing, compared}) =>
      list(
        (file, year) => file.source.id === source && (schoolYear === null || schoolYear === year),
        `the check ${check} failed in ${failing} of ${compared}`,
      ),
    );
  }
  // The tests nearest to the sources come first, and say most about the cause.
  for (const {name, status, samples, failing} of error.tests) {
    const isAbout = (file: Incoming, year: SchoolYear) =>
      samples.some((row) => row['school_year'] === year && (row['landed_sha256'] ?? file.sha256) === file.sha256);
    const why = `the data test ${name} failed in ${formatCounted(failing, 'row')}`;
    const found = status === 'error' ? list(isAbout, why) : [];
    if (found.length > 0) return found;
  }
  const [first] = error.tests.filter(({status}) => status === 'error');
  if (published === undefined || first === undefined) return [];
  return list((file, year) => !isPublishedFrom(file, year, published), `the data test ${first.name} failed with it`);
}
