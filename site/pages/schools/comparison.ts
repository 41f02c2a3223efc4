import type {GroupFigures, Representation} from '../../../src/report/organizations.ts';
import {formatCount, formatDecimal, formatRatio, formatShare, formatSigned} from '../../../src/words/format.ts';
import {shortenDistrict} from '../../../src/words/names.ts';
import type {PageContext} from '../../page-context.ts';

/** Writes what a comparison needs beyond the list of schools: make-ups, the districts and the region. The page fetches it on demand. */
export function writeComparison({report}: PageContext): string {
  const races = report.groups.filter(({category_type}) => category_type === 'race_ethnicity');
  const round = (value: number | null | undefined) =>
    value === null || value === undefined ? null : Math.round(value * 1e4) / 1e4;
  const listShares = (groups: readonly GroupFigures[]) =>
    races.map(({demographic_group_id}) => {
      const group = groups.find((candidate) => candidate.demographic_group_id === demographic_group_id);
      return [round(group?.student_share), round(group?.teacher_share)];
    });
  const {region} = report;
  return JSON.stringify({
    is_sample: report.build.isSample,
    groups: races.map(({short_name}) => short_name),
    schools: Object.fromEntries(report.schools.map(({school_id, groups}) => [school_id, listShares(groups)])),
    districts: Object.fromEntries(
      report.districts.map(({district_code, district_name, measures, groups}) => [
        district_code,
        {
          name: shortenDistrict(district_name),
          figures: measures === undefined ? [] : listFigures(measures),
          shares: listShares(groups),
        },
      ]),
    ),
    region: {
      name: report.place,
      figures: region.measures === undefined ? [] : listFigures(region.measures),
      shares: listShares(region.groups),
    },
  });
}

/** Lists the figures of the list of schools, in the order of its columns. Only a school has schools like it. */
export function listFigures(of: Representation & {similar_schools_gap_pp?: number | null}): string[] {
  const hasNoTeacher = of.teachers_of_color_count === 0 && (of.students_of_color_count ?? 0) > 0;
  return [
    formatCount(of.all_students_count),
    formatShare(of.students_of_color_share),
    formatCount(of.all_teachers_count),
    formatShare(of.teachers_of_color_share),
    formatSigned(of.gap_pp),
    formatSigned(of.similar_schools_gap_pp),
    formatRatio(of.parity_ratio),
    hasNoTeacher ? 'no teacher' : formatDecimal(of.students_of_color_per_teacher_of_color),
    formatRatio(of.overlap),
    formatCount(of.teachers_to_parity),
  ];
}
