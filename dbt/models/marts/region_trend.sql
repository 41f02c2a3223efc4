with by_group as (
    select * from {{ ref('region_representation_by_group') }}
),

final as (
    {{ trend(['region_id'], 'by_group', ['region_name']) }}
)

select * from final
