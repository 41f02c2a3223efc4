import type {Catalog, Table} from '../../src/report/catalog.ts';
import type {Layer} from '../../src/report/layers.ts';
import type {Source} from '../../src/sources/source.ts';
import {sources} from '../../src/sources/sources.ts';
import {writeFlowchart} from './mermaid.ts';
import {breakName, drawLine, drawPage, drawRect, drawText, formatNumber, letter, page} from './page.ts';

const lanes = {
  published: {x: 30, width: 150, head: 'published', say: ['the files, in the words', 'of those who publish them']},
  ingest: {x: 211, width: 152, head: 'land, reshape, load', say: ['one contract a source,', 'one way for all of them']},
  raw: {x: 394, width: 122, head: 'raw', say: ['as landed,', 'one row a figure']},
  staging: {x: 547, width: 150, head: 'staging', say: ['one vocabulary: renamed,', 'cast, labels given our ids']},
  core: {x: 745, width: 152, head: 'core', say: ['schools, districts,', 'groups, figures']},
  marts: {x: 928, width: 165, head: 'marts', say: ['the answers,', 'and what they rest on']},
} as const;

const top = 154;
const lowest = page.height - page.margin;
const size = {item: 9, line: 10.5, seed: 8, padding: 7} as const;
const box = {source: 84, raw: 22, between: 7} as const;

/** Draws the way of a file from its publisher to the marts, and where the publisher's names end. */
export function drawFlow({tables}: Catalog): {svg: string; mermaid: string} {
  const seeds = new Set(tables.filter(({layer}) => layer === 'seeds').map(({name}) => name));
  const groups = groupTables(tables, seeds);
  const lists = (['core', 'marts'] as const).map((lane) => ({lane, entries: listEntries(tables, lane)}));
  const longest = Math.max(...lists.map(({entries}) => entries.reduce((sum, {height}) => sum + height, 0)));
  const stretch = Math.min(1.25, (lowest - top - 24) / longest);
  const end = top + 24 + longest * stretch;
  const taken = groups.reduce((sum, group) => sum + measureGroup(group), 0);
  const between = Math.max(10, (end - top - taken) / (groups.length - 1));
  const outOfStaging: number[] = [];
  const drawing: string[] = [];
  let y = top;
  for (const group of groups) {
    drawing.push(...drawGroup(group, y, outOfStaging));
    y += measureGroup(group) + between;
  }
  return {
    svg: drawPage({
      title: 'From the sources to the marts',
      say: [
        'Each source is standardized separately, left of the dashed line: only its declaration has the publisher’s names of columns, and only',
        'a seed (+) has the meanings of labels. Right of the line no model reads a raw table or uses a name of the publisher.',
      ],
      description: `${sources.map(({title, publisher}) => `${title} (${publisher})`).join(', ')} are landed, reshaped and loaded into raw tables; staging models give them one vocabulary; core models read staging, and marts read the core. Only staging reads raw tables. ${tables
        .filter(({layer}) => layer === 'staging')
        .map(({name, parents}) => `${name} reads ${parents.join(', ')}`)
        .join('; ')}.`,
      styles: `.item{font-size:${size.item}px}.seed{font-size:${size.seed}px;fill:var(--quiet)}.bold{font-size:11px;font-weight:650}.kind{font-size:9.5px;font-style:italic;fill:var(--quiet)}.step{font-size:11.5px;font-weight:650;fill:var(--core-edge)}.wall{stroke:var(--staging-edge);stroke-width:1.4;stroke-dasharray:5 4}`,
      body: [
        ...drawHeads(),
        ...drawIngest(Math.max(end, y - between)),
        ...drawing,
        ...drawWall(outOfStaging, Math.max(end, y - between)),
        ...lists.flatMap(({lane, entries}) => drawList(entries, lane, stretch)),
      ],
    }),
    mermaid: writeMermaid(tables),
  };
}

/** A source (or Rollcall itself) with its raw tables and staging models. */
interface Group {
  source?: Source;
  raw: Table[];
  staging: StagingBox[];
}

interface StagingBox {
  table: Table;
  lines: string[];
  seeds: string[];
  height: number;
}

function groupTables(tables: readonly Table[], seeds: ReadonlySet<string>): Group[] {
  const raw = tables.filter(({layer}) => layer === 'raw');
  const staging = tables.filter(({layer}) => layer === 'staging').map((table) => measureStaging(table, seeds));
  const isOf = (source: Source, name: string) => name === source.table || name === source.pivot?.rowTable;
  const group = (own: Table[], source?: Source) => ({
    ...(source && {source}),
    raw: own,
    staging: staging.filter(({table}) => own.some(({name}) => table.parents.includes(name))),
  });
  return [
    ...sources.map((source) =>
      group(
        raw.filter(({name}) => isOf(source, name)),
        source,
      ),
    ),
    group(raw.filter(({name}) => !sources.some((source) => isOf(source, name)))),
  ];
}

function measureStaging(table: Table, known: ReadonlySet<string>): StagingBox {
  const letters = Math.floor((lanes.staging.width - 2 * size.padding) / (size.item * letter.width));
  const lines = breakName(table.name, letters);
  const seeds = table.parents.filter((name) => known.has(name)).map((name) => `+ ${name}`);
  return {table, lines, seeds, height: (lines.length + seeds.length) * size.line + 11};
}

function stackHeights(heights: readonly number[]): number {
  return heights.reduce((sum, height) => sum + height + box.between, -box.between);
}

function measureGroup({source, raw, staging}: Group): number {
  return Math.max(
    source ? box.source : 0,
    stackHeights(raw.map(() => box.raw)),
    stackHeights(staging.map(({height}) => height)),
  );
}

function drawGroup(group: Group, y: number, outOfStaging: number[]): string[] {
  const height = measureGroup(group);
  const middle = y + height / 2;
  const {published, ingest, raw, staging} = lanes;
  const parts: string[] = [];
  if (group.source) {
    parts.push(...drawSource(group.source, middle - box.source / 2));
    parts.push(drawArrow(published.x + published.width, ingest.x, middle, 'raw'));
  }
  const rawY = new Map<string, number>();
  let at = middle - stackHeights(group.raw.map(() => box.raw)) / 2;
  for (const table of group.raw) {
    rawY.set(table.name, at + box.raw / 2);
    parts.push(
      drawRect({x: raw.x, y: at, width: raw.width, height: box.raw}, 'box raw'),
      drawText(raw.x + size.padding, at + 14.5, table.name, 'item'),
      drawArrow(ingest.x + ingest.width, raw.x, at + box.raw / 2, 'raw'),
    );
    at += box.raw + box.between;
  }
  at = middle - stackHeights(group.staging.map(({height}) => height)) / 2;
  for (const {table, lines, seeds, height: tall} of group.staging) {
    const center = at + tall / 2;
    for (const parent of table.parents) {
      const from = rawY.get(parent);
      if (from !== undefined) parts.push(drawElbow(raw.x + raw.width, from, staging.x, center, 'raw'));
    }
    outOfStaging.push(center);
    parts.push(
      drawRect({x: staging.x, y: at, width: staging.width, height: tall}, 'box staging'),
      ...lines.map((line, index) => drawText(staging.x + size.padding, at + 14 + index * size.line, line, 'item')),
      ...seeds.map((line, index) =>
        drawText(staging.x + size.padding, at + 14 + (lines.length + index) * size.line, line, 'seed'),
      ),
    );
    at += tall + box.between;
  }
  return parts;
}

function drawSource({title, publisher, pivot, columns, datasets}: Source, y: number): string[] {
  const {x, width} = lanes.published;
  const years = Object.keys(datasets ?? {}).sort();
  const initials = /\((\w+)\)$/.exec(publisher)?.[1] ?? publisher;
  const figures = pivot?.measures.length ?? 0;
  const own = title.replace(`${publisher} `, '');
  const name = `${own.charAt(0).toUpperCase()}${own.slice(1)}`;
  const lines = breakName(name.replaceAll(' ', '_'), 20).map((line) => line.replaceAll('_', ' '));
  const says = [
    years.length > 1 ? `${initials}, ${years[0]} to ${years.at(-1)}` : initials,
    ...(pivot
      ? [`wide: ${figures} figures a row,`, `${columns.length - figures} columns about it`]
      : [`long: ${columns.length} columns`]),
  ];
  const start = y + (box.source - lines.length * 14 - says.length * 13) / 2 + 10;
  return [
    drawRect({x, y, width, height: box.source}, 'box raw'),
    ...lines.map((line, index) => drawText(x + 9, start + index * 14, line, 'bold')),
    ...says.map((line, index) => drawText(x + 9, start + 1 + lines.length * 14 + index * 13, line, 'more')),
  ];
}

/** The steps for every file, in order. */
const steps: [verb: string, ...says: string[]][] = [
  ['land', 'bytes as they came,', 'under their hash'],
  ['recognize', 'by its columns; names are', 'compared without case,', 'spaces and punctuation'],
  ['read', 'codes, counts and dates;', 'suppressed, missing and 0', 'are three things'],
  ['pivot', 'a column a group becomes', 'a row a group, before', 'anything is loaded'],
  ['set aside', 'what can\u2019t be used,', 'each row with its reason'],
  ['load', 'from Parquet, a school', 'year a partition'],
];

function drawIngest(end: number): string[] {
  const {x, width} = lanes.ingest;
  const height = steps.reduce((sum, [, ...says]) => sum + 15 + says.length * 12, 0);
  const spare = (end - top - 24 - height) / (steps.length - 1);
  const parts = [drawRect({x, y: top, width, height: end - top}, 'box core', 6)];
  let y = top + 23;
  for (const [verb, ...says] of steps) {
    parts.push(drawText(x + 11, y, verb, 'step'));
    parts.push(...says.map((line, index) => drawText(x + 11, y + 14 + index * 12, line, 'more')));
    y += 15 + says.length * 12 + spare;
  }
  return parts;
}

function drawHeads(): string[] {
  return Object.entries(lanes).flatMap(([lane, {x, head, say}]) => [
    drawText(x, 118, head, `head head-${lane === 'published' ? 'raw' : lane === 'ingest' ? 'core' : lane}`),
    ...say.map((line, index) => drawText(x, 132 + index * 12.5, line, 'more')),
  ]);
}

/** Draws the line that no name of a source crosses, and the one way across. */
function drawWall(outOfStaging: readonly number[], end: number): string[] {
  const {staging, core} = lanes;
  const right = staging.x + staging.width;
  const [first, last] = [Math.min(...outOfStaging), Math.max(...outOfStaging)];
  return [
    `<path class="wall" d="M${right + 24} 106V${formatNumber(end)}"/>`,
    ...outOfStaging.map(
      (y) => `<path class="line of-staging" d="M${right} ${formatNumber(y)}L${right + 12} ${formatNumber(y)}"/>`,
    ),
    `<path class="line of-staging" d="M${right + 12} ${formatNumber(first)}L${right + 12} ${formatNumber(last)}"/>`,
    drawArrow(right + 12, core.x, (first + last) / 2, 'staging'),
  ];
}

/** An entry of a list: a kind of table, or a table. */
interface Entry {
  lines: string[];
  isKind: boolean;
  height: number;
}

const kinds: [kind: string, pattern: RegExp][] = [
  ['dimensions', /^dim_/],
  ['facts', /^fct_/],
  ['bridges', /^bridge_/],
  ['', /^(?!int_|dim_|fct_|bridge_)/],
  ['intermediate', /^int_/],
];

/** The lane that a layer's tables are listed in. */
const lanesOf: Partial<Record<Layer, 'core' | 'marts'>> = {intermediate: 'core', core: 'core', marts: 'marts'};

/** The tables of a lane by what kind they are. */
function listEntries(tables: readonly Table[], lane: 'core' | 'marts'): Entry[] {
  const letters = Math.floor((lanes[lane].width - 2 * size.padding - 4) / (size.item * letter.width));
  const names = tables.filter(({layer}) => lanesOf[layer] === lane).map(({name}) => name);
  return kinds.flatMap(([kind, pattern]) => {
    const items = names.filter((name) => pattern.test(name)).map((name) => breakName(name, letters));
    if (items.length === 0) return [];
    return [
      ...(kind === '' ? [] : [{lines: [kind], isKind: true, height: 20}]),
      ...items.map((lines) => ({lines, isKind: false, height: lines.length * size.line + 4.5})),
    ];
  });
}

function drawList(entries: readonly Entry[], lane: 'core' | 'marts', stretch: number): string[] {
  const {x, width} = lanes[lane];
  const parts: string[] = [];
  let y = top + 10;
  for (const {lines, isKind, height} of entries) {
    const start = y + (isKind ? height * stretch - 5 : 10);
    for (const [index, line] of lines.entries()) {
      const indent = size.padding + (index > 0 ? 6 : 0);
      parts.push(drawText(x + indent, start + index * size.line, line, isKind ? 'kind' : 'item'));
    }
    y += height * stretch;
  }
  return [
    drawRect({x, y: top, width, height: y + 14 - top}, `box ${lane}`, 6),
    ...parts,
    ...(lane === 'core' ? [drawArrow(x + width, lanes.marts.x, top + 60, 'core')] : []),
  ];
}

function drawArrow(from: number, to: number, y: number, layer: string): string {
  return drawLine(
    [
      {x: from, y},
      {x: to, y},
    ],
    layer,
  );
}

function drawElbow(x1: number, y1: number, x2: number, y2: number, layer: string): string {
  const x = (x1 + x2) / 2;
  return drawLine(
    [
      {x: x1, y: y1},
      {x, y: y1},
      {x, y: y2},
      {x: x2, y: y2},
    ],
    layer,
  );
}

function writeMermaid(tables: readonly Table[]): string {
  const named = (layer: string) => tables.filter((table) => table.layer === layer).map(({name}) => name);
  const staging = tables.filter(({layer}) => layer === 'staging');
  const raw = named('raw').filter((name) => staging.some(({parents}) => parents.includes(name)));
  const labels = named('seeds').filter((name) => staging.some(({parents}) => parents.includes(name)));
  return writeFlowchart(
    [
      {name: 'published', items: sources.map(({id, title}) => `${id}["${title}"]`)},
      {name: 'raw', items: raw},
      {name: 'seeds', items: labels},
      {name: 'staging', items: staging.map(({name}) => name)},
      {name: 'core', items: [`core_tables["${[...named('intermediate'), ...named('core')].join('<br/>')}"]`]},
      {name: 'marts', items: [`mart_tables["${named('marts').join('<br/>')}"]`]},
    ],
    [
      ...sources.flatMap(({id, table, pivot}) =>
        [table, pivot?.rowTable].flatMap((name) => (name && raw.includes(name) ? [[id, name] as const] : [])),
      ),
      ...staging.flatMap(({name, parents}) =>
        parents.filter((parent) => [...raw, ...labels].includes(parent)).map((parent) => [parent, name] as const),
      ),
      ['staging', 'core_tables'],
      ['core_tables', 'mart_tables'],
    ],
  );
}
