import type {School} from '../../src/report/schools.ts';
import {formatSigned} from '../../src/words/format.ts';
import {shortenDistrict} from '../../src/words/names.ts';
import {type ChartLabel, type Drawing, frameChart, hatch, missingText} from './draw.ts';
import {type Box, boxDot, boxText, measureOverlap} from './letters.ts';
import {addEdge, type Point, writeDot, writeGroup, writeLines, writeText} from './marks.ts';

interface LocatedSchool {
  school: School;
  latitude: number;
  longitude: number;
}

export function locateSchools(schools: readonly School[]): LocatedSchool[] {
  return schools.flatMap((school) => {
    const {latitude, longitude} = school;
    return latitude === null || longitude === null ? [] : {school, latitude, longitude};
  });
}

/** The classes that color gaps, each from its percentage points up. */
export const gapClasses = [
  {fill: 'var(--paper)', from: 0, name: 'none: the teachers’ share is as large or larger'},
  {fill: 'var(--gap-1)', from: -20, name: 'under 20 points'},
  {fill: 'var(--gap-2)', from: -40, name: '20 to 40'},
  {fill: 'var(--gap-3)', from: -60, name: '40 to 60'},
  {fill: 'var(--gap-4)', from: Number.NEGATIVE_INFINITY, name: '60 and more'},
] as const;

/** Writes a dot of the map or of its legend. A gap that is not known has strokes instead of a color. */
export function writePlace(fill: string | null, [x, y]: Point, radius: number, title = ''): string {
  const look = {fill: fill ?? 'var(--paper)', stroke: 'currentColor', 'stroke-width': 0.7};
  const dot = writeDot(x, y, radius, title, look);
  const strokes = hatch(x - radius, y, 2 * radius, 1.6 * radius);
  return fill === null ? `${dot}${writeLines([strokes], {class: 'missing', stroke: 'currentColor'})}` : dot;
}

/**
 * Draws the schools in their places, colored by gap. There is no base map: pages load nothing from other hosts, and the shores
 * that packages have are too coarse, and put schools into lakes (decision 58).
 */
export function drawMap(
  places: readonly LocatedSchool[],
  {width, alt, isSample}: {width: number} & ChartLabel,
): Drawing {
  const [west, east] = findRange(places.map(({longitude}) => longitude));
  const [south, north] = findRange(places.map(({latitude}) => latitude));
  const squeeze = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const inset = 26;
  const radius = width > 400 ? 6 : 4;
  const [across, up] = [Math.max(1e-3, (east - west) * squeeze), Math.max(1e-3, north - south)];
  const scale = Math.min((width - 2 * inset) / across, (1.5 * width - 2 * inset) / up);
  const height = Math.round(Math.max(0.6 * width, up * scale + 2 * inset));
  const place = ({longitude, latitude}: Place): Point => [
    width / 2 + (longitude - (west + east) / 2) * squeeze * scale,
    height / 2 - (latitude - (south + north) / 2) * scale,
  ];
  const dots = places.map((located) => {
    const {school_name: name, measures} = located.school;
    const gap = measures.gap_pp;
    const fill = gap === null ? null : (gapClasses.find(({from}) => gap >= from)?.fill ?? null);
    return writePlace(
      fill,
      place(located),
      radius,
      `${name}: ${gap === null ? missingText : `gap ${formatSigned(gap)} points`}`,
    );
  });
  const rule = drawRule(scale, width, height);
  const taken = places.map((located) => boxDot(...place(located), radius));
  const names = placeNames(areDistrictsApart(places) ? labelDistricts(places, place) : [], width, height, [
    ...taken,
    rule.box,
  ]);
  const marks = [
    writeGroup(dots, {class: 'points'}),
    writeGroup(names, {'font-weight': 700, ...addEdge(4)}),
    rule.markup,
  ];
  return frameChart(marks, width, height, {alt, isSample});
}

interface Place {
  longitude: number;
  latitude: number;
}

function findRange(values: readonly number[]): [number, number] {
  return [Math.min(...values), Math.max(...values)];
}

/** Draws how long a mile or several are. `scale` is a degree of latitude in pixels. */
function drawRule(scale: number, width: number, height: number): {markup: string; box: Box} {
  const mile = scale / 69.05;
  const miles = [1, 2, 5, 10, 20, 50].findLast((each) => each * mile < width / 4) ?? 1;
  const [name, y] = [miles === 1 ? '1 mile' : `${miles} miles`, height - 6];
  return {
    markup: `<path d="M1 ${y - 4}v4h${(miles * mile).toFixed(1)}v-4" fill="none" stroke="currentColor"/><text x="1" y="${y - 9}" text-anchor="start" font-size="11">${name}</text>`,
    box: {left: 0, right: Math.max(60, miles * mile), top: height - 28, bottom: height},
  };
}

function labelDistricts(places: readonly LocatedSchool[], place: (at: Place) => Point) {
  return [...Map.groupBy(places, ({school}) => school.district_code).values()].flatMap((of) => {
    const [first] = of;
    return first ? [{name: shortenDistrict(first.school.district_name), at: place(findCenter(of))}] : [];
  });
}

/** Writes each name where it hides the fewest dots, as near as possible to its place, and over no other name. */
function placeNames(
  labels: readonly {name: string; at: Point}[],
  width: number,
  height: number,
  dots: readonly Box[],
): string[] {
  const names: Box[] = [];
  return labels.flatMap(({name, at: [x, y]}) => {
    const found = spiral
      .map(([dx, dy]) => ({
        x: x + dx,
        y: y + dy,
        box: boxText(name, x + dx, y + dy, 'middle'),
        far: Math.hypot(dx, dy),
      }))
      .filter(({box}) => box.left >= 0 && box.right <= width && box.top >= 0 && box.bottom <= height)
      .filter(({box}) => measureOverlap(box, names) === 0)
      .map((each) => ({...each, cost: each.far + measureOverlap(each.box, dots)}))
      .toSorted((a, b) => a.cost - b.cost)[0];
    if (found === undefined) return [];
    names.push(found.box);
    return writeText(found.x, found.y, name);
  });
}

/** Places to try for a name, in pixels from where it belongs. */
const spiral = Array.from({length: 21 * 21}, (_, index): [number, number] => [
  12 * ((index % 21) - 10),
  6 * (Math.floor(index / 21) - 10),
]);

function findCenter(places: readonly Place[]): Place {
  const mean = (pick: (place: Place) => number) => places.reduce((sum, place) => sum + pick(place), 0) / places.length;
  return {longitude: mean(({longitude}) => longitude), latitude: mean(({latitude}) => latitude)};
}

/** Says whether districts lie apart, so that a name in the middle of each makes sense. */
function areDistrictsApart(places: readonly LocatedSchool[]): boolean {
  const centers = [...Map.groupBy(places, ({school}) => school.district_code)].map(([code, of]) => ({
    code,
    ...findCenter(of),
  }));
  const atHome = places.filter((place) => {
    const distance = (to: {longitude: number; latitude: number}) =>
      (to.longitude - place.longitude) ** 2 * 0.46 + (to.latitude - place.latitude) ** 2;
    return centers.toSorted((a, b) => distance(a) - distance(b))[0]?.code === place.school.district_code;
  });
  return atHome.length > 0.7 * places.length;
}
