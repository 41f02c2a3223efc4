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

ranked as (
    select
        schools.school_year,
        schools.region_id,
        school_types.school_type_id as school_type,
        demographics.demographic_group_id,
        schools.school_id,
        schools.school_code,
        schools.school_name,
        schools.district_name,
        schools.city,
        demographics.student_count,
        demographics.all_students_count,
        demographics.student_share,
        row_number() over (
            partition by schools.school_year, schools.region_id, school_types.school_type_id, demographics.demographic_group_id
            order by
                demographics.student_share desc,
                demographics.student_count desc,
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
),

with_places as (
    {{ ranking('ranked', 'student_share', ['region_id', 'school_type', 'demographic_group_id'], var('schools_per_group')) }}
),

final as (
    select
        school_year,
        region_id,
        school_type,
        demographic_group_id,
        cast(nth as integer) as school_rank,
        school_id,
        school_code,
        school_name,
        district_name,
        city,
        student_count,
        all_students_count,
        student_share,
        cast(tied_beyond as integer) as tied_beyond,
        previous_school_year,
        cast(previous_rank as integer) as previous_rank,
        100 * value_change as student_share_change_pp
    from with_places
    where nth <= {{ var('schools_per_group') }}
)

select * from final
