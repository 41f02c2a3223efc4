import type {Question} from '../../src/report/question.ts';
import type {Report} from '../../src/report/report.ts';

/** The answers of a report. */
export interface Asked {
  report: Pick<Report, 'questions' | 'explorations'>;
}

/** Finds an answer or exploration of the report by its name. */
export function findQuestion({report}: Asked, name: string): Question {
  const found = [...report.questions, ...report.explorations].find((question) => question.name === name);
  if (found === undefined) throw new Error(`There is no answer ${name}.`);
  return found;
}
