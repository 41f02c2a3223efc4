import type {Catalog, Table} from '../../src/report/catalog.ts';
import {type Box, type Layout, type Line, layOut} from './layout.ts';
import {writeFlowchart} from './mermaid.ts';
import {breakName, drawLine, drawPage, drawRect, drawText, formatNumber, letter, page} from './page.ts';

/** A table that reads more tables than this gets no lines. Its inputs are marked instead. */
const mostLines = 10;
/** The approximate number of letters in a line of a name. */
const lettersInLine = 34;
const size = {name: 10, seed: 9.4, padding: 6} as const;
const top = 92;
const gutter = 56;
const room = {width: page.width - 2 * page.margin - gutter, height: page.height - top - page.margin};
/** The layers that models are in. */
const layers = ['staging', 'intermediate', 'core', 'marts'] as const;

/** A table of the graph: its name in lines, and notes on inputs that have no line. */
interface Node {
  table: Table;
  band: number;
  lines: string[];
  notes: string[];
}

/** Draws the graph of all models. Models list the raw tables and seeds that they read. */
export async function drawModels(catalog: Catalog): Promise<{svg: string; mermaid: string}> {
  const inGraph = catalog.tables.filter(({layer}) => isLayer(layer));
  const outside = new Map(catalog.tables.filter(({layer}) => !isLayer(layer)).map(({name, layer}) => [name, layer]));
  const drawBands = bandsOf(inGraph);
  const many = inGraph.filter(({parents}) => parents.length > mostLines);
  const mark = (table: Table) =>
    many
      .flatMap((reader, index) => (reader.parents.includes(table.name) ? [marks[index % marks.length]] : []))
      .join('');
  const nodes: Node[] = inGraph.map((table) => {
    const place = many.indexOf(table);
    const inputs = table.parents.filter((name) => outside.has(name));
    return {
      table,
      band: drawBands.get(table.name) ?? 0,
      lines: breakName(table.name, lettersInLine).map((line, index, all) =>
        index === all.length - 1 && mark(table) !== '' ? `${line} ${mark(table)}` : line,
      ),
      notes: [
        ...inputs.map((name) => (outside.get(name) === 'seeds' ? `+ ${name}` : `raw.${name}`)),
        ...(place >= 0 ? [`reads ${table.parents.length} tables: ${marks[place % marks.length]}`] : []),
      ],
    };
  });
  const lines: Line[] = nodes
    .filter(({table}) => !many.includes(table))
    .flatMap(({table}) =>
      table.parents
        .filter((parent) => !outside.has(parent))
        .map((parent) => ({from: {box: parent}, to: {box: table.name}, trunk: 'from' as const})),
    );
  const layout = await layOut(nodes.map(measureBox), lines, {direction: 'DOWN', ...room});
  return {
    svg: drawPicture(nodes, layout, many.length > 0),
    mermaid: writeFlowchart(
      layers.map((layer) => ({
        name: layer,
        items: inGraph.filter((table) => table.layer === layer).map(({name}) => name),
      })),
      lines.map(({from, to}) => [from.box, to.box]),
      'TB',
    ),
  };
}

const marks = ['●', '■', '▲'] as const;

function isLayer(layer: string): layer is (typeof layers)[number] {
  return layers.some((other) => other === layer);
}

/** The band that a table is drawn in: its own layer's, or a lower one that it reads. By name. */
function bandsOf(tables: readonly Table[]): Map<string, number> {
  const byName = new Map(tables.map((table) => [table.name, table]));
  const bands = new Map<string, number>();
  const bandOf = ({name, layer, parents}: Table): number => {
    const known = bands.get(name);
    if (known !== undefined) return known;
    const read = parents.flatMap((parent) => byName.get(parent) ?? []);
    const band = Math.max(isLayer(layer) ? layers.indexOf(layer) : 0, ...read.map(bandOf));
    bands.set(name, band);
    return band;
  };
  for (const table of tables) bandOf(table);
  return bands;
}

function measureBox({table, band, lines, notes}: Node): Box {
  const width = Math.max(
    ...lines.map((line) => line.length * size.name * letter.width),
    ...notes.map((line) => line.length * size.seed * letter.width),
  );
  return {
    id: table.name,
    width: width + 2 * size.padding,
    height: lines.length * size.name * letter.height + notes.length * size.seed * letter.height + 9,
    partition: band,
  };
}

function drawPicture(nodes: readonly Node[], layout: Layout, hasMarks: boolean): string {
  const scale = Math.min(room.width / layout.width, room.height / layout.height, 1.15);
  const left = page.margin + gutter + (room.width - layout.width * scale) / 2;
  const layerOf = new Map(nodes.map(({table}) => [table.name, table.layer]));
  const drawing = [
    ...layout.lines.map(({from, points, junctions}) => drawLine(points, layerOf.get(from.box) ?? 'core', junctions)),
    ...nodes.map((node) => drawNode(node, layout)),
  ];
  return drawPage({
    title: 'The models and their inputs',
    say: [
      'Lines lead from a model to those that read it. Small letters: the raw tables and the seeds (+) that it reads.',
      ...(hasMarks
        ? [
            'A model that reads very many tables has a mark instead of lines, and each of those tables has the same mark.',
          ]
        : []),
    ],
    description: `A graph of ${nodes.length} tables in ${layers.length} layers, from top to bottom: ${layers.join(', ')}. ${nodes
      .map(({table}) => `${table.name} reads ${table.parents.join(', ')}`)
      .join('; ')}.`,
    body: [
      ...bands(nodes, layout, scale),
      `<g transform="translate(${formatNumber(left)} ${top}) scale(${Math.round(scale * 1000) / 1000})">`,
      ...drawing,
      '</g>',
    ],
  });
}

/** Draws a band across the page for each layer, with its name at the left. */
function bands(nodes: readonly Node[], layout: Layout, scale: number): string[] {
  const extents = layers.flatMap((layer, index) => {
    const boxes = nodes.flatMap(({table, band}) => (band === index ? (layout.boxes.get(table.name) ?? []) : []));
    return boxes.length === 0
      ? []
      : {layer, start: Math.min(...boxes.map(({y}) => y)), end: Math.max(...boxes.map(({y, height}) => y + height))};
  });
  return extents.flatMap(({layer, start, end}, index) => {
    const before = extents[index - 1];
    const after = extents[index + 1];
    const from = before ? (before.end + start) / 2 : start - 8;
    const to = after ? (end + after.start) / 2 : end + 8;
    const y = top + from * scale;
    const height = (to - from) * scale;
    return [
      drawRect({x: page.margin, y: y + 1.5, width: page.width - 2 * page.margin, height: height - 3}, 'band', 6),
      drawText(page.margin + 12, y + 22, layer, `head head-${layer}`),
    ];
  });
}

function drawNode({table, lines, notes}: Node, layout: Layout): string {
  const box = layout.boxes.get(table.name) ?? {x: 0, y: 0, width: 0, height: 0};
  const middle = box.x + box.width / 2;
  const nameHeight = size.name * letter.height;
  const below = box.y + 4 + lines.length * nameHeight;
  return [
    drawRect(box, `box ${table.layer}`),
    ...lines.map((line, index) =>
      drawText(
        middle,
        box.y + 4 + (index + 0.77) * nameHeight,
        line,
        'name',
        ` font-size="${size.name}" text-anchor="middle"`,
      ),
    ),
    ...notes.map((line, index) =>
      drawText(
        middle,
        below + (index + 0.77) * size.seed * letter.height,
        line,
        'seed',
        ` font-size="${size.seed}" fill-opacity=".75" text-anchor="middle"`,
      ),
    ),
  ].join('\n');
}
