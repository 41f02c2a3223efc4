-- Where the lists of two regions name a school, that of the region it is in decides.
with ranked as (
    select
        *,
        row_number() over (
            partition by school_year, school_id
            order by case when is_in_region then 0 else 1 end, region_id
        ) as nth
    from {{ ref('int_region_school') }}
),

listed as (
    select * from ranked
    where nth = 1
),

final as (
    {% for type in ['elementary', 'middle', 'high'] -%}
    select school_year, school_id, '{{ type }}' as school_type_id, list_school_year, is_carried_over
    from listed
    where is_{{ type }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from final
