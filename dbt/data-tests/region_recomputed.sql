-- A region's gap, parity, no access and exposure for people of color, computed once more straight from the facts.
with per_school as (
    select
        students.school_year,
        students.school_id,
        students.all_count as all_students,
        students.of_color as students_of_color,
        teachers.all_count as all_teachers,
        teachers.of_color as teachers_of_color
    from (
        select
            facts.school_year,
            facts.school_id,
            max(case when groups.demographic_group_id = 'total' then facts.student_count end) as all_count,
            sum(case when groups.is_of_color then facts.student_count end) as of_color,
            count(case when groups.is_of_color and facts.student_count is null then 1 end)
            + count(case when groups.demographic_group_id = 'white' and facts.student_count is null then 1 end) as n_unknown
        from {{ ref('fct_enrollment_all_grades') }} as facts
        inner join {{ ref('demographic_groups') }} as groups
            on facts.demographic_group_id = groups.demographic_group_id
        group by facts.school_year, facts.school_id
    ) as students
    inner join (
        select
            facts.school_year,
            facts.school_id,
            max(facts.teacher_total_count) as all_count,
            sum(case when groups.is_of_color then facts.teacher_count end) as of_color,
            count(case when groups.category_type = 'race_ethnicity' and facts.teacher_count is null then 1 end) as n_unknown
        from {{ ref('fct_teacher') }} as facts
        inner join {{ ref('demographic_groups') }} as groups
            on facts.demographic_group_id = groups.demographic_group_id
        group by facts.school_year, facts.school_id
    ) as teachers
        on students.school_year = teachers.school_year
        and students.school_id = teachers.school_id
    where students.n_unknown = 0 and teachers.n_unknown = 0 and students.all_count > 0 and teachers.all_count > 0
),

recomputed as (
    select
        per_school.school_year,
        school_regions.region_id,
        100e0 * sum(teachers_of_color) / sum(all_teachers) - 100e0 * sum(students_of_color) / sum(all_students) as gap_pp,
        (1e0 * sum(teachers_of_color) / sum(all_teachers))
        / nullif(1e0 * sum(students_of_color) / sum(all_students), 0) as parity_ratio,
        1e0 * sum(case when teachers_of_color = 0 then students_of_color else 0 end)
        / nullif(sum(students_of_color), 0) as no_access_share,
        sum((1e0 * teachers_of_color / all_teachers) * students_of_color) / nullif(sum(students_of_color), 0)
            as own_group_exposure
    from per_school
    inner join {{ ref('bridge_school_region') }} as school_regions
        on per_school.school_year = school_regions.school_year
        and per_school.school_id = school_regions.school_id
    group by per_school.school_year, school_regions.region_id
)

select
    representation.school_year,
    representation.region_id,
    representation.gap_pp,
    recomputed.gap_pp as gap_pp_recomputed,
    representation.parity_ratio,
    recomputed.parity_ratio as parity_ratio_recomputed,
    representation.no_access_share,
    recomputed.no_access_share as no_access_share_recomputed,
    representation.own_group_exposure,
    recomputed.own_group_exposure as own_group_exposure_recomputed
from {{ ref('region_representation') }} as representation
left join recomputed
    on representation.school_year = recomputed.school_year
    and representation.region_id = recomputed.region_id
where (representation.compared_school_count > 0 and recomputed.region_id is null)
    or abs(representation.gap_pp - recomputed.gap_pp) > 0.0001
    or abs(representation.parity_ratio - recomputed.parity_ratio) > 0.0001
    or abs(representation.no_access_share - recomputed.no_access_share) > 0.0001
    or abs(representation.own_group_exposure - recomputed.own_group_exposure) > 0.0001
