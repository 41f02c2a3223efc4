with named as (
    select distinct
        county_id,
        county_code,
        county_name,
        school_year,
        described_in
    from {{ ref('int_organization') }}
    where county_id is not null
),

-- The latest name; of one school year, that which enrollment gives before that of the teachers.
ranked as (
    select
        *,
        row_number() over (
            partition by county_id
            order by
                case when county_name is null then 1 else 0 end,
                school_year desc,
                described_in,
                county_name
        ) as nth
    from named
),

final as (
    select
        county_id,
        county_code,
        county_name
    from ranked
    where nth = 1
)

select * from final
