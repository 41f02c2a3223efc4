import {type Html, html, raw} from '../html.ts';
import type {PageContext} from '../page-context.ts';
import type {DescribedMeasure} from '../words/measures.ts';

/** Renders one measure of an organization: the figure, what it means in plain words, and its place among the peers. */
export function renderMeasure(
  {to}: PageContext,
  {name, value, column, method, meaning, range, place}: DescribedMeasure,
): Html {
  return html`
    <div class="measure">
      <h3><a href="${to(`methods/#${method}`)}">${name}</a></h3>
      <p class="value" data-column="${column}"><a href="#source">${value}<span class="hidden-label">: where it comes from</span></a></p>
      <div class="meaning">
        <p>${meaning}${range && html`<span class="muted"> ${range}</span>`}</p>
        ${
          place &&
          html`
            <div class="place">
              <div style="max-width:24rem">${raw(place.drawing.svg)}</div>
              <p class="small muted">${place.sentence}</p>
            </div>`
        }
      </div>
    </div>`;
}
