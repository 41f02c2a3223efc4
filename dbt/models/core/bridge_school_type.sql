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
    select school_year, school_id, 'elementary' as school_type_id, list_school_year, is_carried_over
    from listed
    where is_elementary
    union all
    select school_year, school_id, 'middle' as school_type_id, list_school_year, is_carried_over
    from listed
    where is_middle
    union all
    select school_year, school_id, 'high' as school_type_id, list_school_year, is_carried_over
    from listed
    where is_high
)

select * from final
