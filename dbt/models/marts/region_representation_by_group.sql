with composition as (
    select * from {{ ref('int_school_composition') }}
),

regions as (
    select * from {{ ref('dim_region') }}
),

groups as (
    select * from {{ ref('dim_demographic_group') }}
),

final as (
    {{ representation_by_group('region', ['region_id'], 'composition', 'regions', 'groups') }}
)

select * from final
