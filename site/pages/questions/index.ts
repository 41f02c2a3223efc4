import {renderPage} from '../../components/page.ts';
import {type Html, html} from '../../html.ts';
import {toQuestion} from '../../links.ts';
import type {PageContext} from '../../page-context.ts';
import {findQuestion} from '../../words/find-question.ts';
import {questions} from '../../words/questions.ts';

export function renderQuestions(context: PageContext): Html {
  const {place} = context.report;
  return renderPage(
    context,
    {
      at: 'questions/',
      title: 'Six questions, and one more, answered',
      description: `Six questions about the students and teachers of the ${place}, each with its answer, a chart, the table and the query.`,
    },
    html`
      <h1>Six questions, and one more</h1>
      <p class="lead">Six questions about the students and teachers of the ${place}. Each answer has a chart, a table, its query and its file.</p>
      <ol class="questions">
        ${questions.map(
          (question) => html`<li>
            <span class="which">${question.number ?? '+'}</span>
            <div><h2><a href="${toQuestion(context, question.path)}">${question.question}</a></h2>
            <p>${question.sentence(findQuestion(context, question.answer), context)}</p></div>
          </li>`,
        )}
      </ol>`,
  );
}
