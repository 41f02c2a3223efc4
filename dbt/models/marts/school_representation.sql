with schools as (
    select * from {{ ref('schools') }}
),

by_group as (
    select * from {{ ref('school_representation_by_group') }}
),

of_color as (
    select * from by_group
    where demographic_group_id = 'of_color'
),

beside_chance as (
    select * from {{ ref('int_school_overlap') }}
),

races as (
    {{ races_together('by_group', ['school_id']) }}
),

-- The schools like each, in the order of representation and of the gap. A gap that is not known comes last.
peers as (
    select
        similar_school.school_year,
        similar_school.school_id,
        beside_chance.representation,
        of_color.gap_pp,
        row_number() over (
            partition by similar_school.school_year, similar_school.school_id order by beside_chance.representation
        ) as nth_representation,
        row_number() over (
            partition by similar_school.school_year, similar_school.school_id
            order by case when of_color.gap_pp is null then 1 else 0 end, of_color.gap_pp
        ) as nth_gap,
        count(beside_chance.representation) over (partition by similar_school.school_year, similar_school.school_id)
            as representation_count,
        count(of_color.gap_pp) over (partition by similar_school.school_year, similar_school.school_id) as gap_count
    from {{ ref('similar_school') }} as similar_school
    inner join beside_chance
        on similar_school.school_year = beside_chance.school_year
        and similar_school.similar_school_id = beside_chance.school_id
    inner join of_color
        on similar_school.school_year = of_color.school_year
        and similar_school.similar_school_id = of_color.school_id
),

similar_medians as (
    select
        school_year,
        school_id,
        cast(count(*) as integer) as similar_school_count,
        avg(case when 2 * nth_representation between representation_count and representation_count + 2 then representation end)
            as similar_schools_representation,
        avg(case when 2 * nth_gap between gap_count and gap_count + 2 then gap_pp end) as similar_schools_gap_pp
    from peers
    group by school_year, school_id
),

final as (
    select
        schools.school_year,
        schools.school_id,
        schools.region_id,
        schools.school_code,
        schools.school_name,
        schools.district_code,
        schools.district_name,
        schools.school_types,
        schools.all_students_count,
        of_color.student_count as students_of_color_count,
        of_color.student_share as students_of_color_share,
        schools.teacher_count as all_teachers_count,
        of_color.teacher_count as teachers_of_color_count,
        of_color.teacher_share as teachers_of_color_share,
        of_color.teacher_share_chance_low as teachers_of_color_share_chance_low,
        of_color.teacher_share_chance_high as teachers_of_color_share_chance_high,
        races.teachers_not_provided_count,
        {{ share('(of_color.teacher_count + races.teachers_not_provided_count)', 'schools.teacher_count') }}
            as teachers_of_color_share_high,
        of_color.gap_pp,
        of_color.gap_pp_chance_low,
        of_color.gap_pp_chance_high,
        of_color.parity_ratio,
        of_color.parity_ratio_chance_low,
        of_color.parity_ratio_chance_high,
        of_color.students_per_teacher as students_of_color_per_teacher_of_color,
        races.overlap,
        races.groups_without_a_teacher,
        of_color.teachers_to_parity,
        beside_chance.known_teachers_count,
        beside_chance.known_overlap,
        beside_chance.overlap_expected,
        beside_chance.representation,
        beside_chance.representation_band,
        beside_chance.overlap_of_pool,
        beside_chance.overlap_beyond_pool_pp,
        coalesce(similar_medians.similar_school_count, 0) as similar_school_count,
        similar_medians.similar_schools_representation,
        similar_medians.similar_schools_gap_pp,
        {{ is_small(['schools.all_students_count', 'schools.teacher_count']) }} as is_small
    from schools
    left join of_color
        on schools.school_year = of_color.school_year
        and schools.school_id = of_color.school_id
    left join races
        on schools.school_year = races.school_year
        and schools.school_id = races.school_id
    left join beside_chance
        on schools.school_year = beside_chance.school_year
        and schools.school_id = beside_chance.school_id
    left join similar_medians
        on schools.school_year = similar_medians.school_year
        and schools.school_id = similar_medians.school_id
)

select * from final
