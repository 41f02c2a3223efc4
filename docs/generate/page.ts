/** An A4 page in landscape, in screen units, so that the drawing is legible on paper. */
export const page = {width: 1123, height: 794, margin: 30} as const;

/** The size of a letter relative to the font size. Monospaced fonts have about the same width everywhere. */
export const letter = {width: 0.61, height: 1.3} as const;

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** Formats a number for SVG, with no more digits than are visible. */
export function formatNumber(number: number): string {
  return String(Math.round(number * 10) / 10);
}

export function drawText(x: number, y: number, words: string, kind: string, more = ''): string {
  return `<text class="${kind}" x="${formatNumber(x)}" y="${formatNumber(y)}"${more}>${escapeXml(words)}</text>`;
}

export function drawRect(
  {x, y, width, height}: {x: number; y: number; width: number; height: number},
  kind: string,
  radius = 4,
): string {
  return `<rect class="${kind}" x="${formatNumber(x)}" y="${formatNumber(y)}" width="${formatNumber(width)}" height="${formatNumber(height)}" rx="${radius}"/>`;
}

interface Point {
  x: number;
  y: number;
}

/** Draws a line of horizontal and vertical pieces, with an arrow tip and a dot at each junction. `kind` sets its color. */
export function drawLine(points: readonly Point[], kind: string | number, junctions: readonly Point[] = []): string {
  const [before, end] = points.slice(-2);
  if (before === undefined || end === undefined) return '';
  const at = ({x, y}: Point) => `${formatNumber(x)} ${formatNumber(y)}`;
  const isLevel = Math.abs(end.x - before.x) > Math.abs(end.y - before.y);
  const tip = isLevel
    ? `M${at({x: end.x - 6, y: end.y - 2.8})}v5.6L${at(end)}Z`
    : `M${at({x: end.x - 2.8, y: end.y - 6})}h5.6L${at(end)}Z`;
  return [
    `<path class="line of-${kind}" d="M${points.map(at).join('L')}"/>`,
    `<path class="tip-${kind}" d="${tip}"/>`,
    ...junctions.map(
      ({x, y}) => `<circle class="tip-${kind}" cx="${formatNumber(x)}" cy="${formatNumber(y)}" r="1.7"/>`,
    ),
  ].join('');
}

/** Breaks a name after underscores into as few lines of at most so many letters as possible, of about equal length. */
export function breakName(name: string, letters: number): string[] {
  const fewest = fillLines(name, letters).length;
  let lines = fillLines(name, letters);
  for (let narrower = letters - 1; narrower > 0; narrower -= 1) {
    const tried = fillLines(name, narrower);
    if (tried.length > fewest) break;
    lines = tried;
  }
  return lines;
}

function fillLines(name: string, letters: number): string[] {
  const lines: string[] = [];
  for (const part of name.match(/[^_]*_+|[^_]+$/g) ?? []) {
    const joined = `${lines.at(-1) ?? ''}${part}`;
    if (lines.length > 0 && joined.replace(/_+$/, '').length <= letters) lines[lines.length - 1] = joined;
    else lines.push(part);
  }
  return lines;
}

const colors = {
  paper: ['#ffffff', '#14191b'],
  ink: ['#1d2a2e', '#f0eee8'],
  quiet: ['#55554f', '#b9b7b0'],
  band: ['#faf8f4', '#191f21'],
  raw: ['#f4f1ea', '#2a2b28'],
  'raw-edge': ['#8a7f6b', '#a3977f'],
  staging: ['#fbeee6', '#3a2419'],
  'staging-edge': ['#b0562a', '#d98a5b'],
  intermediate: ['#efe9f2', '#2c2333'],
  'intermediate-edge': ['#7a4f86', '#b991c4'],
  core: ['#e3edf0', '#1d333a'],
  'core-edge': ['#3f6b78', '#7fb3c1'],
  marts: ['#e9eedb', '#2b321c'],
  'marts-edge': ['#66793a', '#a9bd77'],
} as const;

/** Colors for lines that lead to many places, one for each bundle, so that the eye can follow them. */
export const trunkColors = [
  ['#3f6b78', '#7fb3c1'],
  ['#b0562a', '#d98a5b'],
  ['#66793a', '#a9bd77'],
  ['#7a4f86', '#b991c4'],
  ['#a3842c', '#d6b75c'],
  ['#8c3d4f', '#cf8090'],
  ['#4a5f9e', '#93a5dc'],
  ['#5d6361', '#a8aeab'],
  ['#2f7d5b', '#7cc4a4'],
  ['#9a5b1f', '#d9a267'],
] as const;

function listVariables(shade: 0 | 1): string {
  const named = Object.entries(colors).map(([name, values]) => `--${name}:${values[shade]}`);
  const numbered = trunkColors.map((values, index) => `--trunk-${index}:${values[shade]}`);
  return [...named, ...numbered].join(';');
}

const styles = `svg{${listVariables(0)}}
@media screen and (prefers-color-scheme: dark){svg{${listVariables(1)}}}
@page{size:A4 landscape;margin:0}
.paper{fill:var(--paper)}
text{fill:var(--ink);font-family:ui-sans-serif,system-ui,'Segoe UI',Helvetica,Arial,sans-serif}
.title{font-size:24px;font-weight:650;letter-spacing:-.2px}
.say{font-size:11.5px;fill:var(--quiet)}
.head{font-size:13px;font-weight:650;fill:var(--core-edge)}
.note{font-size:10.5px;fill:var(--quiet)}
.more{font-size:9px;fill:var(--quiet)}
.name,.item,.seed{font-family:ui-monospace,'SF Mono',Menlo,Consolas,'Liberation Mono',monospace}
.line{fill:none;stroke-width:1.2;stroke-linejoin:round}
.band{fill:var(--band)}
${['raw', 'staging', 'intermediate', 'core', 'marts']
  .map(
    (layer) =>
      `.${layer}{fill:var(--${layer});stroke:var(--${layer}-edge)}.of-${layer}{stroke:var(--${layer}-edge)}.tip-${layer}{fill:var(--${layer}-edge)}.head-${layer}{fill:var(--${layer}-edge)}`,
  )
  .join('\n')}
${trunkColors.map((_, index) => `.of-${index}{stroke:var(--trunk-${index})}.tip-${index}{fill:var(--trunk-${index})}`).join('\n')}`;

/** Draws an SVG page with a title, an explanation, and a description for people who can't see it. */
export function drawPage({
  title,
  say,
  description,
  styles: further = '',
  body,
}: {
  title: string;
  /** How to read it, in one or two lines. */
  say: readonly string[];
  description: string;
  /** Additional styles of this drawing. */
  styles?: string;
  body: readonly string[];
}): string {
  const {width, height, margin} = page;
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title desc">`,
    `<title id="title">${escapeXml(title)}</title>`,
    `<desc id="desc">${escapeXml(description)}</desc>`,
    `<style>${styles}${further === '' ? '' : `\n${further}`}</style>`,
    `<rect class="paper" width="${width}" height="${height}"/>`,
    drawText(margin, 48, title, 'title'),
    ...say.map((line, index) => drawText(margin, 68 + 15 * index, line, 'say')),
    ...body,
    '</svg>',
  ].join('\n')}\n`;
}
