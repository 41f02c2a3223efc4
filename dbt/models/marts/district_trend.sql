with by_group as (
    select * from {{ ref('district_representation_by_group') }}
),

final as (
    {{ trend(['region_id', 'district_id'], 'by_group', ['district_name']) }}
)

select * from final
