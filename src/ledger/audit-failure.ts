import type {TestResult} from '../dbt/run/data-tests.ts';
import {Failure} from '../failure.ts';
import type {CheckResult} from '../ingest/checks.ts';

/** A build that failed its audit; the message tells of the first failure, `checks` and `tests` of all. */
export class AuditFailure extends Failure {
  readonly checks: CheckResult[];
  readonly tests: TestResult[];

  constructor(message: string, checks: CheckResult[], tests: TestResult[] = []) {
    super(message);
    this.checks = checks;
    this.tests = tests;
  }
}
