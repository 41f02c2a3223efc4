import {type Html, html} from '../html.ts';
import type {PageContext} from '../page-context.ts';

/** The file with the names that suggestions come from. */
export const namesPath = 'schools/names.js';

/** Renders the field that finds a school. `find.js` adds suggestions; without that script there is the list of schools. */
export function renderFind(context: PageContext): Html {
  return html`
    <form class="find screen" action="${context.to('schools/')}" hidden data-find ${listFindSources(context)}>
      <label for="find">Find your school</label>
      <input id="find" name="q" type="search" autocomplete="off" placeholder="Name, street, ZIP or city"><button type="submit">Find</button>
    </form>`;
}

/** Renders the attributes that say where `find.js` loads the search and the names from. */
export function listFindSources({to, toAsset}: PageContext): Html {
  return html`data-library="${toAsset('minisearch.js')}" data-names="${to(namesPath)}"`;
}
