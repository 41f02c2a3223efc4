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

-- The latest list that is not younger than the school year; where there is none, the oldest.
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

final as (
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
    -- A list that is carried over says nothing about schools that had closed or not yet opened.
    where chosen.list_school_year = chosen.school_year
        or snapshots.school_id is not null
)

select * from final
