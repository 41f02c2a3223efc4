// @ts-check

/**
 * Adds search, filters, order and a comparison of up to four schools to the list. The choices are kept in the address, so that
 * they can be shared. Without this script the page shows the whole table.
 */

/**
 * The file that a comparison fetches: the shares of students and of teachers for each school, group by group.
 * @typedef {{
 *   is_sample: boolean,
 *   groups: string[],
 *   schools: Record<string, Shares>,
 *   districts: Record<string, Place>,
 *   region: Place,
 * }} MakeUp
 * @typedef {[number | null, number | null][]} Shares
 * @typedef {{name: string, figures: string[], shares: Shares}} Place
 */

/** @type {HTMLFormElement | null} */
const form = document.querySelector('[data-filters]');
/** @type {HTMLTableElement | null} */
const table = document.querySelector('[data-schools]');
/** @type {HTMLElement | null} */
const status = document.querySelector('[data-status]');
/** @type {HTMLElement | null} */
const panel = document.querySelector('[data-compare]');
/** @type {HTMLElement | null} */
const compared = document.querySelector('[data-compared]');

const most = 4;

/** Of find.js. @typedef {(text: string) => Promise<{isNear: boolean, found: {id: string}[]}>} FindSchools */
const {findSchools: findMeaning} = /** @type {typeof globalThis & {findSchools: FindSchools}} */ (globalThis);

if (form && table && status && panel && compared) start(form, table, status, panel, compared);

/**
 * @param {HTMLFormElement} form
 * @param {HTMLTableElement} table
 * @param {HTMLElement} status
 * @param {HTMLElement} panel
 * @param {HTMLElement} compared
 */
function start(form, table, status, panel, compared) {
  /** @type {NodeListOf<HTMLTableCellElement>} */
  const sortable = table.querySelectorAll('thead [data-sort]');
  const heads = [...sortable];
  const body = table.tBodies[0];
  if (!body) return;
  const schools = [...body.rows].map((row, place) => {
    const name = row.querySelector('a')?.textContent ?? '';
    const figures = new Map(
      heads.slice(1).map((head, at) => [head.dataset['sort'], parseFigure(row.cells[at + 3]?.textContent ?? '')]),
    );
    return {row, id: row.id.slice(1), name, place, figures, box: addCheckbox(row, name)};
  });
  const head = document.createElement('th');
  head.scope = 'col';
  head.className = 'screen pick';
  head.innerHTML = '<span class="hidden-label">Compare</span>';
  table.tHead?.rows[0]?.prepend(head);
  /** @type {string[]} */
  let chosen = [];
  /** @type {Promise<MakeUp> | undefined} */
  let makeUp;
  /** The text that no row has, and the schools that it may mean. */
  let meant = {text: '', ids: new Set([''])};

  for (const cell of heads) {
    const button = document.createElement('button');
    button.type = 'button';
    button.append(...cell.childNodes);
    button.addEventListener('click', () => {
      const isSame = field('sort').value === cell.dataset['sort'];
      field('order').value = isSame && field('order').value === 'up' ? 'down' : 'up';
      field('sort').value = cell.dataset['sort'] ?? '';
      update();
    });
    cell.append(button);
  }
  for (const school of schools) {
    school.box.addEventListener('change', () => {
      if (school.box.checked && chosen.length === most) {
        school.box.checked = false;
        status.textContent = `Four schools at most. Remove one before you add ${school.name}.`;
        return;
      }
      chosen = school.box.checked ? [...chosen, school.id] : chosen.filter((id) => id !== school.id);
      update();
    });
  }
  form.hidden = false;
  form.addEventListener('input', update);
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('reset', (event) => {
    // The browser empties the fields only after this event. The list would lag behind.
    event.preventDefault();
    read('');
  });
  addEventListener('popstate', () => read(location.search));
  read(location.search);

  /** @param {string} name */
  function field(name) {
    const found = form.elements.namedItem(name);
    if (found instanceof HTMLInputElement || found instanceof HTMLSelectElement) return found;
    throw new Error(`There is no field ${name}.`);
  }

  /**
   * Applies the choices in the address.
   *
   * @param {string} search
   */
  function read(search) {
    const asked = new URLSearchParams(search);
    for (const name of ['q', 'district', 'type', 'size', 'sort', 'order'])
      field(name).value = asked.get(name) ?? (name === 'order' ? 'up' : '');
    for (const select of form.querySelectorAll('select')) if (select.selectedIndex < 0) select.selectedIndex = 0;
    chosen = (asked.get('compare') ?? '')
      .split(',')
      .filter((id) => schools.some((school) => school.id === id))
      .slice(0, most);
    update();
  }

  function update() {
    const words = simplify(field('q').value).split(' ').filter(Boolean);
    const [from, to] = field('size').value.split('-').map(Number);
    let shown = 0;
    for (const {row, figures, box, id} of schools) {
      const size = figures.get('students');
      const fits =
        (words.every((word) => simplify(row.cells[1]?.textContent ?? '').includes(word)) ||
          (meant.text === field('q').value && meant.ids.has(id))) &&
        (!field('district').value || row.dataset['district'] === field('district').value) &&
        (!field('type').value || (row.dataset['type'] ?? '').split(' ').includes(field('type').value)) &&
        (!field('size').value ||
          (size !== undefined && size >= (from ?? 0) && size <= (to || Number.POSITIVE_INFINITY)));
      row.hidden = !fits;
      if (fits) shown++;
      box.checked = chosen.includes(id);
    }
    sort();
    if (shown === 0 && words.length > 0 && meant.text !== field('q').value) findMeant(field('q').value);
    status.textContent = `${shown} of ${schools.length} schools shown.`;
    compare();
    const asked = new URLSearchParams();
    for (const name of ['q', 'district', 'type', 'size', 'sort'])
      if (field(name).value) asked.set(name, field(name).value);
    if (field('order').value === 'down') asked.set('order', 'down');
    if (chosen.length > 0) asked.set('compare', chosen.join(','));
    const search = asked.toString().replaceAll('%2C', ',');
    history.replaceState(null, '', search ? `?${search}` : location.pathname);
  }

  /**
   * Shows the schools that a text may mean if no row has it: by address, by a misspelled name, or those with the nearest names.
   *
   * @param {string} text
   */
  async function findMeant(text) {
    const reply = await findMeaning(text).catch(() => undefined);
    if (!reply || text !== field('q').value) return;
    meant = {text, ids: new Set(reply.found.slice(0, reply.isNear ? 5 : undefined).map(({id}) => id))};
    update();
    if (reply.isNear && reply.found.length > 0)
      status.textContent = `No school matches “${text}”. These names are nearest. ${status.textContent}`;
  }

  function sort() {
    const by = field('sort').value;
    const sign = field('order').value === 'down' ? -1 : 1;
    const sorted = schools.toSorted((a, b) => {
      if (by === '') return sign * (a.place - b.place);
      if (by === 'name') return sign * a.name.localeCompare(b.name);
      const [x, y] = [a.figures.get(by), b.figures.get(by)];
      if (x === y) return a.place - b.place;
      if (x === undefined) return 1;
      if (y === undefined) return -1;
      return sign * (x - y);
    });
    body?.append(...sorted.map(({row}) => row));
    for (const cell of heads) {
      if (cell.dataset['sort'] === by) cell.setAttribute('aria-sort', sign < 0 ? 'descending' : 'ascending');
      else cell.removeAttribute('aria-sort');
    }
    table.dataset['by'] = by;
    const at = heads.findIndex((cell) => cell.dataset['sort'] === by);
    for (const cell of table.querySelectorAll('.sorted')) cell.classList.remove('sorted');
    if (at > 0) for (const row of table.rows) row.cells[at + 3]?.classList.add('sorted');
  }

  async function compare() {
    panel.hidden = chosen.length === 0;
    if (chosen.length === 0) return;
    const picked = chosen.flatMap((id) => schools.find((school) => school.id === id) ?? []);
    const columns = picked.map(
      ({row, name, id}) =>
        `<th scope="col"><a href="${row.querySelector('a')?.getAttribute('href')}">${escapeMarkup(name)}</a><small>${escapeMarkup(row.querySelector('small')?.textContent ?? '')}</small><button type="button" data-drop="${id}">Remove<span class="hidden-label"> ${escapeMarkup(name)}</span></button></th>`,
    );
    /**
     * @param {Place[]} places the districts of the schools, and the region
     * @param {string} more
     */
    const draw = (places, more) => {
      const rows = heads
        .slice(1)
        .map(
          (head, index) =>
            `<tr><th scope="row">${head.textContent}</th>${picked.map(({row}) => `<td class="number">${row.cells[index + 4]?.textContent ?? ''}</td>`).join('')}${places.map(({figures}) => `<td class="number place">${figures[index] ?? '–'}</td>`).join('')}</tr>`,
        );
      const ofPlaces = places.map(({name}) => `<th scope="col" class="place">${escapeMarkup(name)}</th>`);
      compared.innerHTML = `<div class="scroll" tabindex="0" role="region" aria-label="Compared schools"><table><caption>${panel.dataset['year']}. Four schools at most.</caption><thead><tr><td></td>${[...columns, ...ofPlaces].join('')}</tr></thead><tbody>${rows.join('')}${more}</tbody></table></div><p class="small"><a href="${escapeMarkup(location.href)}">Link to this comparison</a> · <a download="comparison.csv" data-csv>Download (CSV)</a></p>`;
      compared.querySelector('[data-csv]')?.setAttribute('href', writeCsv(compared, panel.dataset['sample']));
      for (const button of compared.querySelectorAll('button')) {
        button.addEventListener('click', () => {
          chosen = chosen.filter((id) => id !== button.dataset['drop']);
          update();
          (chosen.length > 0 ? panel.querySelector('h2') : field('q'))?.focus();
        });
      }
    };
    const of = chosen.join();
    if (!makeUp) draw([], '');
    makeUp ??= fetch(panel.dataset['from'] ?? '').then((reply) => reply.json());
    const found = await makeUp.catch(() => undefined);
    if (!found) {
      makeUp = undefined;
      compared.append(
        location.protocol === 'file:'
          ? 'The shares by group are missing: a browser loads no data into a page opened from a file. Serve the report (npx rollcall serve) to compare them.'
          : 'The shares by group could not be loaded.',
      );
      return;
    }
    if (of !== chosen.join()) return;
    const codes = [...new Set(picked.map(({row}) => row.dataset['district'] ?? ''))];
    const places = [...codes.flatMap((code) => found.districts[code] ?? []), found.region];
    const shares = [...picked.map(({id}) => found.schools[id]), ...places.map(({shares}) => shares)];
    draw(
      places,
      found.groups
        .map(
          (group, index) =>
            `<tr><th scope="row">${escapeMarkup(group)}</th>${shares.map((each) => `<td>${renderBar(each?.[index]?.[0], 'students')}${renderBar(each?.[index]?.[1], 'teachers')}</td>`).join('')}</tr>`,
        )
        .join(''),
    );
  }
}

/**
 * Writes the table of a comparison as the address of a CSV file.
 *
 * @param {HTMLElement} compared
 * @param {string | undefined} mark what the file says of invented figures
 */
function writeCsv(compared, mark) {
  /** @param {Element | undefined} cell */
  const read = (cell) => {
    const bars = [...(cell?.querySelectorAll('.bar > span:last-child') ?? [])];
    const text =
      bars.length > 0 ? bars.map((bar) => bar.textContent).join('; ') : (cell?.querySelector('a') ?? cell)?.textContent;
    // A spreadsheet takes a cell that begins so for a formula.
    return `"${(text ?? '').replace(/^[=+@\t]/, "'$&").replaceAll('"', '""')}"`;
  };
  const rows = [...compared.querySelectorAll('tr')].map((row) => [...row.children].map(read).join(','));
  return `data:text/csv;charset=utf-8,${encodeURIComponent(`${[...(mark ? [`"${mark}"`] : []), ...rows].join('\r\n')}\r\n`)}`;
}

/**
 * @param {number | null | undefined} share
 * @param {'students' | 'teachers'} side
 */
function renderBar(share, side) {
  const isKnown = share !== null && share !== undefined;
  const text = isKnown ? `${(100 * share).toFixed(1)}%` : '–';
  const bar = isKnown ? `<span style="width:${(100 * share).toFixed(1)}%"></span>` : '<span class="missing"></span>';
  return `<span class="bar ${side}">${bar}<span>${text}<span class="hidden-label"> of ${side}</span></span></span>`;
}

/**
 * @param {HTMLTableRowElement} row
 * @param {string} name
 */
function addCheckbox(row, name) {
  const cell = document.createElement('td');
  cell.className = 'screen pick';
  const box = document.createElement('input');
  box.type = 'checkbox';
  box.setAttribute('aria-label', `Compare ${name}`);
  cell.append(box);
  row.prepend(cell);
  return box;
}

/** @param {string} text */
function parseFigure(text) {
  const value = Number.parseFloat(
    text
      .replaceAll(',', '')
      .replace('−', '-')
      .replace(/[<>+%]/g, ''),
  );
  return Number.isNaN(value) ? undefined : value;
}

/**
 * Drops accents and capitals: names then match what people type on a phone.
 *
 * @param {string} text
 */
function simplify(text) {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
}

/** @param {string} text */
function escapeMarkup(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
