with listed as (
    select * from {{ ref('int_region_school') }}
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
