with named as (
    select
        school_year,
        substring(district_code, 1, 2) as county_code,
        1 as precedence,
        county_name
    from {{ ref('stg_ospi__enrollment_row') }}
    where district_code is not null
    union all
    select
        school_year,
        substring(district_code, 1, 2) as county_code,
        2 as precedence,
        county_name
    from {{ ref('stg_ospi__teachers') }}
    where district_code is not null
    union all
    select
        school_year,
        substring(district_code, 1, 2) as county_code,
        3 as precedence,
        cast(null as {{ type_text() }}) as county_name
    from {{ ref('stg_road_map__school_list') }}
),

ranked as (
    select
        county_code,
        county_name,
        row_number() over (
            partition by county_code
            order by
                case when county_name is null then 1 else 0 end,
                school_year desc,
                precedence,
                county_name
        ) as nth
    from named
),

final as (
    select
        county_code as county_id,
        county_code,
        county_name
    from ranked
    where nth = 1
)

select * from final
