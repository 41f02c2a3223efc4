/** A page of A4, on its side, in the units of the screen: what is drawn on it is legible on paper. */
export const page = {width: 1123, height: 794, margin: 30} as const;

/** What is written in the letters of a typewriter is as wide as it has letters, in every font that people have. */
export const letter = {width: 0.61, height: 1.3} as const;

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** A number as SVG has it, without more digits than can be seen. */
export function short(number: number): string {
  return String(Math.round(number * 10) / 10);
}

export function text(x: number, y: number, words: string, kind: string, more = ''): string {
  return `<text class="${kind}" x="${short(x)}" y="${short(y)}"${more}>${escaped(words)}</text>`;
}

export function rect(
  {x, y, width, height}: {x: number; y: number; width: number; height: number},
  kind: string,
  radius = 4,
): string {
  return `<rect class="${kind}" x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}" rx="${radius}"/>`;
}

interface Point {
  x: number;
  y: number;
}

/** A line of level and upright pieces, with a tip at its end and a dot where it parts from others. Its kind is its colour. */
export function line(points: readonly Point[], kind: string | number, junctions: readonly Point[] = []): string {
  const [before, end] = points.slice(-2);
  if (before === undefined || end === undefined) return '';
  const at = ({x, y}: Point) => `${short(x)} ${short(y)}`;
  const isLevel = Math.abs(end.x - before.x) > Math.abs(end.y - before.y);
  const tip = isLevel
    ? `M${at({x: end.x - 6, y: end.y - 2.8})}v5.6L${at(end)}Z`
    : `M${at({x: end.x - 2.8, y: end.y - 6})}h5.6L${at(end)}Z`;
  return [
    `<path class="line of-${kind}" d="M${points.map(at).join('L')}"/>`,
    `<path class="tip-${kind}" d="${tip}"/>`,
    ...junctions.map(({x, y}) => `<circle class="tip-${kind}" cx="${short(x)}" cy="${short(y)}" r="1.7"/>`),
  ].join('');
}

/** A name in as few lines of so many letters as there can be, about equally long, broken after underscores. */
export function broken(name: string, letters: number): string[] {
  const fewest = filled(name, letters).length;
  let lines = filled(name, letters);
  for (let narrower = letters - 1; narrower > 0; narrower -= 1) {
    const tried = filled(name, narrower);
    if (tried.length > fewest) break;
    lines = tried;
  }
  return lines;
}

function filled(name: string, letters: number): string[] {
  const lines: string[] = [];
  for (const part of name.match(/[^_]*_+|[^_]+$/g) ?? []) {
    const joined = `${lines.at(-1) ?? ''}${part}`;
    if (lines.length > 0 && joined.replace(/_+$/, '').length <= letters) lines[lines.length - 1] = joined;
    else lines.push(part);
  }
  return lines;
}

const colours = {
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

/** The lines of diagrams that lead to many places take one of these each, so that the eye can follow them. */
export const trunkColours = [
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

function variables(shade: 0 | 1): string {
  const named = Object.entries(colours).map(([name, values]) => `--${name}:${values[shade]}`);
  const numbered = trunkColours.map((values, index) => `--trunk-${index}:${values[shade]}`);
  return [...named, ...numbered].join(';');
}

const styles = `svg{${variables(0)}}
@media screen and (prefers-color-scheme: dark){svg{${variables(1)}}}
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
${trunkColours.map((_, index) => `.of-${index}{stroke:var(--trunk-${index})}.tip-${index}{fill:var(--trunk-${index})}`).join('\n')}`;

/** An SVG of a page: with a title over the drawing, a word on how to read it, and the same for those who can't see it. */
export function drawn({
  title,
  say,
  description,
  styles: further = '',
  body,
}: {
  title: string;
  /** How to read it: a line or two. */
  say: readonly string[];
  description: string;
  /** Styles that the drawing needs beside those of every page. */
  styles?: string;
  body: readonly string[];
}): string {
  const {width, height, margin} = page;
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title desc">`,
    `<title id="title">${escaped(title)}</title>`,
    `<desc id="desc">${escaped(description)}</desc>`,
    `<style>${styles}${further === '' ? '' : `\n${further}`}</style>`,
    `<rect class="paper" width="${width}" height="${height}"/>`,
    text(margin, 48, title, 'title'),
    ...say.map((line, index) => text(margin, 68 + 15 * index, line, 'say')),
    ...body,
    '</svg>',
  ].join('\n')}\n`;
}
