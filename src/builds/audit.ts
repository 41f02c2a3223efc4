import type {TestResult} from '../dbt/run/data-tests.ts';
import type {CheckResult} from '../ingest/checks.ts';
import type {Ingested} from '../ingest/load.ts';
import {AuditFailure} from '../ledger/audit-failure.ts';
import {getSource} from '../sources/sources.ts';

const unchanged = 'The published build is unchanged.';

/** @throws AuditFailure if a check of the loaded rows failed */
export function assertChecksPassed(checks: CheckResult[], ingested: readonly Ingested[]): void {
  const [first, ...others] = checks.filter(({status}) => status === 'error');
  if (first === undefined) return;
  const files = ingested
    .filter(({source, schoolYears}) => {
      return source.id === first.source && (first.schoolYear === null || schoolYears.includes(first.schoolYear));
    })
    .concat(ingested.filter(({source}) => source.id === first.source))
    .map(({landed}) => landed.fileName);
  const place = [getSource(first.source).title, first.schoolYear].filter((part) => part !== null).join(' ');
  throw new AuditFailure(
    `${files[0]} (${place}): ${first.check} failed in ${first.failing} of ${first.compared}. Expected: ${first.description}. Found: ${first.samples[0]}.${more(others.length, 'check')} ${unchanged} Download the file again. If the publisher's file has the mistake, it must be fixed there, or the file left out.`,
    checks,
  );
}

/**
 * @param kept the warehouse of the failed build
 * @throws AuditFailure if a data test of the models failed
 */
export function assertTestsPassed(checks: CheckResult[], tests: TestResult[], kept: string): void {
  const [first, ...others] = tests.filter(({status}) => status === 'error');
  if (first === undefined) return;
  const found = Object.entries(first.samples[0] ?? {}).filter(([, value]) => value !== null && value !== '');
  const row = found.map(([column, value]) => `${column} ${JSON.stringify(value)}`).join(', ');
  const sentences = [
    `dbt/${first.path}: the test ${first.name} failed in ${first.failing} ${first.failing === 1 ? 'row' : 'rows'}.`,
    ...(first.description === undefined ? [] : [first.description]),
    `The first: ${row}.`,
    `Where it comes from: ${first.paths.join('; ')}.`,
  ];
  throw new AuditFailure(
    `${sentences.join(' ')}${more(others.length, 'test')} ${unchanged} The failed build is kept: look into ${kept}, fix the model or the test, and run again.`,
    checks,
    tests,
  );
}

function more(count: number, what: string): string {
  return count === 0 ? '' : ` ${count} more ${what}${count === 1 ? '' : 's'} failed.`;
}
