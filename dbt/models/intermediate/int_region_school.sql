{{ config(materialized='table') }}

with school_list as (
    select * from {{ ref('int_school_list') }}
),

school_years as (
    select distinct school_year from {{ ref('stg_rollcall__source_partition') }}
    where rows_loaded_count > 0
),

-- The schools that have figures in a school year.
schools as (
    select distinct
        school_year,
        school_id,
        district_id
    from {{ ref('int_organization') }}
    where organization_level = 'school' and described_in <> 'school_list'
),

list_years as (
    select distinct region_id, school_year from school_list
),

-- The latest list of the region that is not younger than the school year; where there is none, its oldest.
chosen as (
    select
        school_years.school_year,
        list_years.region_id,
        coalesce(
            max(case when list_years.school_year <= school_years.school_year then list_years.school_year end),
            min(list_years.school_year)
        ) as list_school_year
    from school_years
    cross join list_years
    group by school_years.school_year, list_years.region_id
),

listed as (
    select
        chosen.school_year,
        chosen.region_id,
        school_list.school_id,
        chosen.list_school_year,
        chosen.list_school_year <> chosen.school_year as is_carried_over,
        school_list.is_in_region,
        school_list.is_elementary,
        school_list.is_middle,
        school_list.is_high
    from chosen
    inner join school_list
        on chosen.region_id = school_list.region_id
        and chosen.list_school_year = school_list.school_year
    left join schools
        on chosen.school_year = schools.school_year
        and school_list.school_id = schools.school_id
    -- A list that is carried over says nothing about schools that were closed or not yet open.
    where chosen.list_school_year = chosen.school_year
        or schools.school_id is not null
),

-- A region without any list: its districts whole, and its schools of others.
without_list as (
    select regions.region_id
    from {{ ref('regions') }} as regions
    left join list_years
        on regions.region_id = list_years.region_id
    where list_years.region_id is null
),

declared as (
    select
        schools.school_year,
        without_list.region_id,
        schools.school_id
    from schools
    inner join {{ ref('region_districts') }} as region_districts
        on schools.district_id = region_districts.district_id
    inner join without_list
        on region_districts.region_id = without_list.region_id
    where region_districts.is_whole
    union
    select
        schools.school_year,
        without_list.region_id,
        schools.school_id
    from schools
    inner join {{ ref('region_schools') }} as region_schools
        on schools.school_id = region_schools.school_id
    inner join without_list
        on region_schools.region_id = without_list.region_id
),

-- A count that isn't known is not none.
types_from_grades as (
    select
        enrollment.school_year,
        enrollment.school_id,
        max(case when grades.school_type_id = 'elementary' then 1 else 0 end) as is_elementary,
        max(case when grades.school_type_id = 'middle' then 1 else 0 end) as is_middle,
        max(case when grades.school_type_id = 'high' then 1 else 0 end) as is_high
    from {{ ref('int_enrollment') }} as enrollment
    inner join {{ ref('grades') }} as grades
        on enrollment.grade_id = grades.grade_id
    inner join declared
        on enrollment.school_year = declared.school_year
        and enrollment.school_id = declared.school_id
    where enrollment.demographic_group_id = 'total'
        and (enrollment.student_count > 0 or enrollment.student_count_status in ('suppressed', 'unknown'))
    group by enrollment.school_year, enrollment.school_id
),

derived as (
    select
        declared.school_year,
        declared.region_id,
        declared.school_id,
        cast(null as {{ type_text() }}) as list_school_year,
        false as is_carried_over,
        true as is_in_region,
        coalesce(types_from_grades.is_elementary = 1, false) as is_elementary,
        coalesce(types_from_grades.is_middle = 1, false) as is_middle,
        coalesce(types_from_grades.is_high = 1, false) as is_high
    from declared
    left join types_from_grades
        on declared.school_year = types_from_grades.school_year
        and declared.school_id = types_from_grades.school_id
),

final as (
    select * from listed
    union all
    select * from derived
)

select * from final
