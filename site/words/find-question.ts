import type {Question} from '../../src/report/question.ts';
import type {PageContext} from '../page-context.ts';

/** Finds an answer or exploration of the report by its name. */
export function findQuestion({report}: Pick<PageContext, 'report'>, name: string): Question {
  const found = [...report.questions, ...report.explorations].find((question) => question.name === name);
  if (found === undefined) throw new Error(`There is no answer ${name}.`);
  return found;
}
