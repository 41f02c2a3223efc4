import type {Catalog, Table} from '../../src/report/catalog.ts';
import {type Box, type Layout, type Line, layOut} from './layout.ts';
import {writeEntities} from './mermaid.ts';
import {drawLine, drawPage, drawRect, drawText, formatNumber, letter, page, trunkColors} from './page.ts';

const size = {name: 10.5, item: 9.5, row: 13.5, head: 21, padding: 8, mark: 12} as const;
const top = 100;
const room = {width: page.width - 2 * page.margin, height: page.height - top - page.margin};

/** A table with the columns that are part of a key or a reference, and the number of its other columns. */
interface Node {
  table: Table;
  columns: string[];
  further: string;
}

/** Draws the tables of core with their keys and references. */
export async function drawKeys({tables}: Catalog): Promise<{svg: string; mermaid: string}> {
  const core = tables.filter(({layer}) => layer === 'core');
  const isCore = (name: string) => core.some((table) => table.name === name);
  const isReferred = (name: string, field: string) =>
    core.some(({references}) => references.some((reference) => reference.table === name && reference.field === field));
  const nodes: Node[] = core.map((table) => {
    const columns = table.columns
      .map(({name}) => name)
      .filter(
        (name) =>
          table.key.includes(name) ||
          table.references.some(({column}) => column === name) ||
          isReferred(table.name, name),
      );
    const further = table.columns.length - columns.length;
    return {table, columns, further: further === 0 ? '' : `and ${further} more`};
  });
  const lines: Line[] = core.flatMap(({name, references}) =>
    references
      .filter(({table}) => isCore(table))
      .map(({column, table, field}) => ({
        from: {box: name, row: column},
        to: {box: table, row: field},
        trunk: 'to' as const,
      })),
  );
  const layout = await layOut(nodes.map(measureBox), lines, {direction: 'RIGHT', ...room});
  return {svg: drawPicture(nodes, layout), mermaid: writeEntities(nodes)};
}

function measureBox({table, columns, further}: Node): Box {
  const wide = [...columns, further].map((line) => size.mark + line.length * size.item * letter.width);
  return {
    id: table.name,
    width: Math.max(table.name.length * size.name * letter.width, ...wide) + 2 * size.padding,
    height: size.head + (columns.length + (further === '' ? 0 : 1)) * size.row + 5,
    rows: new Map(columns.map((column, index) => [column, size.head + (index + 0.5) * size.row])),
  };
}

function drawPicture(nodes: readonly Node[], layout: Layout): string {
  const scale = Math.min(room.width / layout.width, room.height / layout.height, 1.2);
  const left = page.margin + (room.width - layout.width * scale) / 2;
  const led = Map.groupBy(layout.lines, ({to}) => to.box);
  const referred = [...led].sort(([, a], [, b]) => b.length - a.length).map(([name]) => name);
  const colorOf = (name: string) => referred.indexOf(name) % trunkColors.length;
  return drawPage({
    title: 'The tables of the core and their keys',
    say: [
      'A dot marks a column of the key; no two rows have the same key. A line leads from a column to the table whose key it refers to;',
      'that table has every value. Every run tests both. Lines to the same table have the same color.',
    ],
    description: nodes
      .map(({table}) => {
        const led = table.references.map(({column, table}) => `${column} leads to ${table}`);
        const key = table.key.length > 0 ? ` has the key ${table.key.join(', ')}` : ' has no key';
        return `${table.name}${key}${led.length > 0 ? `; ${led.join(', ')}` : ''}.`;
      })
      .join(' '),
    styles: '.key{fill:var(--ink)}.item{font-size:9.5px}.name{font-weight:700}',
    body: [
      `<g transform="translate(${formatNumber(left)} ${top}) scale(${Math.round(scale * 1000) / 1000})">`,
      ...layout.lines.map(({to, points, junctions}) => drawLine(points, colorOf(to.box), junctions)),
      ...nodes.map((node) => drawNode(node, layout)),
      '</g>',
    ],
  });
}

/** Returns the color of a box: dimensions, facts and others differ. */
function findKind(name: string): string {
  if (name.startsWith('dim_')) return 'core';
  return name.startsWith('fct_') ? 'marts' : 'raw';
}

function drawNode({table, columns, further}: Node, layout: Layout): string {
  const box = layout.boxes.get(table.name) ?? {x: 0, y: 0, width: 0, height: 0};
  const x = box.x + size.padding;
  const rowY = (index: number) => box.y + size.head + (index + 0.72) * size.row;
  return [
    drawRect(box, `box ${findKind(table.name)}`),
    drawText(x, box.y + 15, table.name, 'name', ` font-size="${size.name}"`),
    ...columns.flatMap((column, index) => [
      ...(table.key.includes(column)
        ? [`<circle class="key" cx="${formatNumber(x + 3)}" cy="${formatNumber(rowY(index) - 3.2)}" r="2.4"/>`]
        : []),
      drawText(x + size.mark, rowY(index), column, 'item'),
    ]),
    ...(further === '' ? [] : [drawText(x + size.mark, rowY(columns.length), further, 'more')]),
  ].join('\n');
}
