with schools as (
    select * from {{ ref('schools') }}
),

groups as (
    select * from {{ ref('dim_demographic_group') }}
    where category_type in ('race_ethnicity', 'gender')
),

demographics as (
    select * from {{ ref('school_demographics') }}
),

final as (
    select
        schools.school_year,
        schools.school_id,
        schools.school_code,
        schools.school_name,
        schools.district_name,
        groups.category_type,
        groups.demographic_group_id,
        groups.demographic_group,
        demographics.student_count,
        schools.all_students_count,
        demographics.student_share,
        demographics.teacher_count,
        schools.teacher_count as all_teachers_count,
        demographics.teacher_share,
        100 * (demographics.teacher_share - demographics.student_share) as gap_pp,
        demographics.teacher_share / nullif(demographics.student_share, 0) as parity_ratio,
        {{ share('demographics.student_count', 'demographics.teacher_count') }} as students_per_teacher,
        coalesce(
            demographics.student_count < {{ var('small_number') }}
            or schools.all_students_count < {{ var('small_number') }}
            or schools.teacher_count < {{ var('small_number') }},
            false
        ) as is_small
    from schools
    inner join demographics
        on schools.school_year = demographics.school_year
        and schools.school_id = demographics.school_id
    inner join groups
        on demographics.demographic_group_id = groups.demographic_group_id
)

select * from final
