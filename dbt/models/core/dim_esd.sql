with named as (
    select
        school_year,
        esd_organization_id,
        1 as precedence,
        esd_name
    from {{ ref('stg_ospi__enrollment_row') }}
    union all
    select
        school_year,
        esd_organization_id,
        2 as precedence,
        esd_name
    from {{ ref('stg_ospi__teachers') }}
),

ranked as (
    select
        esd_organization_id,
        esd_name,
        row_number() over (
            partition by esd_organization_id
            order by
                case when esd_name is null then 1 else 0 end,
                school_year desc,
                precedence,
                esd_name
        ) as nth
    from named
    where esd_organization_id is not null
),

final as (
    select
        esd_organization_id as esd_id,
        esd_name
    from ranked
    where nth = 1
)

select * from final
