with lists as (
    {% for publisher in var('school_list_publishers') -%}
    select
        '{{ publisher }}' as publisher_id,
        school_year,
        county_id,
        county_code,
        district_id,
        district_code,
        school_id,
        school_code,
        is_in_region,
        is_elementary,
        is_middle,
        is_high,
        street_address,
        city,
        state,
        zip,
        latitude,
        longitude,
        landed_sha256,
        line_number
    from {{ ref('stg_' ~ publisher ~ '__school_list') }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

final as (
    select
        regions.region_id,
        lists.*
    from lists
    left join {{ ref('regions') }} as regions
        on lists.publisher_id = regions.list_publisher_id
)

select * from final
