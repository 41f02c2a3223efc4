with organizations as (
    select * from {{ ref('int_organization') }}
    where organization_level in ('district', 'school') and district_id is not null and not is_regional_total
),

-- What a school year doesn't say, the latest one says that does; of one year, enrollment before the teachers.
ranked as (
    select
        *,
        row_number() over (
            partition by district_id
            order by
                case when district_name is null then 1 else 0 end,
                school_year desc,
                described_in,
                district_name
        ) as nth_by_name,
        row_number() over (
            partition by district_id
            order by case when esd_id is null then 1 else 0 end, school_year desc, described_in, esd_id
        ) as nth_by_esd
    from organizations
),

final as (
    select
        district_id,
        min(district_code) as district_code,
        max(case when nth_by_name = 1 then district_name end) as district_name,
        min(county_id) as county_id,
        max(case when nth_by_esd = 1 then esd_id end) as esd_id,
        min(case when described_in <> 'school_list' then publisher_id end) as publisher_id
    from ranked
    group by district_id
)

select * from final
