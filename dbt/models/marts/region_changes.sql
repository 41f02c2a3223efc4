-- Where a list is carried over, the schools that it can't know of, and those of its schools that aren't there.
with region_schools as (
    select * from {{ ref('int_region_school') }}
),

lists as (
    select * from {{ ref('int_school_list') }}
),

schools as (
    select * from {{ ref('dim_school') }}
),

districts as (
    select * from {{ ref('dim_district') }}
),

carried_over as (
    select distinct school_year, region_id, list_school_year
    from region_schools
    where is_carried_over
),

-- The schools that have figures in a school year.
figures as (
    select
        school_year,
        school_id,
        district_id
    from {{ ref('dim_school_snapshot') }}
    where has_enrollment or has_teachers
),

covered as (
    select distinct school_year, district_id from figures
),

-- A district that the seed doesn't name is in the region with the schools that a list has.
region_districts as (
    select
        region_id,
        district_id,
        max(is_whole) = 1 as is_whole_district
    from (
        select region_id, district_id, case when is_whole then 1 else 0 end as is_whole
        from {{ ref('region_districts') }}
        union all
        select region_id, district_id, 0 as is_whole from lists where is_in_region
    ) as named
    group by region_id, district_id
),

not_listed as (
    select
        carried_over.school_year,
        carried_over.region_id,
        carried_over.list_school_year,
        figures.school_id,
        figures.district_id,
        region_districts.is_whole_district,
        case
            when covered.district_id is null then 'not_listed'
            when carried_over.school_year > carried_over.list_school_year then 'opened'
            else 'closed_before'
        end as change
    from carried_over
    inner join region_districts
        on carried_over.region_id = region_districts.region_id
    inner join figures
        on carried_over.school_year = figures.school_year
        and region_districts.district_id = figures.district_id
    left join lists
        on carried_over.region_id = lists.region_id
        and carried_over.list_school_year = lists.school_year
        and figures.school_id = lists.school_id
    left join figures as figures_then
        on carried_over.list_school_year = figures_then.school_year
        and figures.school_id = figures_then.school_id
    left join covered
        on carried_over.list_school_year = covered.school_year
        and figures.district_id = covered.district_id
    -- What was there in the list's own year, and isn't in the list, was left out on purpose.
    where lists.school_id is null and figures_then.school_id is null
),

absent as (
    select
        carried_over.school_year,
        carried_over.region_id,
        carried_over.list_school_year,
        lists.school_id,
        lists.district_id,
        region_districts.is_whole_district,
        case
            when carried_over.school_year > carried_over.list_school_year then 'closed'
            else 'not_yet_open'
        end as change
    from carried_over
    inner join lists
        on carried_over.region_id = lists.region_id
        and carried_over.list_school_year = lists.school_year
    inner join region_districts
        on lists.region_id = region_districts.region_id
        and lists.district_id = region_districts.district_id
    inner join covered
        on carried_over.school_year = covered.school_year
        and lists.district_id = covered.district_id
    left join figures
        on carried_over.school_year = figures.school_year
        and lists.school_id = figures.school_id
    where lists.is_in_region and figures.school_id is null
),

all_changes as (
    select * from not_listed
    union all
    select * from absent
),

final as (
    select
        all_changes.school_year,
        all_changes.region_id,
        all_changes.list_school_year,
        all_changes.school_id,
        schools.school_name,
        all_changes.district_id,
        districts.district_name,
        all_changes.is_whole_district,
        all_changes.change
    from all_changes
    left join schools
        on all_changes.school_id = schools.school_id
    left join districts
        on all_changes.district_id = districts.district_id
)

select * from final
