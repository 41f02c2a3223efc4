import * as Plot from '@observablehq/plot';
import type {School} from '../../src/report/schools.ts';
import {formatSigned} from '../../src/words/format.ts';
import {shortenDistrict} from '../words/groups.ts';
import {type ChartLabel, type Drawing, drawPlot} from './draw.ts';

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
  {id: 'none', from: 0, name: 'none: the teachers’ share is as large or larger'},
  {id: 'gap-1', from: -20, name: 'under 20 points'},
  {id: 'gap-2', from: -40, name: '20 to 40'},
  {id: 'gap-3', from: -60, name: '40 to 60'},
  {id: 'gap-4', from: Number.NEGATIVE_INFINITY, name: '60 and more'},
] as const;

function findFill(gap: number | null): string {
  if (gap === null) return 'var(--paper)';
  const found = gapClasses.find(({from}) => gap >= from) ?? gapClasses[0];
  return found.id === 'none' ? 'var(--paper)' : `var(--${found.id})`;
}

/** Draws the schools in their places, colored by gap. There is no base map, since pages load nothing from other hosts. */
export function drawMap(
  places: readonly LocatedSchool[],
  {width, alt, isSample}: {width: number} & ChartLabel,
): Drawing {
  const coordinates = places.map(({longitude, latitude}) => [longitude, latitude]);
  const [west, east] = findRange(places.map(({longitude}) => longitude));
  const [south, north] = findRange(places.map(({latitude}) => latitude));
  const squeeze = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const inset = 26;
  const tall = ((north - south) / Math.max(1e-6, (east - west) * squeeze)) * (width - 2 * inset) + 2 * inset;
  const height = Math.round(Math.min(width * 1.5, Math.max(width * 0.6, tall)));
  const at = {x: 'longitude', y: 'latitude'} as const;
  const district = ({school}: LocatedSchool) => school.district_code;
  const labels = areDistrictsApart(places) ? labelDistricts(places) : [];
  return drawPlot(
    {
      width,
      height,
      margin: 0,
      inset,
      projection: {
        type: 'mercator',
        domain: {type: 'MultiPoint', coordinates} as unknown as Plot.ProjectionOptions['domain'],
      },
      r: {type: 'identity'},
      marks: [
        labels.length > 0
          ? Plot.hull(places, {
              ...at,
              z: district,
              fill: 'currentColor',
              fillOpacity: 0.05,
              stroke: 'currentColor',
              strokeOpacity: 0.25,
              strokeWidth: 1,
            })
          : null,
        Plot.dot(places, {
          ...at,
          r: 4,
          fill: ({school}: LocatedSchool) => findFill(school.measures.gap_pp),
          stroke: 'currentColor',
          strokeWidth: 0.7,
          sort: null,
          className: 'points',
          title: ({school}: LocatedSchool) =>
            `${school.school_name}: gap ${formatSigned(school.measures.gap_pp)} points`,
        }),
        Plot.text(labels, {
          ...at,
          text: 'name',
          fontSize: 12.5,
          fontWeight: 700,
          fill: 'currentColor',
          stroke: 'var(--paper)',
          strokeWidth: 5,
        }),
      ],
    },
    {alt, isSample},
  );
}

function findRange(values: readonly number[]): [number, number] {
  return [Math.min(...values), Math.max(...values)];
}

function labelDistricts(places: readonly LocatedSchool[]) {
  return [...Map.groupBy(places, ({school}) => school.district_code).values()].flatMap((ofDistrict) => {
    const [first] = ofDistrict;
    if (first === undefined) return [];
    return {name: shortenDistrict(first.school.district_name), ...findCenter(ofDistrict)};
  });
}

function findCenter(places: readonly LocatedSchool[]) {
  const mean = (pick: (place: LocatedSchool) => number) =>
    places.reduce((sum, place) => sum + pick(place), 0) / places.length;
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
