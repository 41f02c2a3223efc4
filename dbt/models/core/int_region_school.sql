with school_list as (
    select * from {{ ref('stg_road_map__school_list') }}
),

school_years as (
    select * from {{ ref('dim_school_year') }}
),

snapshots as (
    select * from {{ ref('dim_school_snapshot') }}
),

list_years as (
    select distinct school_year from school_list
),

-- The latest list that is not newer than the school year; if there is none, the oldest.
chosen as (
    select
        school_years.school_year,
        coalesce(
            max(case when list_years.school_year <= school_years.school_year then list_years.school_year end),
            min(list_years.school_year)
        ) as list_school_year
    from school_years
    cross join list_years
    group by school_years.school_year
),

listed as (
    select
        chosen.school_year,
        school_list.school_id,
        chosen.list_school_year,
        chosen.list_school_year <> chosen.school_year as is_carried_over,
        school_list.is_in_region,
        school_list.is_elementary,
        school_list.is_middle,
        school_list.is_high
    from chosen
    inner join school_list
        on chosen.list_school_year = school_list.school_year
    left join snapshots
        on chosen.school_year = snapshots.school_year
        and school_list.school_id = snapshots.school_id
    -- A list that is carried over says nothing about schools that were closed or not yet open.
    where chosen.list_school_year = chosen.school_year
        or snapshots.school_id is not null
),

-- Without any list: the districts that are completely in the region, and the declared schools of others.
declared as (
    select
        snapshots.school_year,
        snapshots.school_id
    from snapshots
    left join {{ ref('region_districts') }} as region_districts
        on snapshots.district_code = region_districts.district_code
    left join {{ ref('region_schools') }} as region_schools
        on snapshots.district_code = region_schools.district_code
        and snapshots.school_code = region_schools.school_code
    left join (select count(*) as n from school_list) as lists
        on true
    where lists.n = 0
        and (region_districts.district_code is not null or region_schools.school_code is not null)
),

-- A suppressed count is small, but not zero.
types_from_grades as (
    select
        enrollment.school_year,
        enrollment.school_id,
        max(case when grades.school_type_id = 'elementary' then 1 else 0 end) as is_elementary,
        max(case when grades.school_type_id = 'middle' then 1 else 0 end) as is_middle,
        max(case when grades.school_type_id = 'high' then 1 else 0 end) as is_high
    from {{ ref('fct_enrollment') }} as enrollment
    inner join {{ ref('grades') }} as grades
        on enrollment.grade_id = grades.grade_id
    where enrollment.demographic_group_id = 'total'
        and (enrollment.student_count > 0 or enrollment.student_count_status = 'suppressed')
    group by enrollment.school_year, enrollment.school_id
),

derived as (
    select
        declared.school_year,
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
