with snapshots as (
    select * from {{ ref('dim_school_snapshot') }}
),

ranked as (
    select
        *,
        min(school_year) over (partition by school_id) as first_school_year,
        max(school_year) over (partition by school_id) as last_school_year,
        row_number() over (
            partition by school_id
            order by case when school_name is null then 1 else 0 end, school_year desc
        ) as nth
    from snapshots
),

addresses as (
    select
        *,
        row_number() over (partition by school_id order by school_year desc, region_id) as nth
    from {{ ref('int_school_list') }}
),

final as (
    select
        ranked.school_id,
        ranked.school_code,
        ranked.district_id,
        ranked.school_name,
        ranked.school_type_code,
        ranked.first_school_year,
        ranked.last_school_year,
        addresses.street_address,
        addresses.city,
        addresses.state,
        addresses.zip,
        addresses.latitude,
        addresses.longitude
    from ranked
    left join addresses
        on ranked.school_id = addresses.school_id
        and addresses.nth = 1
    where ranked.nth = 1
)

select * from final
