import {renderPage} from '../../components/page.ts';
import {type Html, html} from '../../html.ts';
import {toQuestion} from '../../links.ts';
import type {PageContext} from '../../page-context.ts';
import {findQuestion, missionQuestions} from '../../words/questions.ts';

export function renderQuestions(context: PageContext): Html {
  const {place} = context.report;
  return renderPage(
    context,
    {
      at: 'questions/',
      title: 'Six questions, answered',
      description: `Six questions about the students and teachers of the ${place}, each with its answer, a chart, the table and the query.`,
    },
    html`
      <h1>Six questions, answered</h1>
      <p class="lead">Six questions about the students and teachers of the ${place}. Each answer has a chart, a table, its query and its file.</p>
      <ol class="questions">
        ${missionQuestions.map(
          (question) => html`<li>
            <span class="which">${question.number}</span>
            <div><h2><a href="${toQuestion(context, question.number)}">${question.question}</a></h2>
            <p>${question.sentence(findQuestion(context, question.answer), context)}</p></div>
          </li>`,
        )}
      </ol>`,
  );
}
