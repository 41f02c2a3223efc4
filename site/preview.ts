import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {Resvg} from '@resvg/resvg-js';
import wawoff2 from 'wawoff2';
import type {Report} from '../src/report/report.ts';
import {fonts, locateFont} from '../src/words/fonts.ts';
import {formatSchoolYear} from '../src/words/format.ts';
import {escapeMarkup} from './charts/marks.ts';

const [width, height] = [1200, 630];
const colors = {
  paper: '#fdfcf8',
  ink: '#1c1b19',
  muted: '#5b5850',
  students: '#07506f',
  teachers: '#b84d08',
  mark: '#ffd84d',
};

/** Writes the picture that a link to the report is shown with: the question, and the two shares one above the other. */
export async function writePreview(report: Report, path: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-font-'));
  try {
    const font = join(folder, 'besley.ttf');
    const woff2 = join(locateFont('@fontsource-variable/besley'), 'files', fonts.headings);
    await writeFile(font, await wawoff2.decompress(await readFile(woff2)));
    const image = new Resvg(drawPreview(report), {
      font: {fontFiles: [font], loadSystemFonts: false, defaultFontFamily: 'Besley'},
    });
    await writeFile(path, image.render().asPng());
  } finally {
    await rm(folder, {recursive: true, force: true});
  }
}

function drawPreview({region, place, schoolYear, build}: Report): string {
  const bars = [
    {share: region.measures?.students_of_color_share, who: 'of students', color: colors.students, y: 312},
    {share: region.measures?.teachers_of_color_share, who: 'of teachers', color: colors.teachers, y: 412},
  ].flatMap(({share, who, color, y}) => {
    if (share === null || share === undefined) return [];
    const end = 70 + 640 * share;
    return [
      `<rect x="70" y="${y}" width="${end - 70}" height="78" fill="${color}"/>`,
      `<text x="${end + 22}" y="${y + 56}" font-size="50" fill="${color}">${Math.round(100 * share)}% ${who}</text>`,
    ];
  });
  const sample = build.isSample
    ? `<rect width="${width}" height="46" fill="${colors.mark}"/><text x="70" y="33" font-size="24" fill="${colors.ink}">SAMPLE: every school and figure is invented</text>`
    : '';
  const label = build.label
    ? `<text x="${width - 70}" y="${build.isSample ? 33 : 46}" font-size="24" text-anchor="end">${escapeMarkup(build.label)}</text>`
    : '';
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="Besley" fill="${colors.ink}">
    <rect width="${width}" height="${height}" fill="${colors.paper}"/>${sample}${label}
    <text x="70" y="150" font-size="66">Do the teachers reflect</text>
    <text x="70" y="230" font-size="66">the students they teach?</text>
    ${bars.join('')}
    <path d="M70 522H${width - 70}" stroke="${colors.ink}" stroke-width="2"/>
    <text x="70" y="574" font-size="28" fill="${colors.muted}">are of color. ${escapeMarkup(place)}, ${formatSchoolYear(schoolYear)}</text>
    <text x="${width - 70}" y="574" font-size="28" text-anchor="end">Rollcall</text>
  </svg>`;
}
