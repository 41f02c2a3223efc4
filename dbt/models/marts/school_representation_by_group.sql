with schools as (
    select * from {{ ref('schools') }}
),

groups as (
    select * from {{ ref('dim_demographic_group') }}
    where category_type in ('race_ethnicity', 'gender', 'of_color')
),

demographics as (
    select * from {{ ref('school_demographics') }}
),

published as (
    select
        schools.school_year,
        schools.school_id,
        groups.category_type,
        groups.demographic_group_id,
        groups.is_of_color,
        demographics.student_count,
        demographics.teacher_count
    from schools
    inner join demographics
        on schools.school_year = demographics.school_year
        and schools.school_id = demographics.school_id
    inner join groups
        on demographics.demographic_group_id = groups.demographic_group_id
),

of_color as (
    select
        school_year,
        school_id,
        'of_color' as category_type,
        'of_color' as demographic_group_id,
        {{ sum_if_all_known('student_count', 'is_of_color') }} as student_count,
        {{ sum_if_all_known('teacher_count', 'is_of_color') }} as teacher_count
    from published
    where category_type = 'race_ethnicity'
    group by school_year, school_id
),

counts as (
    select school_year, school_id, category_type, demographic_group_id, student_count, teacher_count
    from published
    union all
    select * from of_color
),

of_schools as (
    select
        counts.*,
        groups.demographic_group,
        schools.region_id,
        schools.school_code,
        schools.school_name,
        schools.district_code,
        schools.district_name,
        schools.all_students_count,
        schools.teacher_count as all_teachers_count
    from counts
    inner join schools
        on counts.school_year = schools.school_year
        and counts.school_id = schools.school_id
    left join groups
        on counts.demographic_group_id = groups.demographic_group_id
),

measured as (
    {{ with_measures('of_schools', with_chance=true) }}
),

final as (
    select
        school_year,
        school_id,
        region_id,
        school_code,
        school_name,
        district_code,
        district_name,
        category_type,
        demographic_group_id,
        demographic_group,
        student_count,
        all_students_count,
        student_share,
        teacher_count,
        all_teachers_count,
        teacher_share,
        teacher_share_chance_low,
        teacher_share_chance_high,
        gap_pp,
        gap_pp_chance_low,
        gap_pp_chance_high,
        parity_ratio,
        parity_ratio_chance_low,
        parity_ratio_chance_high,
        students_per_teacher,
        {{ no_access('student_count', 'teacher_count') }} as no_access_student_count,
        teachers_to_parity,
        {{ is_small(['student_count', 'all_students_count', 'all_teachers_count']) }} as is_small
    from measured
)

select * from final
