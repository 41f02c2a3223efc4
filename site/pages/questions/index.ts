import {formatCounted} from '../../../src/words/count.ts';
import {renderPage} from '../../components/page.ts';
import {type Html, html} from '../../html.ts';
import {toQuestion} from '../../links.ts';
import type {PageContext} from '../../page-context.ts';
import {findQuestion} from '../../words/find-question.ts';
import {listAnswered} from '../../words/questions.ts';

export function renderQuestions(context: PageContext): Html {
  const {place} = context.report;
  const questions = listAnswered(context);
  const counted = formatCounted(questions.length, 'question');
  return renderPage(
    context,
    {
      at: 'questions/',
      title: `${counted}, answered`,
      description: `${counted} about the students and teachers of the ${place}, each with its answer, a chart, a table and a file.`,
    },
    html`
      <h1>Questions</h1>
      <p class="lead">${counted} about the students and teachers of the ${place}. Each answer has a chart, a table and a file.</p>
      <ol class="questions">
        ${questions.map(
          (question) => html`<li>
            <h2><a href="${toQuestion(context, question.path)}">${question.question}</a></h2>
            <p>${question.sentence(findQuestion(context, question.answer), context)}</p>
          </li>`,
        )}
      </ol>`,
  );
}
