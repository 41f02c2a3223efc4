// @ts-check

/** Opens the table that a link leads to. Browsers open closed details by themselves only for text fragments. */
function openTarget() {
  const target = location.hash ? document.getElementById(location.hash.slice(1)) : null;
  const table = target?.closest('details');
  if (target && table) {
    table.open = true;
    target.scrollIntoView();
  }
}
addEventListener('hashchange', openTarget);
openTarget();

/** Adds the search: shows the columns with a word in their name or meaning, and all columns of a table with the word in its name. */
const search = document.querySelector('[data-filters]');
const field = document.querySelector('#q');
const status = document.querySelector('[data-status]');
if (search instanceof HTMLElement && field instanceof HTMLInputElement && status) {
  search.hidden = false;
  field.addEventListener('input', () => {
    const word = field.value.trim().toLowerCase();
    let found = 0;
    for (const table of document.querySelectorAll('details')) {
      const isWhole = table.id.includes(word);
      let shown = 0;
      /** @type {NodeListOf<HTMLElement>} */
      const columns = table.querySelectorAll('.columns > div');
      for (const column of columns) {
        column.hidden = !isWhole && !column.textContent.toLowerCase().includes(word);
        if (!column.hidden) shown++;
      }
      table.hidden = shown === 0;
      table.open = word !== '' && shown > 0;
      found += shown;
    }
    status.textContent = word === '' ? '' : `${found} columns`;
  });
}
