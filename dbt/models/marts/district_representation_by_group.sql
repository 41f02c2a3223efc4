with composition as (
    select * from {{ ref('int_school_composition') }}
),

districts as (
    select * from {{ ref('dim_district') }}
),

groups as (
    select * from {{ ref('dim_demographic_group') }}
),

final as (
    {{ representation_by_group('district', ['region_id', 'district_id'], 'composition', 'districts', 'groups') }}
)

select * from final
