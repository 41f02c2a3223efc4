with enrollment as (
    select
        school_year,
        school_id,
        min(district_code) as district_code,
        min(school_code) as school_code,
        min(district_name) as district_name,
        min(school_name) as school_name,
        min(school_type_code) as school_type_code
    from {{ ref('stg_ospi__enrollment_row') }}
    where organization_level = 'school'
    group by school_year, school_id
),

teachers as (
    select
        school_year,
        school_id,
        min(district_code) as district_code,
        min(school_code) as school_code,
        min(district_name) as district_name,
        min(school_name) as school_name,
        min(school_type_code) as school_type_code
    from {{ ref('stg_ospi__teachers') }}
    where organization_level = 'school'
    group by school_year, school_id
),

listed as (
    select
        school_year,
        school_id,
        district_code,
        school_code
    from {{ ref('stg_road_map__school_list') }}
),

schools as (
    select school_year, school_id, district_code, school_code from enrollment
    union
    select school_year, school_id, district_code, school_code from teachers
    union
    select school_year, school_id, district_code, school_code from listed
),

final as (
    select
        schools.school_year,
        schools.school_id,
        schools.school_code,
        schools.district_code,
        coalesce(enrollment.school_name, teachers.school_name) as school_name,
        coalesce(enrollment.district_name, teachers.district_name) as district_name,
        coalesce(enrollment.school_type_code, teachers.school_type_code) as school_type_code,
        enrollment.school_id is not null as has_enrollment,
        teachers.school_id is not null as has_teachers
    from schools
    left join enrollment
        on schools.school_year = enrollment.school_year
        and schools.school_id = enrollment.school_id
    left join teachers
        on schools.school_year = teachers.school_year
        and schools.school_id = teachers.school_id
)

select * from final
