with region_schools as (
    select * from {{ ref('bridge_school_region') }}
),

snapshots as (
    select * from {{ ref('dim_school_snapshot') }}
),

current_schools as (
    select * from {{ ref('dim_school') }}
),

districts as (
    select * from {{ ref('dim_district') }}
),

school_types as (
    select
        school_year,
        school_id,
        max(case when school_type_id = 'elementary' then 'elementary' end) as elementary,
        max(case when school_type_id = 'middle' then 'middle' end) as middle,
        max(case when school_type_id = 'high' then 'high' end) as high
    from {{ ref('bridge_school_type') }}
    group by school_year, school_id
),

totals as (
    select
        school_year,
        school_id,
        max(all_students_count) as all_students_count,
        max(all_teachers_count) as all_teachers_count
    from {{ ref('school_demographics') }}
    group by school_year, school_id
),

described as (
    select
        region_schools.school_year,
        region_schools.school_id,
        region_schools.region_id,
        current_schools.school_code,
        coalesce(snapshots.school_name, current_schools.school_name) as school_name,
        districts.district_id,
        districts.district_code,
        coalesce(snapshots.district_name, districts.district_name) as district_name,
        current_schools.city,
        concat_ws(', ', school_types.elementary, school_types.middle, school_types.high) as school_types,
        totals.all_students_count,
        totals.all_teachers_count as teacher_count,
        region_schools.is_carried_over as is_region_carried_over
    from region_schools
    inner join current_schools
        on region_schools.school_id = current_schools.school_id
    inner join districts
        on current_schools.district_id = districts.district_id
    left join snapshots
        on region_schools.school_year = snapshots.school_year
        and region_schools.school_id = snapshots.school_id
    left join school_types
        on region_schools.school_year = school_types.school_year
        and region_schools.school_id = school_types.school_id
    left join totals
        on region_schools.school_year = totals.school_year
        and region_schools.school_id = totals.school_id
),

{% set figures = ['all_students_count', 'teacher_count'] -%}
final as (
    select
        *,
        {{ before('school_year', 'school_id', figures) }} as previous_school_year,
        {{ change('all_students_count', 'school_id', figures) }} as all_students_count_change,
        {{ change('teacher_count', 'school_id', figures) }} as teacher_count_change
    from described
)

select * from final
