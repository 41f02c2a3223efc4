import {literal, type Row} from '../duckdb/database.ts';
import {formatCounted} from '../words/count.ts';
import {formatDecimal, formatShare} from '../words/format.ts';
import type {Answer} from './answers.ts';
import {selectChanges, selectUnmatchedSchools} from './panels.ts';
import {filterYearAndRegion} from './regions.ts';

/* Questions beyond the assignment, answered from the same warehouse. docs/exploration.md interprets them. */

/** Selects the districts and, last, the region. */
const districtsAndRegion = (year: string, region: string) => `
  select district_name as name, 1 as nth, district_id as id, * from marts.district_representation
  where ${filterYearAndRegion(year, region)}
  union all by name
  select region_name as name, 2 as nth, region_id as id, * from marts.region_representation
  where ${filterYearAndRegion(year, region)}`;

const growth: Answer = {
  name: 'growth',
  question: 'How many more teachers of color each district would need for parity',
  needs: ['enrollment', 'teachers'],
  wants: [],
  whenEmpty: 'no district has schools in the region',
  columns: [
    'name',
    'all_teachers_count',
    'teachers_of_color_count',
    'teachers_of_color_share',
    'students_of_color_share',
    'teachers_to_parity',
    'growth_ratio',
  ],
  sections: [],
  sql: (year, {region}) => `select name, all_teachers_count, teachers_of_color_count, teachers_of_color_share,
      students_of_color_share, teachers_to_parity,
      (teachers_of_color_count + teachers_to_parity) / nullif(teachers_of_color_count, 0) as growth_ratio
    from (${districtsAndRegion(year, region)})
    order by nth, name`,
};

const closing: Answer = {
  name: 'closing',
  question: 'Where the gap between teachers and students of color has narrowed or widened, at the same schools',
  spansYears: true,
  needs: ['enrollment', 'teachers'],
  wants: [],
  whenEmpty: 'no earlier school year has both students and teachers',
  columns: [
    'name',
    'since_school_year',
    'compared_school_count',
    'matched_school_count',
    'students_of_color_count_change',
    'students_of_color_share_change_pp',
    'teachers_of_color_count_change',
    'teachers_of_color_share_change_pp',
    'gap_change_pp',
    'closing_count',
    'widening_count',
    'unclear_count',
    'unmatched_schools',
  ],
  sections: [],
  sql: (year, {region}) => `with changes as (${selectChanges(region, `school_year = ${literal(year)}`)}),
    verdicts as (
      select dim_school.district_id, schools.region_id, first_school_year_with_gap as since, gap_change_since_first_verdict as verdict
      from marts.school_trend as schools join core.dim_school using (school_id)
      where ${filterYearAndRegion(year, region)} and demographic_group_id = 'of_color'
    ),
    counted as (
      select id, count(*) filter (verdict = 'narrowed') as closing_count, count(*) filter (verdict = 'widened') as widening_count,
        count(*) filter (verdict = 'no clear change') as unclear_count
      from changes join verdicts on changes.id in (verdicts.district_id, verdicts.region_id) and changes.since = verdicts.since
      group by id
    ),
    unmatched as (
      select id, string_agg(school_name, '; ' order by school_name, school_id) as unmatched_schools
      from (${selectUnmatchedSchools('select id, region_id, since, school_year from changes')})
      group by id
    )
    select name, since as since_school_year, compared_school_count, matched_since_first_school_count as matched_school_count,
      student_count_change_since_first as students_of_color_count_change,
      student_share_change_since_first_pp as students_of_color_share_change_pp,
      teacher_count_change_since_first as teachers_of_color_count_change,
      teacher_share_change_since_first_pp as teachers_of_color_share_change_pp,
      gap_change_since_first_pp as gap_change_pp, coalesce(closing_count, 0) as closing_count,
      coalesce(widening_count, 0) as widening_count, coalesce(unclear_count, 0) as unclear_count, unmatched_schools
    from changes left join counted using (id) left join unmatched using (id)
    order by nth, name`,
};

/** Selects the share of each number of people of a staff, with Wilson's bounds as in the models, and in how many ways it can be drawn. */
const selectShares = (sizes: string) => `
      select n, cast(x as integer) as x, x / n as share,
        1.959963984540054 * sqrt(share * (1 - share) / n + 3.8414588206941236 / (4 * n * n)) as spread,
        case when x = 0 then 0 else (share + 3.8414588206941236 / (2 * n) - spread) / (1 + 3.8414588206941236 / n) end as low,
        case when x = n then 1 else (share + 3.8414588206941236 / (2 * n) + spread) / (1 + 3.8414588206941236 / n) end as high,
        pow(share - low, 2) as below, pow(high - share, 2) as above,
        exp(lgamma(n + 1) - lgamma(x + 1) - lgamma(n - x + 1)) as ways
      from (select n, unnest(range(n + 1)) as x from (${sizes}))`;

/**
 * Selects the outcomes of drawing a staff: their shares, and the three factors of their binomial probability. Leaves
 * out the outcomes so improbable that every pair with one of them rounds to 0.
 */
const selectDrawn = (year: string) =>
  `select school_id, moved, share, below, above, ways, pow(p_${year}, x) as hits, pow(1 - p_${year}, n - x) as misses
      from panel join shares on n = n_${year}
      where ways * hits * misses > 4e-16`;

const widening: Answer = {
  name: 'widening',
  question: 'Where the gap widened or narrowed, school by school, and how much of it is more than chance',
  spansYears: true,
  needs: ['enrollment', 'teachers'],
  wants: [],
  whenEmpty: 'no school has both students and teachers in this school year and an earlier one',
  columns: [
    'school_code',
    'school_name',
    'district_name',
    'since_school_year',
    'gap_since_pp',
    'gap_pp',
    'gap_change_since_first_pp',
    'gap_change_since_first_low_pp',
    'gap_change_since_first_high_pp',
    'is_beyond_chance',
    'chance_probability',
    'grade_span_changed_since_first',
  ],
  sections: [],
  notes: describeChance,
  // If a gap didn't change, both staffs were drawn with shares that differ as those of the students do. The likeliest such pair gives
  // both years the teachers of color that they have together. The probability is that of all outcomes whose interval leaves out 0.
  sql: (year, {region}) => `with now as (
      select * from marts.school_trend
      where ${filterYearAndRegion(year, region)} and demographic_group_id = 'of_color'
        and gap_change_since_first_low_pp is not null
    ),
    panel as (
      select now.*, past.school_year as since, past.gap_pp as gap_since_pp, past.teacher_count as x_then,
        past.all_teachers_count as n_then, staff.all_teachers_count as n_now, now.student_share - past.student_share as moved,
        (x_then + now.teacher_count - n_now * moved) / (n_then + n_now) as pooled,
        greatest(-moved, 0, least(1 - moved, 1, pooled)) as p_then, least(greatest(p_then + moved, 0), 1) as p_now
      from now
      join marts.school_representation_by_group as staff using (school_year, school_id, region_id, demographic_group_id)
      join marts.school_representation_by_group as past
        on past.school_year = now.first_school_year_with_gap and past.school_id = now.school_id
        and past.region_id = now.region_id and past.demographic_group_id = now.demographic_group_id
    ),
    shares as (${selectShares('select n_then as n from panel union select n_now from panel')}),
    past as (${selectDrawn('then')}),
    present as (${selectDrawn('now')}),
    outcomes as (
      select school_id, past.ways * past.hits * past.misses * present.ways * present.hits * present.misses as probability,
        present.share - past.share - past.moved as change,
        sqrt(case when change > 0 then present.below + past.above else present.above + past.below end) as reach
      from past join present using (school_id)
    ),
    chance as (
      select school_id, cast(sum(cast(probability as decimal(18, 15))) as double) as chance_probability
      from outcomes where abs(change) > reach
      group by school_id
    )
    select school_code, school_name, district_name, since as since_school_year, gap_since_pp, gap_pp,
      gap_change_since_first_pp, gap_change_since_first_low_pp, gap_change_since_first_high_pp,
      gap_change_since_first_low_pp > 0 or gap_change_since_first_high_pp < 0 as is_beyond_chance,
      coalesce(chance_probability, 0) as chance_probability, grade_span_changed_since_first
    from panel left join chance using (school_id)
    order by abs(gap_pp) - abs(gap_since_pp) desc, district_name, school_name, school_code`,
};

/** Says how many changes leave out 0, and how many would by chance alone. */
function describeChance(rows: readonly Row[]): string[] {
  const beyond = rows.filter((row) => row['is_beyond_chance'] === true).length;
  const probabilities = rows.map((row) => Number(row['chance_probability']));
  const expected = probabilities.reduce((sum, each) => sum + each, 0);
  const atLeast = computeAtLeast(probabilities, beyond);
  const reached =
    beyond === 0 ? '' : `. ${beyond} or more would come about with a probability of ${formatShare(atLeast)}`;
  return [
    `${beyond} of ${formatCounted(rows.length, 'school')} changed by more than chance: the whole interval is on one side of 0. If no gap had changed, chance alone would let about ${formatDecimal(expected)} schools seem so${reached}. These are upper limits, since most of a staff stays`,
  ];
}

/** Returns the probability that at least so many independent events happen, each with its own probability. */
function computeAtLeast(probabilities: readonly number[], least: number): number {
  // exactly[k]: that k of the events so far have happened, for each k below the least.
  let exactly: number[] = Array.from({length: least}, (_, k) => (k === 0 ? 1 : 0));
  for (const p of probabilities) exactly = exactly.map((stays, k) => stays * (1 - p) + (exactly[k - 1] ?? 0) * p);
  return Math.max(0, 1 - exactly.reduce((sum, each) => sum + each, 0));
}

const size: Answer = {
  name: 'size',
  question: 'Whether larger schools are closer to parity',
  needs: ['enrollment', 'teachers'],
  wants: [],
  whenEmpty: 'no school has both students and teachers',
  columns: [
    'size_group',
    'school_count',
    'fewest_students_count',
    'most_students_count',
    'median_gap_pp',
    'median_overlap',
    'rank_correlation',
  ],
  sections: [],
  // Spearman's rank correlation: Pearson's correlation of the ranks, with ranks averaged over equal values. Twice the ranks are
  // whole numbers, whose sums don't depend on the order of addition, as those of corr() do.
  sql: (year, {region}) => `with schools as (
      select *, ntile(3) over (order by all_students_count, school_id) as third,
        2 * rank() over (order by all_students_count) + count(*) over (partition by all_students_count) as size_rank,
        2 * rank() over (order by abs(gap_pp)) + count(*) over (partition by abs(gap_pp)) as gap_rank
      from marts.school_representation
      where ${filterYearAndRegion(year, region)} and gap_pp is not null
    ),
    thirds as (
      select case third when 1 then 'smallest third' when 2 then 'middle third' else 'largest third' end as size_group, third,
        count(*) as school_count, min(all_students_count) as fewest_students_count, max(all_students_count) as most_students_count,
        median(gap_pp) as median_gap_pp, median(overlap) as median_overlap, null as rank_correlation
      from schools group by all
      union all
      select 'all schools', 4, count(*), min(all_students_count), max(all_students_count), median(gap_pp), median(overlap),
        (count(*) * sum(size_rank * gap_rank) - sum(size_rank) * sum(gap_rank))
          / nullif(sqrt(count(*) * sum(size_rank * size_rank) - sum(size_rank) * sum(size_rank)), 0)
          / nullif(sqrt(count(*) * sum(gap_rank * gap_rank) - sum(gap_rank) * sum(gap_rank)), 0)
      from schools having count(*) > 0
    )
    select size_group, school_count, fewest_students_count, most_students_count, median_gap_pp, median_overlap, rank_correlation
    from thirds order by third`,
};

const experience: Answer = {
  name: 'experience',
  question: 'How experienced the teachers of each group are',
  needs: ['teachers'],
  wants: [],
  whenEmpty: 'the teacher file has no years of experience',
  columns: [
    'category_type',
    'demographic_group_id',
    'demographic_group',
    'teacher_count',
    'average_years',
    'masters_share',
  ],
  sections: ['category_type'],
  sql: (
    year,
    {region},
  ) => `select category_type, demographic_group_id, demographic_group, sum(teacher_count) as teacher_count,
      -- Decimals, because the sum of doubles depends on the order of addition.
      cast(sum(cast(years_of_experience_sum as decimal(28, 6))) as double) / sum(teacher_count) as average_years,
      sum(masters_or_higher_count) filter (masters_or_higher_count is not null)
        / nullif(sum(teacher_count) filter (masters_or_higher_count is not null), 0) as masters_share
    from core.fct_teacher
    join core.bridge_school_region using (school_year, school_id)
    join core.dim_demographic_group as groups using (demographic_group_id)
    where ${filterYearAndRegion(year, region)} and category_type in ('race_ethnicity', 'gender')
      and teacher_count > 0 and years_of_experience_sum is not null
    group by category_type, demographic_group_id, demographic_group, groups.sort_order
    order by category_type = 'gender', groups.sort_order`,
};

const grades: Answer = {
  name: 'grades',
  question: 'The share of students of color by grade',
  needs: ['enrollment'],
  wants: [],
  whenEmpty: 'no school of the region has students by grade and race',
  columns: ['grade_name', 'student_count', 'students_of_color_count', 'students_of_color_share'],
  sections: [],
  sql: (year, {region}) => `with figures as (
      select school_id, grade_id,
        sum(student_count) filter (demographic_group_id = 'total') as student_count,
        sum(student_count) filter (groups.is_of_color) as students_of_color_count,
        count(*) filter (groups.is_of_color and student_count is null) as unknown_count
      from core.fct_enrollment
      join core.bridge_school_region using (school_year, school_id)
      join core.dim_demographic_group as groups using (demographic_group_id)
      where ${filterYearAndRegion(year, region)}
      group by school_id, grade_id
    )
    select grade_name, sum(student_count) as student_count, sum(students_of_color_count) as students_of_color_count,
      sum(students_of_color_count) / nullif(sum(student_count), 0) as students_of_color_share
    from figures join core.dim_grade as grades using (grade_id)
    where unknown_count = 0
    group by grade_name, grades.sort_order
    having sum(student_count) > 0
    order by grades.sort_order`,
};

const assignment: Answer = {
  name: 'assignment',
  question: 'How the teachers of color are spread over the schools, and which part of the gap is district-wide',
  needs: ['enrollment', 'teachers', 'school_list'],
  wants: [],
  whenEmpty: 'no school has both students and teachers by race',
  columns: [
    'name',
    'school_count',
    'known_teachers_count',
    'known_teachers_of_color_share',
    'teachers_of_color_variance',
    'teachers_of_color_variance_expected',
    'dissimilarity',
    'dissimilarity_expected',
    'dissimilarity_beyond_chance',
    'overall_gap_pp',
    'between_schools_gap_pp',
  ],
  sections: [],
  notes: () => [
    "expected: if each district's teachers were assigned at random among its schools of the same types. Two counts of teachers show who is where, not who was hired and who left",
  ],
  sql: (year, {region}) => `select organization_name as name, compared_school_count as school_count,
      ${assignment.columns.slice(2).join(', ')}
    from marts.teacher_assignment
    where ${filterYearAndRegion(year, region)}
    order by organization_level = 'region', name`,
};

/** Returns the SQL of the sum of a count over the groups of color, where the count of each is known. */
const sumOfColor = (count: string) => `case when count(*) filter (is_of_color) = count(${count}) filter (is_of_color)
          then sum(${count}) filter (is_of_color) end`;

const benchmarks: Answer = {
  name: 'benchmarks',
  question: 'The districts as a whole, beside districts with similar students and all districts together',
  needs: ['enrollment', 'teachers', 'school_list'],
  wants: [],
  whenEmpty: 'no district has its own row of students and of teachers',
  columns: [
    'name',
    'students_of_color_share',
    'all_teachers_count',
    'teachers_of_color_share',
    'gap_pp',
    'similar_district_count',
    'similar_districts_gap_pp',
  ],
  sections: [],
  notes: () => [
    "these are the state's own rows of whole districts, with the schools outside the region. Similar: a share of students of color within 10 points",
  ],
  sql: (year, {region}) => `with students as (
      select district_id, max(student_count) filter (demographic_group_id = 'total') as all_students_count,
        ${sumOfColor('student_count')} as students_of_color_count
      from core.fct_district_enrollment_all_grades join core.dim_demographic_group using (demographic_group_id)
      where school_year = ${literal(year)}
      group by district_id
    ),
    teachers as (
      select district_id, max(teacher_total_count) as all_teachers_count,
        ${sumOfColor('teacher_count')} as teachers_of_color_count
      from core.fct_district_teacher join core.dim_demographic_group using (demographic_group_id)
      where school_year = ${literal(year)}
      group by district_id
    ),
    districts as (
      select *, students_of_color_count / all_students_count as students_of_color_share,
        teachers_of_color_count / all_teachers_count as teachers_of_color_share,
        100 * (teachers_of_color_share - students_of_color_share) as gap_pp
      from students join teachers using (district_id)
      where all_students_count > 0 and all_teachers_count > 0
        and students_of_color_count is not null and teachers_of_color_count is not null
    ),
    compared as (
      select districts.*, count(peers.gap_pp) as similar_district_count, median(peers.gap_pp) as similar_districts_gap_pp
      from districts left join districts as peers
        on peers.district_id <> districts.district_id
        and 100 * abs(peers.students_of_color_share - districts.students_of_color_share) <= 10
      where districts.district_id in (select district_id from marts.schools where ${filterYearAndRegion(year, region)})
      group by all
    )
    select district_name as name, students_of_color_share, all_teachers_count, teachers_of_color_share, gap_pp,
      similar_district_count, similar_districts_gap_pp
    from (
      select 1 as nth, district_name, compared.* exclude (district_id)
      from compared join core.dim_district using (district_id)
      union all by name
      select 2 as nth, 'All districts (' || count(*) || ')' as district_name,
        sum(students_of_color_count) / sum(all_students_count) as students_of_color_share,
        sum(all_teachers_count) as all_teachers_count,
        sum(teachers_of_color_count) / sum(all_teachers_count) as teachers_of_color_share,
        100 * (sum(teachers_of_color_count) / sum(all_teachers_count) - sum(students_of_color_count) / sum(all_students_count)) as gap_pp
      from districts having count(*) > 0
    )
    order by nth, name`,
};

export const explorations: readonly Answer[] = [
  growth,
  closing,
  widening,
  size,
  experience,
  grades,
  assignment,
  benchmarks,
];
