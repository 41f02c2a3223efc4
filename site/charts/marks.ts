/* The marks of a chart as markup. Places and sizes are in pixels. */

/** Attributes of an SVG element, by their names. */
type Attributes = Readonly<Record<string, string | number>>;

/** The size of the letters of a chart. */
export const letterSize = 12.5;

/** Groups marks that look alike. Returns an empty text if there are no marks. */
export function writeGroup(marks: readonly string[], attributes: Attributes): string {
  const content = marks.join('');
  return content === '' ? '' : `<g${writeAttributes(attributes)}>${content}</g>`;
}

/** Writes a text. The middle of its letters is at `y`. */
export function writeText(x: number, y: number, text: string, attributes: Attributes = {}): string {
  const size = Number(attributes['font-size'] ?? letterSize);
  return `<text x="${round(x)}" y="${round(y + 0.3 * size)}"${writeAttributes(attributes)}>${escapeMarkup(text)}</text>`;
}

/** Attributes of texts that stay legible over other marks: an edge in the color of the page. */
export function addEdge(width: number): Attributes {
  return {stroke: 'var(--paper)', 'stroke-width': width, 'paint-order': 'stroke', 'stroke-linejoin': 'round'};
}

/** Writes a bar between two places, in either order. */
export function writeBar([from, to]: Ends, top: number, height: number): string {
  return `<rect x="${round(Math.min(from, to))}" y="${round(top)}" width="${round(Math.abs(to - from))}" height="${round(height)}"/>`;
}

/** Writes a dot. Its title is shown where the pointer is. */
export function writeDot(x: number, y: number, radius: number, title = '', attributes: Attributes = {}): string {
  const start = `<circle cx="${round(x)}" cy="${round(y)}" r="${round(radius)}"${writeAttributes(attributes)}`;
  return title === '' ? `${start}/>` : `${start}><title>${escapeMarkup(title)}</title></circle>`;
}

/** Writes lines that look alike as one path. Returns an empty text if there are no lines. */
export function writeLines(lines: readonly string[], attributes: Attributes): string {
  const steps = lines.join('');
  return steps === '' ? '' : `<path d="${steps}"${writeAttributes(attributes)}/>`;
}

/** Returns the steps of a path along a line. */
export function traceLine(x1: number, y1: number, x2: number, y2: number): string {
  return `M${round(x1)},${round(y1)}L${round(x2)},${round(y2)}`;
}

/** Returns the steps of a path through places. It is broken where a place is null. */
export function tracePath(points: readonly (Point | null)[]): string {
  return points
    .map((point, index) => point && `${points[index - 1] ? 'L' : 'M'}${round(point[0])},${round(point[1])}`)
    .join('');
}

export type Point = readonly [x: number, y: number];

/** The ends of a scale, in values or in pixels. */
export type Ends = readonly [number, number];

/** Returns the function that gives a value its place between two ends. */
export function scaleLinear([least, most]: Ends, [start, end]: Ends): (value: number) => number {
  return (value) => start + ((value - least) / (most - least)) * (end - start);
}

export function escapeMarkup(text: string): string {
  if (!/[&<>"]/.test(text)) return text;
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

function writeAttributes(attributes: Attributes): string {
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${value}"`)
    .join('');
}

/** Rounds to tenths of a pixel, which halves the weight of a chart. */
export function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}
