// @ts-check

/**
 * Adds buttons that save a chart as SVG or PNG, with its finding, its source and the address of its page, and a table as CSV. The
 * files are made when they are asked for.
 */

/**
 * @param {string} name
 * @param {string} of
 * @param {() => Promise<Blob> | Blob} make
 */
function addButton(name, of, make) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'take screen';
  button.textContent = name;
  const hidden = document.createElement('span');
  hidden.className = 'hidden-label';
  hidden.textContent = `: save ${of}`;
  button.append(hidden);
  button.addEventListener('click', async () => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(await make());
    link.download = `${nameFile(of)}.${name.toLowerCase()}`;
    link.click();
    URL.revokeObjectURL(link.href);
  });
  return button;
}

/** @param {string} text */
function nameFile(text) {
  const words = text.toLowerCase().match(/[a-z0-9]+/g) ?? ['rollcall'];
  const mark = document.querySelector('.sample') ? 'SAMPLE-' : '';
  return `${mark}${words.slice(0, 10).join('-')}`;
}

/** The address of the page; nothing for a file on somebody's disk. */
function findAddress() {
  const canonical = document.querySelector('link[rel="canonical"]')?.getAttribute('href');
  return canonical ?? (location.protocol === 'file:' ? '' : location.href.replace(/[?#].*/, ''));
}

/**
 * Returns the text of an element without its links to files and its buttons.
 *
 * @param {Element | null} element
 */
function readText(element) {
  const copy = element?.cloneNode(true);
  if (!(copy instanceof Element)) return '';
  for (const part of copy.querySelectorAll('[download], button')) part.remove();
  return (copy.textContent ?? '').replaceAll(/\s+/g, ' ').trim();
}

for (const figure of document.querySelectorAll('figure')) {
  const finding = readText(figure.querySelector('.finding'));
  const caption = figure.querySelector('figcaption');
  if (!caption || !figure.querySelector('svg.chart')) continue;
  caption.append(
    ' ',
    addButton('SVG', finding, async () => new Blob([(await writeChart(figure)).text], {type: 'image/svg+xml'})),
    ' ',
    addButton('PNG', finding, async () => paint(await writeChart(figure))),
  );
}
for (const table of document.querySelectorAll('.scroll > table')) {
  if (!(table instanceof HTMLTableElement)) continue;
  const caption = table.caption ?? table.createCaption();
  if (caption.querySelector('[download]')) continue;
  const name = readText(caption).split('. ')[0] || document.title;
  caption.append(
    ' ',
    addButton('CSV', name, () => new Blob(['\ufeff', writeTable(table)], {type: 'text/csv'})),
  );
}

/**
 * Writes the rows that are shown. Figures lose what only people need; a text that a spreadsheet would take for a formula gets an
 * apostrophe.
 *
 * @param {HTMLTableElement} table
 */
function writeTable(table) {
  const rows = [...table.rows].filter(({hidden}) => !hidden);
  const cells = rows.map(({cells}) => [...cells].filter((cell) => !cell.classList.contains('pick')).map(readText));
  const source = readText(document.querySelector('footer p'));
  return [...cells, [], [readText(table.caption)], [source], [findAddress()]]
    .map((row) => row.map(writeCell).join(','))
    .join('\r\n');
}

/** @param {string} text */
function writeCell(text) {
  const figure = text.replace('−', '-').replaceAll(/(?<=\d),(?=\d{3})/g, '');
  if (/^[+-]?\d[\d.]*%?$/.test(figure)) return figure.replace('+', '');
  return `"${(/^[=+@\t-]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
}

/**
 * Writes the chart that is shown as a file of its own: with its colors, its font, its finding above and its source below.
 *
 * @param {Element} figure
 */
async function writeChart(figure) {
  const shown = [...figure.querySelectorAll('svg.chart')].find((each) => each.getBoundingClientRect().width > 0);
  if (!(shown instanceof SVGSVGElement)) throw new Error('The chart is not shown.');
  const {width, height} = shown.viewBox.baseVal;
  const colors = getComputedStyle(document.documentElement);
  const color = (/** @type {string} */ name) => colors.getPropertyValue(name).trim();
  const margin = 16;
  /**
   * Copies a drawing into the file, in the colors of the page.
   *
   * @param {SVGSVGElement} drawing
   * @param {Record<string, number>} place
   */
  const copy = (drawing, place) => {
    const copied = /** @type {SVGSVGElement} */ (drawing.cloneNode(true));
    for (const [name, value] of Object.entries(place)) copied.setAttribute(name, String(value));
    return new XMLSerializer()
      .serializeToString(copied)
      .replaceAll(/var\((--[\w-]+)\)/g, (_all, name) => color(name))
      .replaceAll('currentColor', color('--ink'));
  };
  const font = await readFont();
  /**
   * @param {string} text
   * @param {number} size
   * @param {number} weight
   */
  const wrap = (text, size, weight) => {
    const pen = document.createElement('canvas').getContext('2d');
    if (pen) pen.font = `${weight} ${size}px ${color('--text')}`;
    /** @type {string[]} */
    const lines = [];
    for (const word of text.split(' ')) {
      const longer = `${lines.at(-1) ?? ''} ${word}`.trim();
      if (lines.length > 0 && (pen?.measureText(longer).width ?? 0) <= width) lines[lines.length - 1] = longer;
      else lines.push(word);
    }
    return lines;
  };
  let y = margin;
  /**
   * @param {string[]} lines
   * @param {number} size
   * @param {string} attributes
   */
  const place = (lines, size, attributes) =>
    lines
      .map((line) => {
        y += size * 1.35;
        return `<text x="${margin}" y="${y.toFixed(1)}" font-size="${size}" text-anchor="start" ${attributes}>${escapeMarkup(line)}</text>`;
      })
      .join('');
  const muted = `fill="${color('--muted')}"`;
  const head = place(wrap(readText(figure.querySelector('.finding')), 15, 600), 15, 'font-weight="600"');
  const below = place(wrap(readText(figure.querySelector('.shown')), 11.5, 400), 11.5, muted);
  const keys = [...figure.querySelectorAll('.legend li')].map((key) => {
    y += 19;
    const sign = key.querySelector('svg');
    return `${sign ? copy(sign, {x: margin, y: y - 10, width: 12, height: 12}) : ''}<text x="${margin + 18}" y="${y}" font-size="11.5" text-anchor="start">${escapeMarkup(readText(key))}</text>`;
  });
  y += 14;
  const top = y;
  y += height + 6;
  const source = [...wrap(readText(figure.querySelector('figcaption')), 10.5, 400), findAddress()].filter(Boolean);
  const foot = place(source, 10.5, muted);
  const size = {width: width + 2 * margin, height: Math.ceil(y + margin)};
  const text = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" width="${size.width}" height="${size.height}" font-family="${escapeMarkup(color('--text'))}" fill="${color('--ink')}"><style>${font}</style><rect width="100%" height="100%" fill="${color('--paper')}"/>${head}${below}${keys.join('')}${copy(shown, {x: margin, y: top})}${foot}</svg>`;
  return {text, ...size};
}

/** Reads the font of the page, so that a chart looks the same elsewhere. A browser gives it to no page that is opened from a file. */
async function readFont() {
  const [link] = [...document.querySelectorAll('link[rel="preload"][as="font"]')].filter((each) =>
    each.getAttribute('href')?.includes('public-sans'),
  );
  if (!(link instanceof HTMLLinkElement)) return '';
  try {
    const bytes = new Uint8Array(await (await fetch(link.href)).arrayBuffer());
    const letters = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
    return `@font-face{font-family:"Public Sans";font-weight:100 900;src:url(data:font/woff2;base64,${btoa(letters)})}`;
  } catch {
    return '';
  }
}

/**
 * @param {{text: string, width: number, height: number}} chart
 * @returns {Promise<Blob>}
 */
async function paint({text, width, height}) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = 3 * width;
  canvas.height = 3 * height;
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('The picture could not be made.'))));
  });
}

/** @param {string} text */
function escapeMarkup(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
