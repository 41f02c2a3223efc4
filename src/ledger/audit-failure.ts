import type {TestResult} from '../dbt/run/data-tests.ts';
import {Failure} from '../failure.ts';
import type {CheckResult} from '../ingest/checks.ts';

/** A build failed its audit. The message describes the first failure; `checks` and `tests` hold all results. */
export class AuditFailure extends Failure {
  readonly checks: CheckResult[];
  readonly tests: TestResult[];

  constructor(message: string, checks: CheckResult[], tests: TestResult[] = []) {
    super(message);
    this.checks = checks;
    this.tests = tests;
  }
}
