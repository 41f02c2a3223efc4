import {default as Elk, type ElkEdgeSection, type ElkExtendedEdge, type ElkNode} from 'elkjs/lib/elk.bundled.js';

interface Point {
  x: number;
  y: number;
}

/** A box to place. Lines end at its rows, or anywhere on its edge. */
export interface Box {
  id: string;
  width: number;
  height: number;
  /** Boxes of a lower partition come first. */
  partition?: number;
  /** The distances from the top at which lines start and end, by row. */
  rows?: Map<string, number>;
}

/** A line between two boxes or two rows. Lines with the same trunk are bundled at that end. */
export interface Line {
  from: {box: string; row?: string};
  to: {box: string; row?: string};
  /** Whether lines are bundled where they leave a box or where they reach a row. */
  trunk: 'from' | 'to';
}

interface PlacedLine extends Line {
  points: Point[];
  /** The points where it leaves the other lines of its trunk. */
  junctions: Point[];
}

export interface Layout {
  width: number;
  height: number;
  boxes: Map<string, Point & {width: number; height: number}>;
  lines: PlacedLine[];
}

type Direction = 'DOWN' | 'RIGHT';

/**
 * Places boxes and lines within a rectangle of these proportions. It tries several arrangements, with more or fewer boxes
 * side by side, and returns the one that can be drawn largest, with a small penalty for each crossing of lines.
 */
export async function layOut(
  boxes: readonly Box[],
  lines: readonly Line[],
  {direction, width, height}: {direction: Direction; width: number; height: number},
): Promise<Layout> {
  const elk = new Elk.default();
  let best: {layout: Layout; score: number} | undefined;
  for (const beside of [6, 7, 8]) {
    for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const layout = readPlaces(lines, await elk.layout(makeGraph(boxes, lines, direction, beside, seed)));
      const scale = Math.min(width / layout.width, height / layout.height);
      const score = scale * (1 - countCrossings(layout.lines) / 400);
      if (best === undefined || score > best.score) best = {layout, score};
    }
  }
  if (best === undefined) throw new Error('No arrangement was tried.');
  return best.layout;
}

function makeGraph(
  boxes: readonly Box[],
  lines: readonly Line[],
  direction: Direction,
  beside: number,
  seed: number,
): ElkNode {
  const [before, after] = direction === 'DOWN' ? ['NORTH', 'SOUTH'] : ['WEST', 'EAST'];
  const port = (id: string, side: string | undefined, at: Partial<Point> = {}) => ({
    id,
    width: 0,
    height: 0,
    ...at,
    layoutOptions: {'elk.port.side': String(side)},
  });
  const children = boxes.map(({id, width, height, partition, rows}) => ({
    id,
    width,
    height,
    ports: rows
      ? [...rows].flatMap(([row, y]) => [
          port(namePort(id, row, 'in'), before, {x: 0, y}),
          port(namePort(id, row, 'out'), after, {x: width, y}),
        ])
      : [port(namePort(id, '', 'out'), after)],
    layoutOptions: {
      'elk.portConstraints': rows ? 'FIXED_POS' : 'FIXED_SIDE',
      ...(partition !== undefined && {'elk.partitioning.partition': String(partition)}),
    },
  }));
  const edges = lines.map(({from, to}, index) => ({
    id: String(index),
    sources: [namePort(from.box, from.row ?? '', 'out')],
    targets: [to.row === undefined ? to.box : namePort(to.box, to.row, 'in')],
  }));
  return {
    id: 'root',
    children,
    edges,
    layoutOptions: {
      'elk.algorithm': 'layered',
      'elk.direction': direction,
      'elk.randomSeed': String(seed),
      'elk.edgeRouting': 'ORTHOGONAL',
      'elk.partitioning.activate': String(boxes.some(({partition}) => partition !== undefined)),
      'elk.layered.layering.strategy': 'COFFMAN_GRAHAM',
      'elk.layered.layering.coffmanGraham.layerBound': String(beside),
      'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
      'elk.separateConnectedComponents': 'false',
      'elk.spacing.nodeNode': '10',
      'elk.spacing.edgeEdge': '5',
      'elk.spacing.edgeNode': '7',
      'elk.layered.spacing.nodeNodeBetweenLayers': '10',
      'elk.layered.spacing.edgeEdgeBetweenLayers': '3',
      'elk.layered.spacing.edgeNodeBetweenLayers': '6',
    },
  };
}

function namePort(box: string, row: string, way: 'in' | 'out'): string {
  return `${box}:${row}:${way}`;
}

function readPlaces(lines: readonly Line[], {width = 0, height = 0, children = [], edges = []}: ElkNode): Layout {
  const boxes = children.map(({id, x = 0, y = 0, width = 0, height = 0}) => [id, {x, y, width, height}] as const);
  return {
    width,
    height,
    boxes: new Map(boxes),
    lines: lines.map((line, index) => {
      const {sections = [], junctionPoints = []} = edges[index] as ElkExtendedEdge;
      return {...line, points: sections.flatMap(listPoints), junctions: junctionPoints};
    }),
  };
}

function listPoints({startPoint, bendPoints = [], endPoint}: ElkEdgeSection): Point[] {
  return [startPoint, ...bendPoints, endPoint];
}

/** Counts the crossings of lines with different trunks. All pieces of lines are horizontal or vertical. */
function countCrossings(lines: readonly PlacedLine[]): number {
  const trunkOf = ({trunk, from, to}: PlacedLine) =>
    trunk === 'from' ? `${from.box} ${from.row}` : `${to.box} ${to.row}`;
  const pieces = lines.flatMap((line) =>
    line.points.slice(1).map((end, index) => ({start: line.points[index] ?? end, end, trunk: trunkOf(line)})),
  );
  const level = pieces.filter(({start, end}) => start.y === end.y);
  const upright = pieces.filter(({start, end}) => start.x === end.x);
  const isBetween = (value: number, a: number, b: number) => value > Math.min(a, b) && value < Math.max(a, b);
  let count = 0;
  for (const one of level) {
    for (const other of upright) {
      if (one.trunk === other.trunk) continue;
      if (isBetween(other.start.x, one.start.x, one.end.x) && isBetween(one.start.y, other.start.y, other.end.y))
        count += 1;
    }
  }
  return count;
}
