with composition as (
    select
        compositions.*,
        school_regions.region_id
    from {{ ref('int_school_composition') }} as compositions
    inner join {{ ref('bridge_school_region') }} as school_regions
        on compositions.school_year = school_regions.school_year
        and compositions.school_id = school_regions.school_id
),

regions as (
    select * from {{ ref('dim_region') }}
),

groups as (
    select * from {{ ref('dim_demographic_group') }}
),

final as (
    {{ representation_by_group('region', 'composition', 'regions', 'groups') }}
)

select * from final
