with schools as (
    select * from {{ ref('schools') }}
),

school_types as (
    select * from {{ ref('bridge_school_type') }}
),

demographics as (
    select * from {{ ref('school_demographics') }}
    where student_share is not null and demographic_group_id <> 'total'
),

final as (
    select
        schools.school_year,
        schools.region_id,
        school_types.school_type_id as school_type,
        demographics.demographic_group_id,
        cast(row_number() over (
            partition by schools.school_year, schools.region_id, school_types.school_type_id, demographics.demographic_group_id
            order by
                demographics.student_share desc,
                demographics.student_count desc,
                schools.school_name,
                schools.school_code,
                schools.district_code
        ) as integer) as school_rank,
        schools.school_id,
        schools.school_code,
        schools.school_name,
        schools.district_name,
        schools.city,
        demographics.student_count,
        demographics.all_students_count,
        demographics.student_share,
        {{ is_small(['demographics.student_count', 'demographics.all_students_count']) }} as is_small,
        demographics.all_students_count < {{ var('rank_min_students') }} as is_rank_small
    from schools
    inner join school_types
        on schools.school_year = school_types.school_year
        and schools.school_id = school_types.school_id
    inner join demographics
        on schools.school_year = demographics.school_year
        and schools.school_id = demographics.school_id
)

select * from final
