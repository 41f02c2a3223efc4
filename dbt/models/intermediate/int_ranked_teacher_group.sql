with schools as (
    select * from {{ ref('schools') }}
    where teacher_count is not null
),

school_types as (
    select * from {{ ref('bridge_school_type') }}
    where school_type_id = 'elementary'
),

groups as (
    select * from {{ ref('dim_demographic_group') }}
    where category_type in ('race_ethnicity', 'gender')
),

demographics as (
    select * from {{ ref('school_demographics') }}
    where teacher_count is not null
),

final as (
    select
        schools.school_year,
        schools.region_id,
        groups.category_type,
        groups.demographic_group_id,
        groups.demographic_group,
        -- A school without a teacher of the category has a row, from which a change is counted, but no rank.
        case
            when demographics.teacher_count > 0
            then cast(row_number() over (
                partition by schools.school_year, schools.region_id, groups.demographic_group_id
                order by
                    demographics.teacher_count desc,
                    {{ share('demographics.teacher_count', 'schools.teacher_count') }} desc,
                    schools.school_name,
                    schools.school_code,
                    schools.district_code
            ) as integer)
        end as school_rank,
        schools.school_id,
        schools.school_code,
        schools.school_name,
        schools.district_name,
        demographics.teacher_count,
        schools.teacher_count as all_teachers_count,
        {{ share('demographics.teacher_count', 'schools.teacher_count') }} as teacher_share,
        {{ is_small(['schools.teacher_count']) }} as is_small,
        schools.teacher_count < {{ var('rank_min_teachers') }} as is_rank_small
    from schools
    inner join school_types
        on schools.school_year = school_types.school_year
        and schools.school_id = school_types.school_id
    inner join demographics
        on schools.school_year = demographics.school_year
        and schools.school_id = demographics.school_id
    inner join groups
        on demographics.demographic_group_id = groups.demographic_group_id
)

select * from final
