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

ranked as (
    select
        schools.school_year,
        schools.region_id,
        groups.category_type,
        groups.demographic_group_id,
        groups.demographic_group,
        schools.school_id,
        schools.school_code,
        schools.school_name,
        schools.district_name,
        demographics.teacher_count,
        schools.teacher_count as all_teachers_count,
        {{ share('demographics.teacher_count', 'schools.teacher_count') }} as teacher_share,
        row_number() over (
            partition by schools.school_year, schools.region_id, groups.demographic_group_id
            order by
                demographics.teacher_count desc,
                case when schools.teacher_count = 0 then 0 else {{ share('demographics.teacher_count', 'schools.teacher_count') }} end desc,
                schools.school_name,
                schools.school_code,
                schools.district_code
        ) as nth
    from schools
    inner join school_types
        on schools.school_year = school_types.school_year
        and schools.school_id = school_types.school_id
    inner join demographics
        on schools.school_year = demographics.school_year
        and schools.school_id = demographics.school_id
    inner join groups
        on demographics.demographic_group_id = groups.demographic_group_id
),

with_places as (
    {{ ranking('ranked', 'teacher_count', ['region_id', 'demographic_group_id'], var('schools_per_group')) }}
),

final as (
    select
        school_year,
        region_id,
        category_type,
        demographic_group_id,
        demographic_group,
        cast(nth as integer) as school_rank,
        school_id,
        school_code,
        school_name,
        district_name,
        teacher_count,
        all_teachers_count,
        teacher_share,
        cast(tied_beyond as integer) as tied_beyond,
        previous_school_year,
        cast(previous_rank as integer) as previous_rank,
        value_change as teacher_count_change
    from with_places
    where nth <= {{ var('schools_per_group') }}
)

select * from final
