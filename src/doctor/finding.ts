import {Failure, getErrorMessage} from '../failure.ts';
import {explainSystemError} from '../ledger/system-errors.ts';

/** What one check found. `remark`: worth knowing, and a run works all the same. */
export interface Finding {
  area: 'machine' | 'home' | 'network' | 'data';
  subject: string;
  status: 'ok' | 'remark' | 'trouble';
  /** What was found, without a period. */
  says: string;
  /** What to do about it: sentences. */
  wayOut?: string;
}

/** What a check returns. */
export type Result = Omit<Finding, 'area' | 'subject'>;

/** Runs a check. What it throws is trouble. */
export async function examine(
  area: Finding['area'],
  subject: string,
  check: () => Promise<Result>,
  wayOut = 'The message names the way out.',
): Promise<Finding> {
  try {
    return {area, subject, ...(await check())};
  } catch (thrown) {
    const error = explainSystemError(thrown);
    const way = error instanceof Failure ? {} : {wayOut};
    return {area, subject, status: 'trouble', says: getErrorMessage(error).replace(/\.$/, ''), ...way};
  }
}
