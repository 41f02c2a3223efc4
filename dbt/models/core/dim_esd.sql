with named as (
    select distinct
        esd_id,
        esd_name,
        school_year,
        described_in
    from {{ ref('int_organization') }}
    where esd_id is not null
),

ranked as (
    select
        *,
        row_number() over (
            partition by esd_id
            order by
                case when esd_name is null then 1 else 0 end,
                school_year desc,
                described_in,
                esd_name
        ) as nth
    from named
),

final as (
    select
        esd_id,
        esd_name
    from ranked
    where nth = 1
)

select * from final
