// @ts-check

/**
 * Suggests schools while somebody types: by name, abbreviation, initials, code, street, ZIP, city and district, tolerant of
 * spelling. The names and the search library load as scripts once the field has the focus, since a page that is opened from a
 * file may load no other data. The field is a combobox as the ARIA Authoring Practices describe it.
 */

/**
 * A school of the file with the names: its id, name, district, types, city, ZIP, street and code.
 * @typedef {[id: string, name: string, district: string, types: string, city: string, zip: string, street: string, code: string]} NamedSchool
 * @typedef {{id: string, name: string, place: string}} Suggestion
 * @typedef {typeof globalThis & {MiniSearch: typeof import('minisearch').default, schoolNames: NamedSchool[]}} Loaded
 */

/** Both ways of writing a word. */
const spellings = new Map(
  [
    ['mount', 'mt'],
    ['saint', 'st'],
    ['fort', 'ft'],
    ['junior', 'jr'],
    ['senior', 'sr'],
    ['international', 'intl'],
    ['community', 'comm'],
    ['academy', 'acad'],
    ['north', 'n'],
    ['south', 's'],
    ['east', 'e'],
    ['west', 'w'],
    ['avenue', 'ave'],
    ['street', 'st'],
  ].flatMap(([long = '', short = '']) => [
    [long, short],
    [short, long],
  ]),
);

/** @type {Record<string, string>} */
const shortTypes = {elementary: 'es elem', middle: 'ms', high: 'hs'};

/** @type {NodeListOf<HTMLElement>} */
const holders = document.querySelectorAll('[data-names]');
const holder = holders[0];

/** @type {Promise<(text: string) => {isNear: boolean, found: Suggestion[]}> | undefined} */
let search;

/**
 * Finds the schools that a text may mean, the best first. Without a match, they are those with the nearest names.
 *
 * @param {string} text
 */
async function findSchools(text) {
  search ??= load().catch((error) => {
    search = undefined;
    throw error;
  });
  return (await search)(text);
}
Object.assign(globalThis, {findSchools});

async function load() {
  await Promise.all([loadScript(holder?.dataset['library'] ?? ''), loadScript(holder?.dataset['names'] ?? '')]);
  const {MiniSearch, schoolNames} = /** @type {Loaded} */ (globalThis);
  const fields = ['name', 'initials', 'types', 'district', 'city', 'zip', 'street', 'code'];
  const index = new MiniSearch({
    fields,
    storeFields: ['name', 'place'],
    processTerm: (term, field) => {
      const plain = reduceTerm(term);
      const other = field === undefined ? undefined : spellings.get(plain);
      return other === undefined ? plain : [plain, other];
    },
    searchOptions: {
      // A search has one spelling, since the index has both.
      processTerm: reduceTerm,
      boost: {name: 4, initials: 2},
      prefix: true,
    },
  });
  index.addAll(
    schoolNames.map(([id, name, district, types, city, zip, street, code]) => ({
      id,
      name,
      initials: (name.match(/\b\p{L}/gu) ?? []).join(''),
      types: types
        .split(' ')
        .map((type) => `${type} ${shortTypes[type] ?? ''}`)
        .join(' '),
      district,
      city,
      zip,
      street,
      code,
      place: [...new Set([district, city])].filter(Boolean).join(' · '),
    })),
  );
  /** @param {string} term */
  const tolerance = (term) => (/\d/.test(term) || term.length < 4 ? 0 : 0.2);
  return (/** @type {string} */ text) => {
    const exact = index.search(text, {combineWith: 'AND', fuzzy: tolerance});
    const results = exact.length > 0 ? exact : index.search(text, {fields: ['name'], fuzzy: 0.4});
    return {
      isNear: exact.length === 0,
      found: results.map(({id, ['name']: name, ['place']: place}) => ({id, name, place})),
    };
  };
}

/** @param {string} address */
function loadScript(address) {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = address;
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  });
}

/**
 * Drops accents, capitals and apostrophes.
 *
 * @param {string} term
 */
function reduceTerm(term) {
  return term
    .normalize('NFD')
    .replaceAll(/[\p{M}’']/gu, '')
    .toLowerCase();
}

/** @type {NodeListOf<HTMLFormElement>} */
const forms = document.querySelectorAll('form[data-find]');
for (const form of forms) {
  const input = form.querySelector('input');
  if (input) addSuggestions(form, input);
}

/**
 * @param {HTMLFormElement} form
 * @param {HTMLInputElement} input
 */
function addSuggestions(form, input) {
  const most = 8;
  const list = document.createElement('ul');
  list.id = `${input.id}-suggestions`;
  list.setAttribute('role', 'listbox');
  list.setAttribute('aria-label', 'Schools');
  list.hidden = true;
  const status = document.createElement('p');
  status.className = 'small';
  status.setAttribute('role', 'status');
  form.append(list, status);
  form.hidden = false;
  for (const [name, value] of Object.entries({
    role: 'combobox',
    'aria-autocomplete': 'list',
    'aria-expanded': 'false',
    'aria-controls': list.id,
  }))
    input.setAttribute(name, value);
  let at = -1;
  let asked = '';

  /** @param {number} next */
  const choose = (next) => {
    list.children[at]?.setAttribute('aria-selected', 'false');
    at = next;
    const option = list.children[at];
    option?.setAttribute('aria-selected', 'true');
    option?.scrollIntoView({block: 'nearest'});
    if (option) input.setAttribute('aria-activedescendant', option.id);
    else input.removeAttribute('aria-activedescendant');
  };
  /** @param {boolean} isOpen */
  const open = (isOpen) => {
    list.hidden = !isOpen;
    input.setAttribute('aria-expanded', String(isOpen));
    if (!isOpen) choose(-1);
  };
  /** @param {Element | undefined} option */
  const go = (option) => {
    if (!(option instanceof HTMLElement)) return;
    location.href = new URL(`${encodeURIComponent(option.dataset['id'] ?? '')}/index.html`, form.action).href;
  };

  const suggest = async () => {
    asked = input.value.trim();
    const text = asked;
    if (text === '') {
      open(false);
      status.textContent = '';
      return;
    }
    const reply = await findSchools(text).catch(() => undefined);
    if (text !== asked) return;
    if (!reply) {
      status.textContent = 'The names of the schools could not be loaded. Find leads to the whole list.';
      return;
    }
    const shown = reply.found.slice(0, most);
    list.replaceChildren(
      ...shown.map(({id, name, place}, number) => {
        const option = document.createElement('li');
        option.id = `${list.id}-${number}`;
        option.dataset['id'] = id;
        option.setAttribute('role', 'option');
        option.setAttribute('aria-selected', 'false');
        const small = document.createElement('small');
        small.textContent = place;
        option.append(name, ' ', small);
        return option;
      }),
    );
    at = -1;
    open(shown.length > 0);
    const counted = `${reply.found.length} ${reply.found.length === 1 ? 'school' : 'schools'}`;
    status.textContent = reply.isNear
      ? `No school matches “${text}”.${shown.length > 0 ? ' These names are nearest.' : ''}`
      : `${counted}${reply.found.length > most ? `, the first ${most} are listed` : ''}.`;
  };
  input.addEventListener('focus', () => void findSchools('').catch(() => {}));
  input.addEventListener('input', suggest);
  input.addEventListener('keydown', (event) => {
    const last = list.children.length - 1;
    if (event.key === 'Escape' && !list.hidden) open(false);
    else if (event.key === 'ArrowDown' && last >= 0) {
      if (list.hidden) open(true);
      choose(at >= last ? 0 : at + 1);
    } else if (event.key === 'ArrowUp' && last >= 0) {
      if (list.hidden) open(true);
      choose(at <= 0 ? last : at - 1);
    } else if (event.key === 'Enter' && at >= 0) go(list.children[at]);
    else return;
    event.preventDefault();
  });
  // A press on a suggestion must not take the focus first, since that closes the list.
  list.addEventListener('pointerdown', (event) => event.preventDefault());
  list.addEventListener('click', ({target}) => {
    if (target instanceof Element) go(target.closest('li') ?? undefined);
  });
  input.addEventListener('blur', () => open(false));
}
